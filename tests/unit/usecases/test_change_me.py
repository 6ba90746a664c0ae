from dataclasses import replace

import pytest
from typing_extensions import override

from shared.domain.errors import EmailTakenError, InvalidCredentialsError, InvalidInputError
from shared.domain.user import User
from shared.usecases.change_me import AccountChange, change_me
from tests.builders import NOON, a_session, a_user
from tests.fakes.password_hasher import FakePasswordHasher
from tests.fakes.sample_world import PASSWORD, SESSION, STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import OWNER

NEW = "another horse battery"


@pytest.fixture
def world() -> FakeWiring:
    """The student is logged in here, and on another device."""
    world = world_at(Stage.LOGGED_IN)
    with world.store.begin() as repositories:
        repositories.sessions.add(a_session(user_id=STUDENT))
    return world


def change(world: FakeWiring, wanted: AccountChange) -> User:
    return change_me(OWNER, wanted, store=world.store, hasher=world.hasher, clock=world.clock)


def revoked(world: FakeWiring) -> set[str]:
    return {s.id for s in world.store.state.sessions.values() if s.revoked_at}


def test_name_and_address_are_changed_and_nothing_else(world: FakeWiring) -> None:
    before = world.store.state.users[STUDENT]

    changed = change(world, AccountChange(name=" Ada King ", email="Ada.King@Example.org"))

    assert changed == replace(before, name="Ada King", email="ada.king@example.org")
    assert world.store.state.users[STUDENT] == changed
    assert revoked(world) == set()


def test_a_new_password_ends_all_other_sessions(world: FakeWiring) -> None:
    change(world, AccountChange(password=NEW, current_password=PASSWORD))

    assert world.hasher.verify(NEW, world.store.state.users[STUDENT].password_hash)
    assert revoked(world) == set(world.store.state.sessions) - {SESSION}
    assert len(revoked(world)) == 1


def test_the_audit_log_says_what_was_changed_and_not_to_what(world: FakeWiring) -> None:
    change(
        world,
        AccountChange(
            name="Ada King", email="king@example.org", password=NEW, current_password=PASSWORD
        ),
    )

    [entry] = world.store.state.audit
    assert (entry.actor, entry.action, entry.subject) == (STUDENT, "account.changed", STUDENT)
    assert entry.details == {"fields": ["email", "name", "password"], "sessionsRevoked": 1}
    assert entry.at == NOON


def test_what_is_as_it_was_leaves_no_trace(world: FakeWiring) -> None:
    user = world.store.state.users[STUDENT]

    assert change(world, AccountChange(name=user.name, email=user.email.upper())) == user

    assert world.store.state.audit == []


@pytest.mark.parametrize(
    "wanted",
    [
        AccountChange(password=NEW, current_password="wrong"),
        AccountChange(password=NEW),
        AccountChange(name="Ada King", current_password="wrong"),
    ],
)
def test_a_wrong_current_password_changes_nothing(world: FakeWiring, wanted: AccountChange) -> None:
    before = world.store.state

    with pytest.raises(InvalidCredentialsError, match="nothing was changed"):
        change(world, wanted)

    assert world.store.state.users == before.users
    assert (revoked(world), world.store.state.audit) == (set(), [])


def test_a_weak_new_password_is_refused_before_anything_is_hashed(world: FakeWiring) -> None:
    with pytest.raises(InvalidInputError, match="at least 10"):
        change(world, AccountChange(password="short", current_password=PASSWORD))

    assert world.hasher.verified == []


def test_anothers_address_is_not_to_be_had(world: FakeWiring) -> None:
    with world.store.begin() as repositories:
        repositories.users.add(a_user(email="taken@example.org"))

    with pytest.raises(EmailTakenError):
        change(world, AccountChange(name="Half Done", email="TAKEN@example.org"))

    assert world.store.state.users[STUDENT].name == "Sample Student"
    assert world.store.state.audit == []


def test_of_two_changes_at_once_the_second_must_know_the_new_password(world: FakeWiring) -> None:
    class Slow(FakePasswordHasher):
        @override
        def hash(self, password: str) -> str:
            change(world, AccountChange(password="the other was first", current_password=PASSWORD))
            return super().hash(password)

    with pytest.raises(InvalidCredentialsError, match="meanwhile"):
        change_me(
            OWNER,
            AccountChange(password=NEW, current_password=PASSWORD),
            store=world.store,
            hasher=Slow(),
            clock=world.clock,
        )

    assert world.hasher.verify(
        "the other was first", world.store.state.users[STUDENT].password_hash
    )
