from shared.domain.user import Role, User
from shared.ports.store import UserPage
from shared.usecases.list_users import list_users
from tests.builders import a_user
from tests.fakes.wiring import FakeWiring


def stored(world: FakeWiring, *users: User) -> list[User]:
    """Store the users, and return them newest first."""
    with world.store.begin() as repositories:
        for user in users:
            repositories.users.add(user)
    return list(users)[::-1]


def listed(
    world: FakeWiring,
    *,
    role: Role | None = None,
    email: str | None = None,
    limit: int = 20,
    page: UserPage | None = None,
) -> UserPage:
    after = page.next_cursor if page else None
    return list_users(role=role, email=email, limit=limit, after=after, store=world.store)


def test_everybody_is_listed_newest_first(world: FakeWiring) -> None:
    users = stored(world, a_user(), a_user(role=Role.ADMIN), a_user())

    first = listed(world, limit=2)
    second = listed(world, limit=2, page=first)

    assert [*first.items, *second.items] == users
    assert second.next_cursor is None


def test_a_role_is_asked_for(world: FakeWiring) -> None:
    stored(world, a_user(), a_user(role=Role.ADVISOR))

    assert [user.role for user in listed(world, role=Role.ADVISOR).items] == [Role.ADVISOR]
    assert listed(world, role=Role.ADMIN).items == ()


def test_an_address_is_asked_for_however_it_is_spelled(world: FakeWiring) -> None:
    stored(world, ada := a_user(email="ada@example.org"), a_user(email="ada@example.org.uk"))

    assert listed(world, email=" Ada@Example.ORG").items == (ada,)
    assert listed(world, email="ada@example.org", role=Role.ADMIN).items == ()
