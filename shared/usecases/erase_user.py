"""Erase a person: who they are and what they said goes, what was counted stays, nobody's."""

from dataclasses import dataclass
from datetime import datetime

from shared.domain.erasure import Erasure
from shared.domain.errors import ForbiddenError, InvalidCredentialsError
from shared.domain.event import EventId, EventType
from shared.domain.user import Caller, UserId
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.password_hasher import PasswordHasher
from shared.ports.store import Repositories, Store
from shared.ports.token_issuer import TokenIssuer


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedUser:
    erasure: Erasure
    receipt: str
    """What was erased, signed (JWS, compact)."""


def erase_me(
    caller: Caller,
    password: str,
    *,
    store: Store,
    hasher: PasswordHasher,
    tokens: TokenIssuer,
    ids: Ids,
    clock: Clock,
) -> ErasedUser:
    """Erase the caller, who gives the password again: a stolen token must not be able to."""
    with store.begin() as repositories:
        password_hash = repositories.users.get(caller.user_id).password_hash
    if not hasher.verify(password, password_hash):  # slow: outside any transaction
        raise InvalidCredentialsError("the password is wrong; nothing was erased")
    return erase_user(caller.user_id, caller, store=store, tokens=tokens, ids=ids, clock=clock)


def erase_user(
    user_id: UserId,
    caller: Caller,
    *,
    store: Store,
    tokens: TokenIssuer,
    ids: Ids,
    clock: Clock,
) -> ErasedUser:
    """Erase a user, all of it or nothing.

    What still runs is closed first. The receipt is signed before the commit: without a key nothing
    is erased, for there would be nobody left to ask for the receipt again. All admins are locked
    meanwhile: two who erase each other at once would leave none.

    Raises:
        ForbiddenError: the caller erases another and has ceased to be an admin. The authorizer may
            not know for a minute, and what is erased does not come back.
        NotFoundError: there is no such user.
        LastAdminError: nobody else is an admin.
    """
    now = clock.now()
    with store.begin() as repositories:
        admins = [admin.id for admin in repositories.users.lock_admins()]
        if caller.user_id not in {user_id, *admins}:
            raise ForbiddenError("you are no admin any more; log in again")
        repositories.users.lock(user_id).ensure_dispensable(admins=admins)
        erasure = _erase(user_id, repositories, now)
        repositories.outbox.append(
            EventType.USER_ERASED,
            user_id,
            {"userId": user_id},
            event_id=EventId(ids.new()),
            at=now,
        )
        repositories.audit.append(
            actor=caller.user_id,
            action="user.erased",
            subject=user_id,
            details={"erased": dict(erasure.erased), "kept": dict(erasure.kept)},
            at=now,
        )
        receipt = tokens.receipt(erasure.claims(), now=now)
    return ErasedUser(erasure=erasure, receipt=receipt)


def _erase(user_id: UserId, repositories: Repositories, now: datetime) -> Erasure:
    assessments = repositories.assessments.lock_all_of(user_id)
    for assessment in assessments:
        if (closed := assessment.close()) != assessment:
            repositories.assessments.save(closed)
    return Erasure(
        user_id=user_id,
        at=now,
        erased=repositories.erasure.erase_user(user_id, [a.id for a in assessments]),
        kept={"assessments": len(assessments)},
    )
