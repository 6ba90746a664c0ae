from dataclasses import replace

import pytest

from shared.domain.errors import NotFoundError
from shared.usecases.get_me import get_me
from tests.builders import MORE_TIME, a_user, an_accommodations_version
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import a_caller


def test_everybody_reads_their_own_account(world: FakeWiring) -> None:
    me, other = a_user(), a_user()
    with world.store.begin() as repositories:
        repositories.users.add(other)
        repositories.users.add(me)

    account = get_me(a_caller(user_id=me.id), store=world.store)

    assert (account.user, account.accommodations) == (me, None)


def test_students_read_what_they_are_accommodated_with(world: FakeWiring) -> None:
    me = a_user()
    given = an_accommodations_version(student_id=me.id)
    with world.store.begin() as repositories:
        repositories.users.add(me)
        repositories.accommodations.append(given)

    assert get_me(a_caller(user_id=me.id), store=world.store).accommodations == MORE_TIME

    with world.store.begin() as repositories:
        repositories.accommodations.append(replace(given, version=2, granted=None))

    assert get_me(a_caller(user_id=me.id), store=world.store).accommodations is None


def test_an_account_that_is_gone_is_not_found(world: FakeWiring) -> None:
    with pytest.raises(NotFoundError):
        get_me(a_caller(), store=world.store)
