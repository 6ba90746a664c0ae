import pytest

from shared.domain.errors import EmailTakenError, InvalidInputError
from shared.domain.user import Role, User
from shared.usecases.create_user import create_user
from tests.builders import NOON
from tests.fakes.wiring import FakeWiring

PASSWORD = "correct horse battery"


def create(
    world: FakeWiring,
    *,
    email: str = "ada@example.org",
    password: str = PASSWORD,
    role: Role = Role.ADVISOR,
) -> User:
    return create_user(
        email,
        password,
        " Ada Lovelace ",
        role,
        store=world.store,
        hasher=world.hasher,
        ids=world.ids,
        clock=world.clock,
    )


@pytest.mark.parametrize("role", Role)
def test_an_operator_creates_users_of_any_role(world: FakeWiring, role: Role) -> None:
    user = create(world, email=" Ada@Example.org", role=role)

    assert world.store.state.users == {user.id: user}
    assert (user.email, user.name, user.role) == ("ada@example.org", "Ada Lovelace", role)
    assert (user.password_hash, user.created_at) == (f"hash of {PASSWORD}", NOON)


def test_it_leaves_an_audit_row_that_names_nobody(world: FakeWiring) -> None:
    user = create(world)

    [entry] = world.store.state.audit
    assert (entry.actor, entry.action, entry.subject) == ("operator", "user.created", user.id)
    assert (entry.details, entry.at) == ({"role": "advisor"}, NOON)


def test_every_user_has_an_id_of_their_own(world: FakeWiring) -> None:
    ids = [create(world, email=f"{n}@example.org").id for n in range(2)]

    assert all(ids)
    assert list(world.store.state.users) == ids
    assert len(set(ids)) == 2


def test_a_taken_address_changes_nothing(world: FakeWiring) -> None:
    first = create(world)

    with pytest.raises(EmailTakenError):
        create(world, email="ADA@example.org", role=Role.ADMIN)

    assert world.store.state.users == {first.id: first}
    assert len(world.store.state.audit) == 1


def test_a_bad_password_is_refused_before_it_is_hashed(world: FakeWiring) -> None:
    with pytest.raises(InvalidInputError):
        create(world, password="short")

    assert world.hasher.hashed == []
    assert world.store.state.users == {}
