"""Users and sessions, as every store keeps them."""

from dataclasses import replace
from functools import partial

import pytest

from shared.domain.errors import EmailTakenError, InvalidInputError, NotFoundError
from shared.domain.user import Role, SessionId, User, UserId
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


def test_an_account_is_changed_but_for_role_and_time(store: Store) -> None:
    user, other = a_user(), a_user()
    with store.begin() as repositories:
        for somebody in (user, other):
            repositories.users.add(somebody)
    wanted = a_user(
        id=user.id,
        email="new@example.org",
        name="New Name",
        password_hash="new hash",
        role=Role.ADMIN,
        created_at=later(1),
    )

    with store.begin() as repositories:
        repositories.users.save(wanted)

    with store.begin() as repositories:
        changed = repositories.users.lock(user.id)
        assert changed == replace(wanted, role=user.role, created_at=user.created_at)
        assert repositories.users.find_by_email(user.email) is None
        assert repositories.users.get(other.id) == other


def test_an_account_cannot_take_anothers_address(store: Store) -> None:
    user, other = a_user(), a_user()
    with store.begin() as repositories:
        for somebody in (user, other):
            repositories.users.add(somebody)

    with pytest.raises(EmailTakenError), store.begin() as repositories:
        repositories.users.save(replace(user, name="Half Done", email=other.email))

    with store.begin() as repositories:
        assert repositories.users.get(user.id) == user
        repositories.users.save(user)  # one's own address is free to oneself


def test_a_user_is_locked_and_comes_back_equal(store: Store) -> None:
    user = a_user()
    with store.begin() as repositories:
        repositories.users.add(user)
        assert repositories.users.lock(user.id) == user


@pytest.mark.parametrize("id", [an_id(), "no-uuid"])
def test_an_unknown_user_cannot_be_locked(store: Store, id: str) -> None:
    with pytest.raises(NotFoundError), store.begin() as repositories:
        repositories.users.lock(UserId(id))


def test_all_sessions_but_one_are_revoked(store: Store) -> None:
    ada, alan = stored_student(store), stored_student(store)
    kept, other, over, anothers = (
        a_session(user_id=ada),
        a_session(user_id=ada),
        a_session(user_id=ada, revoked_at=NOON),
        a_session(user_id=alan),
    )
    with store.begin() as repositories:
        for session in (kept, other, over, anothers):
            repositories.sessions.add(session)

        assert repositories.sessions.revoke_others(ada, kept=kept.id, at=later(5)) == 1

    with store.begin() as repositories:
        assert repositories.sessions.get(other.id).revoked_at == later(5)
        for session in (kept, over, anothers):
            assert repositories.sessions.get(session.id) == session


def test_saving_a_role_replaces_nothing_else(store: Store) -> None:
    user, other = a_user(), a_user()
    with store.begin() as repositories:
        repositories.users.add(user)
        repositories.users.add(other)
        repositories.users.save_role(replace(user, role=Role.ADMIN, name="other"))
        repositories.users.save_role(a_user(role=Role.ADMIN))

    with store.begin() as repositories:
        assert repositories.users.get(user.id) == replace(user, role=Role.ADMIN)
        assert repositories.users.get(other.id) == other


def test_all_admins_are_locked_by_id(store: Store) -> None:
    users = [a_user(role=role) for role in (Role.ADMIN, Role.STUDENT, Role.ADMIN)]
    with store.begin() as repositories:
        assert repositories.users.lock_admins() == ()
        for user in reversed(users):
            repositories.users.add(user)

    with store.begin() as repositories:
        assert repositories.users.lock_admins() == (users[0], users[2])


def some_users(store: Store) -> tuple[User, ...]:
    """Students and an advisor, newest first."""
    roles = (Role.STUDENT, Role.ADVISOR, Role.STUDENT, Role.STUDENT)
    users = [a_user(role=role) for role in roles]
    with store.begin() as repositories:
        for user in (users[2], users[0], users[3], users[1]):
            repositories.users.add(user)
    return tuple(users[::-1])


@pytest.mark.parametrize("role", [None, Role.STUDENT, Role.ADVISOR, Role.ADMIN])
def test_pages_of_users_give_everybody_once_newest_first(store: Store, role: Role | None) -> None:
    users = some_users(store)
    found: list[User] = []
    after: UserId | None = None

    while True:
        with store.begin() as repositories:
            page = repositories.users.page_of(role=role, email=None, limit=2, after=after)
        found += page.items
        after = page.next_cursor
        if after is None:
            break
        assert after == page.items[-1].id

    assert found == [user for user in users if role in {None, user.role}]


def test_who_is_erased_is_in_no_list(store: Store) -> None:
    users = some_users(store)
    admin = a_user(role=Role.ADMIN)
    with store.begin() as repositories:
        repositories.users.add(admin)
        for user in (users[1], admin):
            repositories.erasure.erase_user(user.id, [])

    with store.begin() as repositories:
        page_of = partial(repositories.users.page_of, email=None, limit=9, after=None)
        assert page_of(role=None).items == (users[0], *users[2:])
        assert page_of(role=Role.ADMIN).items == ()
        assert repositories.users.lock_admins() == ()


def test_a_full_page_of_users_that_is_the_last_says_so(store: Store) -> None:
    users = some_users(store)

    with store.begin() as repositories:
        page = repositories.users.page_of(role=None, email=None, limit=4, after=None)

    assert (page.items, page.next_cursor) == (users, None)


def test_an_address_finds_its_user_alone(store: Store) -> None:
    user = some_users(store)[1]

    with store.begin() as repositories:
        page_of = partial(repositories.users.page_of, limit=9, after=None)
        assert page_of(role=None, email=user.email).items == (user,)
        assert page_of(role=Role.ADMIN, email=user.email).items == ()
        assert page_of(role=None, email="nobody@example.org").items == ()
        assert page_of(role=None, email="\0").items == ()


def test_a_cursor_that_no_page_of_users_gave_is_refused(store: Store) -> None:
    with pytest.raises(InvalidInputError), store.begin() as repositories:
        repositories.users.page_of(role=None, email=None, limit=9, after=UserId("no-uuid"))


def test_revoking_all_ends_what_a_user_has_open(store: Store) -> None:
    student, other = stored_student(store), stored_student(store)
    ended = a_session(user_id=student, revoked_at=later(1))
    ours = [a_session(user_id=student) for _ in range(2)]
    theirs = a_session(user_id=other)

    with store.begin() as repositories:
        for session in (ended, *ours, theirs):
            repositories.sessions.add(session)
        assert repositories.sessions.revoke_all(student, at=later(5)) == 2
        assert repositories.sessions.revoke_all(UserId(an_id()), at=later(5)) == 0
        assert repositories.sessions.revoke_all(UserId("no-uuid"), at=later(5)) == 0

    with store.begin() as repositories:
        read = [repositories.sessions.get(s.id).revoked_at for s in (ended, *ours, theirs)]
    assert read == [later(1), later(5), later(5), None]
