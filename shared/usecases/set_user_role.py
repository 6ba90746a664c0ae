"""Give a user another role; what they were logged in with ends."""

from shared.domain.audit import OPERATOR
from shared.domain.errors import ForbiddenError
from shared.domain.user import Caller, Role, User, UserId
from shared.ports.clock import Clock
from shared.ports.store import Store


def set_user_role(
    user_id: UserId, role: Role, *, caller: Caller | None, store: Store, clock: Clock
) -> User:
    """Change the role, revoke the user's sessions, and leave an audit row; all of it or nothing.

    `caller` is None for an operator. The role that a user has already is no change. All admins are
    locked meanwhile: two who demote each other at once would leave none.

    Raises:
        ForbiddenError: the caller has ceased to be an admin. The authorizer may not know for a
            minute, in which they could give themselves back what was taken.
        NotFoundError: there is no such user.
        LastAdminError: nobody else is an admin.
    """
    now = clock.now()
    with store.begin() as repositories:
        admins = [admin.id for admin in repositories.users.lock_admins()]
        if caller is not None and caller.user_id not in admins:
            raise ForbiddenError("you are no admin any more; log in again")
        user = repositories.users.lock(user_id)
        changed = user.with_role(role, admins=admins)
        if changed == user:
            return user
        repositories.users.save_role(changed)
        revoked = repositories.sessions.revoke_all(user.id, at=now)
        repositories.audit.append(
            actor=OPERATOR if caller is None else caller.user_id,
            action="user.role_changed",
            subject=user.id,
            details={
                "before": {"role": user.role.value},
                "after": {"role": changed.role.value},
                "sessionsRevoked": revoked,
            },
            at=now,
        )
    return changed
