import pytest

from shared.domain.errors import ForbiddenError, LastAdminError, NotFoundError
from shared.domain.user import Caller, Role, User, UserId
from shared.usecases.set_user_role import set_user_role
from tests.builders import NOON, a_session, a_user, later
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import UNKNOWN, a_caller


def stored(world: FakeWiring, role: Role, *, sessions: int = 0) -> User:
    user = a_user(role=role)
    with world.store.begin() as repositories:
        repositories.users.add(user)
        for _ in range(sessions):
            repositories.sessions.add(a_session(user_id=user.id))
    return user


def change(world: FakeWiring, user_id: str, role: Role, *, caller: Caller | None) -> User:
    return set_user_role(UserId(user_id), role, caller=caller, store=world.store, clock=world.clock)


@pytest.fixture
def admin(world: FakeWiring) -> Caller:
    user = stored(world, Role.ADMIN, sessions=1)
    return a_caller(user_id=user.id, role=Role.ADMIN)


@pytest.mark.parametrize("role", [Role.ADVISOR, Role.ADMIN])
def test_an_admin_gives_a_user_another_role(world: FakeWiring, admin: Caller, role: Role) -> None:
    user = stored(world, Role.STUDENT)

    changed = change(world, user.id, role, caller=admin)

    assert changed.role is role
    assert world.store.state.users[user.id] == changed


def test_it_ends_every_session_of_the_user_and_nobody_elses(
    world: FakeWiring, admin: Caller
) -> None:
    user = stored(world, Role.ADVISOR, sessions=2)
    ended = a_session(user_id=user.id, revoked_at=later(-5))
    with world.store.begin() as repositories:
        repositories.sessions.add(ended)

    change(world, user.id, Role.STUDENT, caller=admin)

    revoked = {s.id: (s.user_id, s.revoked_at) for s in world.store.state.sessions.values()}
    assert revoked.pop(ended.id) == (user.id, later(-5))
    assert set(revoked.values()) == {(user.id, NOON), (admin.user_id, None)}


def test_it_leaves_an_audit_row_with_before_and_after(world: FakeWiring, admin: Caller) -> None:
    user = stored(world, Role.ADVISOR, sessions=2)

    change(world, user.id, Role.STUDENT, caller=admin)

    [entry] = world.store.state.audit
    assert (entry.actor, entry.action) == (admin.user_id, "user.role_changed")
    assert (entry.subject, entry.at) == (user.id, NOON)
    assert entry.details == {
        "before": {"role": "advisor"},
        "after": {"role": "student"},
        "sessionsRevoked": 2,
    }


def test_the_role_that_they_have_is_no_change(world: FakeWiring, admin: Caller) -> None:
    user = stored(world, Role.ADVISOR, sessions=1)

    assert change(world, user.id, Role.ADVISOR, caller=admin) == user

    assert world.store.state.audit == []
    assert all(s.revoked_at is None for s in world.store.state.sessions.values())


def test_the_last_admin_cannot_take_the_role_from_themselves(
    world: FakeWiring, admin: Caller
) -> None:
    with pytest.raises(LastAdminError):
        change(world, admin.user_id, Role.STUDENT, caller=admin)

    assert world.store.state.users[admin.user_id].role is Role.ADMIN
    assert world.store.state.audit == []
    assert all(s.revoked_at is None for s in world.store.state.sessions.values())


def test_an_admin_among_others_can(world: FakeWiring, admin: Caller) -> None:
    stored(world, Role.ADMIN)

    assert change(world, admin.user_id, Role.STUDENT, caller=admin).role is Role.STUDENT


def test_one_who_has_ceased_to_be_an_admin_cannot_take_the_role_back(
    world: FakeWiring, admin: Caller
) -> None:
    other = stored(world, Role.ADMIN)
    change(world, admin.user_id, Role.STUDENT, caller=a_caller(user_id=other.id, role=Role.ADMIN))

    with pytest.raises(ForbiddenError, match="no admin any more"):
        change(world, admin.user_id, Role.ADMIN, caller=admin)

    assert world.store.state.users[admin.user_id].role is Role.STUDENT


def test_an_unknown_user_is_not_found(world: FakeWiring, admin: Caller) -> None:
    with pytest.raises(NotFoundError):
        change(world, UNKNOWN, Role.ADVISOR, caller=admin)


def test_an_operator_needs_no_admin_and_is_named_as_such(world: FakeWiring) -> None:
    user = stored(world, Role.STUDENT)

    assert change(world, user.id, Role.ADMIN, caller=None).role is Role.ADMIN

    [entry] = world.store.state.audit
    assert entry.actor == "operator"


def test_an_operator_cannot_take_the_last_admin_away_either(
    world: FakeWiring, admin: Caller
) -> None:
    with pytest.raises(LastAdminError):
        change(world, admin.user_id, Role.STUDENT, caller=None)
