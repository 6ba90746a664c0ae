"""Users and sessions, as every store keeps them."""

from dataclasses import replace

import pytest

from shared.domain.errors import EmailTakenError, NotFoundError
from shared.domain.user import Role, SessionId, UserId
from shared.ports.store import Store
from tests.builders import NOON, a_session, a_user, an_id, later
from tests.integration.stored import stored_student


def test_a_user_comes_back_equal_by_id_and_by_email(store: Store) -> None:
    user = a_user(name="Ada Łovelace 🎓", role=Role.ADVISOR)

    with store.begin() as repositories:
        repositories.users.add(user)

    with store.begin() as repositories:
        assert repositories.users.get(user.id) == user
        assert repositories.users.find_by_email(user.email) == user


def test_an_email_address_belongs_to_one_user(store: Store) -> None:
    with store.begin() as repositories:
        repositories.users.add(a_user(email="ada@example.org"))

    with pytest.raises(EmailTakenError), store.begin() as repositories:
        repositories.users.add(a_user(email="ada@example.org"))


def test_a_taken_address_leaves_the_transaction_usable(store: Store) -> None:
    user = a_user()
    with store.begin() as repositories:
        repositories.users.add(user)
        with pytest.raises(EmailTakenError):
            repositories.users.add(a_user(email=user.email))

    with store.begin() as repositories:
        assert repositories.users.get(user.id) == user


@pytest.mark.parametrize(
    "id", [an_id(), "no-uuid", "", "\0", "019B7A00-0000-7000-8000-000000000001"]
)
def test_an_unknown_user_is_not_found(store: Store, id: str) -> None:
    with pytest.raises(NotFoundError), store.begin() as repositories:
        repositories.users.get(UserId(id))


@pytest.mark.parametrize("email", ["nobody@example.org", "\0", "\ud800@example.org"])
def test_an_unknown_address_finds_nobody(store: Store, email: str) -> None:
    with store.begin() as repositories:
        assert repositories.users.find_by_email(email) is None


def test_a_session_comes_back_equal(store: Store) -> None:
    session = a_session(user_id=stored_student(store))

    with store.begin() as repositories:
        repositories.sessions.add(session)

    with store.begin() as repositories:
        assert repositories.sessions.get(session.id) == session
        assert repositories.sessions.lock(session.id) == session


def test_saving_a_session_replaces_generation_and_revocation_only(store: Store) -> None:
    session = a_session(user_id=stored_student(store))
    changed = replace(session, generation=3, revoked_at=later(5), created_at=later(99))

    with store.begin() as repositories:
        repositories.sessions.add(session)
        repositories.sessions.save(changed)

    with store.begin() as repositories:
        saved = repositories.sessions.get(session.id)
    assert (saved.generation, saved.revoked_at, saved.created_at) == (3, later(5), NOON)


@pytest.mark.parametrize("id", [an_id(), "no-uuid"])
def test_an_unknown_session_is_not_found(store: Store, id: str) -> None:
    with pytest.raises(NotFoundError), store.begin() as repositories:
        repositories.sessions.get(SessionId(id))
    with pytest.raises(NotFoundError), store.begin() as repositories:
        repositories.sessions.lock(SessionId(id))
