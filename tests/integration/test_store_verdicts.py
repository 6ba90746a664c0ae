"""Verdicts of staff on items of recommendations, on every store."""

import pytest
from sqlalchemy.exc import DBAPIError

from shared.adapters.postgres.store import PostgresStore
from shared.domain.errors import NotFoundError, UnauthenticatedError
from shared.domain.recommendation import RecommendationId
from shared.domain.user import Role
from shared.domain.verdict import ItemVerdict, VerdictId
from shared.ports.store import Store
from tests.builders import a_recommendation_item, a_verdict_on, an_id, later
from tests.integration.stored import stored_recommendation, stored_student


def put(store: Store, *verdicts: ItemVerdict) -> None:
    with store.begin() as repositories:
        for verdict in verdicts:
            repositories.verdicts.add(verdict)


def test_a_verdict_comes_back_equal(store: Store) -> None:
    recommendation, author = stored_recommendation(store), stored_student(store)
    rejected = a_verdict_on(recommendation, author_id=author, reason="naïve 文字\r\n")
    accepted = a_verdict_on(
        recommendation,
        author_id=author,
        author_role=Role.ADMIN,
        revision=2,
        accepted=True,
        reason=None,
        created_at=later(0.000001),
    )
    put(store, rejected, accepted)

    with store.begin() as repositories:
        assert repositories.verdicts.get(rejected.id) == rejected
        assert repositories.verdicts.get(accepted.id) == accepted


@pytest.mark.parametrize("unknown", [an_id(), "no-uuid"])
def test_an_unknown_verdict_is_not_found(store: Store, unknown: str) -> None:
    with store.begin() as repositories, pytest.raises(NotFoundError):
        repositories.verdicts.get(VerdictId(unknown))


def test_the_highest_revision_of_each_item_is_the_newest(store: Store) -> None:
    recommendation, other = (stored_recommendation(store) for _ in range(2))
    one, colleague = stored_student(store), stored_student(store)
    item, second = recommendation.items
    # Whatever the clocks of the functions said, and whoever decided.
    first = a_verdict_on(recommendation, item=item, author_id=one, created_at=later(9))
    newest = a_verdict_on(recommendation, item=item, author_id=colleague, revision=2, accepted=True)
    about_second = a_verdict_on(recommendation, item=second, author_id=one)
    put(store, newest, first, about_second, a_verdict_on(other, author_id=one))

    with store.begin() as repositories:
        found = repositories.verdicts.newest(recommendation.id)

    assert found == {item.credential.id: newest, second.credential.id: about_second}


@pytest.mark.parametrize("unknown", [an_id(), "no-uuid"])
def test_without_verdicts_there_are_none(store: Store, unknown: str) -> None:
    recommendation = stored_recommendation(store)

    with store.begin() as repositories:
        assert repositories.verdicts.newest(recommendation.id) == {}
        assert repositories.verdicts.newest(RecommendationId(unknown)) == {}


def test_a_revision_is_given_once(store: Store) -> None:
    recommendation, author = stored_recommendation(store), stored_student(store)
    put(store, a_verdict_on(recommendation, author_id=author))

    with pytest.raises(ValueError, match="revision 1"):
        put(store, a_verdict_on(recommendation, author_id=author))


@pytest.mark.integration
def test_the_database_itself_refuses_students_and_what_is_no_item(
    postgres_store: PostgresStore,
) -> None:
    recommendation, author = stored_recommendation(postgres_store), stored_student(postgres_store)

    with pytest.raises(DBAPIError, match="recommendation_verdicts_author_role"):
        put(
            postgres_store,
            a_verdict_on(recommendation, author_id=author, author_role=Role.STUDENT),
        )
    with pytest.raises(DBAPIError, match="recommendation_verdicts_recommendation_id_credential_id"):
        put(
            postgres_store,
            a_verdict_on(recommendation, item=a_recommendation_item(), author_id=author),
        )


@pytest.mark.integration
def test_nobody_gives_no_verdict(postgres_store: PostgresStore) -> None:
    """Only who is erased meanwhile comes so far."""
    with pytest.raises(UnauthenticatedError, match="was erased"):
        put(postgres_store, a_verdict_on(stored_recommendation(postgres_store)))
