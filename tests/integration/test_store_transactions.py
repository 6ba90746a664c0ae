"""Transactions, on every store."""

import pytest

from shared.domain.errors import DomainError, NotFoundError, ResultNotReadyError
from shared.domain.user import UserId
from shared.ports.store import Store
from tests.builders import a_user


def test_a_clean_exit_commits(store: Store) -> None:
    user = a_user()
    with store.begin() as repositories:
        repositories.users.add(user)

    with store.begin() as repositories:
        assert repositories.users.get(user.id) == user


@pytest.mark.parametrize("error", [RuntimeError(), ResultNotReadyError(), KeyboardInterrupt()])
def test_an_exception_rolls_back_and_passes_through(store: Store, error: BaseException) -> None:
    user = a_user()
    with pytest.raises(type(error)) as raised, store.begin() as repositories:
        repositories.users.add(user)
        raise error
    assert raised.value is error

    with pytest.raises(NotFoundError), store.begin() as repositories:
        repositories.users.get(user.id)


def test_a_transaction_sees_its_own_writes(store: Store) -> None:
    user = a_user()
    with store.begin() as repositories:
        repositories.users.add(user)

        assert repositories.users.get(user.id) == user


def test_a_store_that_is_there_answers_the_ping(store: Store) -> None:
    store.ping()


def test_domain_errors_are_the_only_errors_of_bad_ids(store: Store) -> None:
    with pytest.raises(DomainError), store.begin() as repositories:
        repositories.users.get(UserId("'; DROP TABLE users; --"))

    store.ping()
