"""Recommendations, model usage, idempotency keys and the audit log, on every store."""

import pytest

from shared.domain.assessment import AssessmentId
from shared.domain.errors import IdempotencyConflictError, NotFoundError
from shared.domain.essay import Usage
from shared.domain.recommendation import RecommendationId
from shared.ports.store import Store
from tests.builders import (
    NOON,
    a_credential,
    a_recommendation,
    a_recommendation_item,
    an_id,
    later,
)
from tests.integration.stored import stored_assessment, stored_recommendation


def test_a_recommendation_comes_back_equal(store: Store) -> None:
    assessment, _ = stored_assessment(store)
    items = tuple(a_recommendation_item(rank=rank) for rank in (1, 2, 3))
    recommendation = a_recommendation(assessment_id=assessment.id, items=items)

    with store.begin() as repositories:
        assert repositories.recommendations.of_assessment(assessment.id) is None
        repositories.recommendations.add(recommendation)

    with store.begin() as repositories:
        assert repositories.recommendations.of_assessment(assessment.id) == recommendation


def test_nothing_in_the_catalog_fits_is_a_recommendation_too(store: Store) -> None:
    assessment, _ = stored_assessment(store)
    recommendation = a_recommendation(assessment_id=assessment.id, items=())

    with store.begin() as repositories:
        repositories.recommendations.add(recommendation)

    with store.begin() as repositories:
        assert repositories.recommendations.of_assessment(assessment.id) == recommendation


def test_a_credential_stays_as_it_was_recommended(store: Store) -> None:
    assessment, _ = stored_assessment(store)
    credential = a_credential(slug="c", title="Old")
    items = (a_recommendation_item(credential=credential),)
    recommendation = a_recommendation(assessment_id=assessment.id, items=items)

    with store.begin() as repositories:
        repositories.recommendations.add(recommendation)
        repositories.credentials.put(a_credential(slug="c", title="New"), content_hash="b")

    with store.begin() as repositories:
        assert repositories.recommendations.of_assessment(assessment.id) == recommendation


def test_a_recommendation_can_be_read_by_its_own_id(store: Store) -> None:
    recommendations = [stored_recommendation(store) for _ in range(2)]

    with store.begin() as repositories:
        for recommendation in recommendations:
            assert repositories.recommendations.get(recommendation.id) == recommendation


@pytest.mark.parametrize("unknown", [an_id(), "no-uuid", "\0"])
def test_an_unknown_recommendation_is_not_found(store: Store, unknown: str) -> None:
    with store.begin() as repositories, pytest.raises(NotFoundError):
        repositories.recommendations.get(RecommendationId(unknown))


def test_an_assessment_has_one_recommendation(store: Store) -> None:
    assessment, _ = stored_assessment(store)
    with store.begin() as repositories:
        repositories.recommendations.add(a_recommendation(assessment_id=assessment.id))

    with pytest.raises(ValueError, match="has a recommendation"), store.begin() as repositories:
        repositories.recommendations.add(a_recommendation(assessment_id=assessment.id))


def test_no_recommendation_for_what_is_no_id(store: Store) -> None:
    with store.begin() as repositories:
        assert repositories.recommendations.of_assessment(AssessmentId("no-uuid")) is None


def test_prompts_are_counted_by_assessment_and_tokens_since_a_moment(store: Store) -> None:
    ours, others = AssessmentId(an_id()), AssessmentId(an_id())
    with store.begin() as repositories:
        for assessment, seconds in ((ours, 0), (ours, 1), (others, 2)):
            repositories.usage.record(
                assessment,
                purpose="score_essay",
                model="m",
                usage=Usage(prompt_tokens=10, completion_tokens=1),
                at=later(seconds),
            )

    with store.begin() as repositories:
        assert repositories.usage.prompts_of(ours) == 2
        assert repositories.usage.prompts_of(AssessmentId(an_id())) == 0
        assert repositories.usage.prompts_of(AssessmentId("no-uuid")) == 0
        assert [repositories.usage.tokens_since(later(s)) for s in (0, 1, 3)] == [33, 22, 0]


def claim(
    store: Store,
    resource_id: str,
    *,
    key: str = "k",
    scope: str = "ada",
    operation: str = "start",
    request_hash: str = "h",
    seconds: float = 0,
) -> str:
    with store.begin() as repositories:
        return repositories.idempotency.claim(
            scope=scope,
            operation=operation,
            key=key,
            request_hash=request_hash,
            resource_id=resource_id,
            now=later(seconds),
        )


def test_the_first_claim_of_a_key_binds_it(store: Store) -> None:
    assert claim(store, "first") == "first"
    assert claim(store, "second") == "first"


def test_keys_of_other_people_and_operations_are_other_keys(store: Store) -> None:
    assert claim(store, "first") == "first"
    assert claim(store, "second", scope="alan") == "second"
    assert claim(store, "third", operation="submit") == "third"
    assert claim(store, "fourth", key="K") == "fourth"


def test_a_key_with_another_request_is_a_conflict(store: Store) -> None:
    claim(store, "first")

    with pytest.raises(IdempotencyConflictError):
        claim(store, "first", request_hash="other")


def test_a_claim_that_was_rolled_back_binds_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.begin() as repositories:
        repositories.idempotency.claim(
            scope="ada",
            operation="start",
            key="k",
            request_hash="h",
            resource_id="first",
            now=NOON,
        )
        raise RuntimeError

    assert claim(store, "second") == "second"


def test_old_keys_are_forgotten(store: Store) -> None:
    claim(store, "old", key="old")
    claim(store, "new", key="new", seconds=10)

    with store.begin() as repositories:
        assert repositories.idempotency.forget_before(later(10)) == 1

    assert claim(store, "other", key="old") == "other"
    assert claim(store, "other", key="new") == "new"


def test_an_untouched_audit_log_verifies(store: Store) -> None:
    with store.begin() as repositories:
        assert repositories.audit.verify() is None
        for number in range(3):
            repositories.audit.append(
                actor=an_id(),
                action="track.put",
                subject="backend-engineer",
                details={"nested": {"b": [1, 2.50, 1e22, -0.0], "a": None, "ü": "…"}, "n": number},
                at=later(number / 7),
            )

    with store.begin() as repositories:
        assert repositories.audit.verify() is None
