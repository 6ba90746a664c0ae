import pytest

from shared.domain.errors import StoreUnavailableError
from shared.domain.user import Role
from tests.fakes.sample_world import EMAIL, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve


@pytest.fixture
def world() -> FakeWiring:
    """One student has an account."""
    return world_at(Stage.LOGGED_IN)


@pytest.mark.parametrize("role", Role)
def test_the_operator_gets_the_id_of_the_new_user(
    serve: Serve, world: FakeWiring, role: Role
) -> None:
    reply = serve("create_user", world, role=role.value)

    assert reply == {"userId": reply["userId"], "role": role.value}
    user = world.store.state.users[reply["userId"]]
    assert (user.email, user.name, user.role) == ("advisor@example.com", "Sample Advisor", role)


@pytest.mark.parametrize(
    ("field", "value", "detail"),
    [
        ("role", "wizard", "role: "),
        ("role", None, "role: "),
        ("email", "not an address", "email: "),
        ("email", "", "email: "),
        ("name", " ", "name: "),
        ("password", "", "password: "),
        ("password", "short", "a password has at least 10 characters"),
        ("password", "ä" * 37, "a password has at most 72 bytes"),
        ("pasword", "a field that does not exist", "pasword: "),
    ],
)
def test_what_the_operator_can_mend_is_said_in_words(
    serve: Serve, world: FakeWiring, field: str, value: object, detail: str
) -> None:
    reply = serve("create_user", world, **{field: value})

    assert set(reply) == {"error", "detail"}
    assert reply["error"] == "invalid_input"
    assert reply["detail"].startswith(detail)
    assert len(world.store.state.users) == 1


def test_every_fault_is_named(serve: Serve, world: FakeWiring) -> None:
    detail = serve("create_user", world, role="wizard", email="nobody")["detail"]

    assert "role: " in detail
    assert "email: " in detail


def test_a_faulty_password_is_not_repeated(serve: Serve, world: FakeWiring) -> None:
    reply = serve("create_user", world, password="tooshort!", name="")

    assert "tooshort!" not in str(reply)


def test_a_taken_address_is_said_by_its_code(serve: Serve, world: FakeWiring) -> None:
    reply = serve("create_user", world, email=EMAIL.upper())

    assert reply["error"] == "email_taken"
    assert reply["detail"]
    assert len(world.store.state.users) == 1


def test_a_database_that_is_away_is_said_too(serve: Serve, world: FakeWiring) -> None:
    world.store.is_available = False

    reply = serve("create_user", world)

    assert reply == {
        "error": StoreUnavailableError.code,
        "detail": "the database cannot be reached",
    }
