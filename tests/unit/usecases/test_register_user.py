import pytest

from shared.domain.errors import EmailTakenError, IdempotencyConflictError, InvalidInputError
from shared.domain.idempotency import IdempotencyKey
from shared.domain.user import Role, User
from shared.usecases.register_user import register_user
from tests.builders import NOON
from tests.fakes.store.state import Binding
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import a_key, bound, ensure_no_transaction

EMAIL = "ada@example.org"
PASSWORD = "correct horse battery"


def register(
    world: FakeWiring,
    *,
    email: str = EMAIL,
    password: str = PASSWORD,
    name: str = "Ada Lovelace",
    idempotency: IdempotencyKey | None = None,
) -> tuple[User, bool]:
    return register_user(
        email,
        password,
        name,
        idempotency=idempotency,
        store=world.store,
        hasher=world.hasher,
        ids=world.ids,
        clock=world.clock,
    )


def test_whoever_registers_is_a_student(world: FakeWiring) -> None:
    user, is_replay = register(world)

    assert world.store.state.users == {user.id: user}
    assert (user.email, user.name, user.role) == (EMAIL, "Ada Lovelace", Role.STUDENT)
    assert user.created_at == NOON
    assert not is_replay


def test_of_the_password_only_a_hash_is_kept(world: FakeWiring) -> None:
    user, _ = register(world)

    assert user.password_hash == f"hash of {PASSWORD}"


def test_the_password_is_hashed_outside_the_transaction_because_that_is_slow(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hash_slowly(password: str) -> str:
        ensure_no_transaction(world.store)
        return f"slow hash of {password}"

    monkeypatch.setattr(world.hasher, "hash", hash_slowly)

    user, _ = register(world)

    assert user.password_hash == f"slow hash of {PASSWORD}"


def test_address_and_name_are_kept_without_what_does_not_matter(world: FakeWiring) -> None:
    user, _ = register(world, email="  Ada@Example.ORG ", name="  Ada Lovelace\n")

    assert (user.email, user.name) == (EMAIL, "Ada Lovelace")


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("nine char", id="too-short"),
        pytest.param("ä" * 37, id="more-bytes-than-bcrypt-reads"),
        pytest.param("ten chars\0 and more", id="a-nul-character"),
    ],
)
def test_a_bad_password_is_refused_before_it_is_hashed(world: FakeWiring, password: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        register(world, password=password)

    assert caught.value.pointer == "/password"
    assert world.hasher.hashed == []
    assert world.store.state.users == {}


@pytest.mark.parametrize("email", [EMAIL, "ADA@example.org"])
def test_an_address_is_taken_however_it_is_spelled(world: FakeWiring, email: str) -> None:
    first, _ = register(world)

    with pytest.raises(EmailTakenError):
        register(world, email=email, name="Somebody Else")

    assert world.store.state.users == {first.id: first}


def test_the_same_request_again_gets_the_first_user_again(world: FakeWiring) -> None:
    first, _ = register(world, idempotency=a_key())

    assert register(world, idempotency=a_key()) == (first, True)
    assert len(world.store.state.users) == 1


def test_the_key_is_bound_to_the_user_from_now_on(world: FakeWiring) -> None:
    user, _ = register(world, idempotency=a_key())

    assert world.store.state.bindings == {
        bound(a_key()): Binding(request_hash="request 1", resource_id=user.id, at=NOON)
    }


def test_the_same_key_with_another_request_conflicts(world: FakeWiring) -> None:
    register(world, idempotency=a_key())

    with pytest.raises(IdempotencyConflictError):
        register(world, email="bea@example.org", idempotency=a_key(request="request 2"))

    assert len(world.store.state.users) == 1


def test_two_clients_may_use_the_same_key(world: FakeWiring) -> None:
    register(world, idempotency=a_key(scope=EMAIL))

    _, is_replay = register(
        world, email="bea@example.org", idempotency=a_key(scope="bea@example.org", request="2")
    )

    assert not is_replay
    assert len(world.store.state.users) == 2


def test_a_request_that_failed_leaves_its_key_free(world: FakeWiring) -> None:
    register(world)
    with pytest.raises(EmailTakenError):
        register(world, idempotency=a_key(request="taken"))

    _, is_replay = register(
        world, email="bea@example.org", idempotency=a_key(request="another address")
    )

    assert not is_replay
