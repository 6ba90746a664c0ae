from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.errors import InvalidCredentialsError
from shared.domain.session import Session
from shared.domain.user import Role, User
from shared.usecases.log_in import log_in
from tests.builders import NOON, a_user
from tests.fakes.password_hasher import FakePasswordHasher
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ensure_no_transaction

EMAIL = "ada@example.org"
PASSWORD = "correct horse battery"


@pytest.fixture
def user(world: FakeWiring) -> User:
    user = a_user(email=EMAIL, password_hash=f"hash of {PASSWORD}")
    with world.store.begin() as repositories:
        repositories.users.add(user)
    return user


def attempt(
    world: FakeWiring, *, email: str = EMAIL, password: str = PASSWORD
) -> tuple[User, Session]:
    return log_in(
        email,
        password,
        store=world.store,
        hasher=world.hasher,
        ids=world.ids,
        clock=world.clock,
    )


def test_the_right_password_opens_a_session(world: FakeWiring, user: User) -> None:
    found, session = attempt(world)

    assert found == user
    assert world.store.state.sessions == {session.id: session}
    assert (session.user_id, session.generation, session.revoked_at) == (user.id, 1, None)
    assert (session.created_at, session.expires_at) == (NOON, NOON + timedelta(days=30))


def test_the_address_may_be_spelled_otherwise(world: FakeWiring, user: User) -> None:
    found, _ = attempt(world, email=" Ada@EXAMPLE.org")

    assert found == user


@pytest.mark.usefixtures("user")
def test_each_log_in_is_a_session_of_its_own(world: FakeWiring) -> None:
    assert attempt(world)[1].id != attempt(world)[1].id
    assert len(world.store.state.sessions) == 2


@pytest.mark.usefixtures("user")
def test_an_unknown_address_and_a_wrong_password_look_alike(world: FakeWiring) -> None:
    with pytest.raises(InvalidCredentialsError) as unknown:
        attempt(world, email="nobody@example.org")
    with pytest.raises(InvalidCredentialsError) as wrong:
        attempt(world, password="wrong horse battery")

    assert str(unknown.value) == str(wrong.value)
    assert world.store.state.sessions == {}


def test_a_password_is_compared_even_for_an_unknown_address(world: FakeWiring) -> None:
    with pytest.raises(InvalidCredentialsError):
        attempt(world, email="nobody@example.org")

    assert world.hasher.verified == [(PASSWORD, None)]


def test_no_hasher_lets_an_unknown_address_in(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def believe(password: str, password_hash: str | None) -> bool:
        del password, password_hash
        return True

    monkeypatch.setattr(world.hasher, "verify", believe)

    with pytest.raises(InvalidCredentialsError):
        attempt(world, email="nobody@example.org")


@pytest.mark.usefixtures("user")
def test_the_password_is_compared_outside_a_transaction_because_that_is_slow(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def verify(password: str, password_hash: str | None) -> bool:
        ensure_no_transaction(world.store)
        return FakePasswordHasher().verify(password, password_hash)

    monkeypatch.setattr(world.hasher, "verify", verify)

    attempt(world)


def test_a_role_that_changes_while_the_password_is_verified_is_the_new_one(
    world: FakeWiring, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = world.hasher.verify

    def promote_meanwhile(password: str, password_hash: str | None) -> bool:
        with world.store.begin() as repositories:
            repositories.users.save_role(replace(user, role=Role.ADVISOR))
        return verify(password, password_hash)

    monkeypatch.setattr(world.hasher, "verify", promote_meanwhile)

    found, _ = attempt(world)

    assert found.role is Role.ADVISOR
