import pytest

from shared.domain.errors import NotFoundError
from shared.usecases.get_me import get_me
from tests.builders import a_user
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import a_caller


def test_everybody_reads_their_own_account(world: FakeWiring) -> None:
    me, other = a_user(), a_user()
    with world.store.begin() as repositories:
        repositories.users.add(other)
        repositories.users.add(me)

    assert get_me(a_caller(user_id=me.id), store=world.store) == me


def test_an_account_that_is_gone_is_not_found(world: FakeWiring) -> None:
    with pytest.raises(NotFoundError):
        get_me(a_caller(), store=world.store)
