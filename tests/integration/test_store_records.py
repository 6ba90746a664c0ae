"""Recommendations, model usage, idempotency keys and the audit log, on every store."""

from datetime import date

import pytest

from shared.domain.assessment import AssessmentId
from shared.domain.audit import AuditEntry, AuditFilter, AuditVerification
from shared.domain.budget import EMBED
from shared.domain.errors import IdempotencyConflictError, NotFoundError
from shared.domain.essay import Usage
from shared.domain.period import Period
from shared.domain.recommendation import RecommendationId
from shared.ports.store import Store
from tests.builders import (
    NOON,
    TRACK,
    a_credential,
    a_recommendation,
    a_recommendation_item,
    a_traced_candidate,
    an_id,
    an_idempotency_key,
    later,
)
from tests.integration.stored import stored_assessment, stored_recommendation


def test_embeddings_are_tokens_and_no_prompts(store: Store) -> None:
    ours = AssessmentId(an_id())
    with store.begin() as repositories:
        for purpose in ("score_essay", EMBED, EMBED):
            repositories.usage.record(
                ours, purpose=purpose, model="m", usage=Usage(prompt_tokens=10), at=NOON
            )

    with store.begin() as repositories:
        assert repositories.usage.prompts_of(ours) == 1
        assert repositories.usage.tokens_since(NOON) == 30
        sums = repositories.usage.sums(Period(since=NOON, until=later(1)))
    assert [(s.purpose, s.prompts, s.tokens) for s in sums] == [
        (EMBED, 0, 20),
        ("score_essay", 1, 10),
    ]


def test_a_recommendation_comes_back_equal(store: Store) -> None:
    assessment, _ = stored_assessment(store)
    items = tuple(a_recommendation_item(rank=rank) for rank in (1, 2, 3))
    ranking = tuple(a_traced_candidate(item.credential, rank=item.rank) for item in items)
    recommendation = a_recommendation(assessment_id=assessment.id, items=items, ranking=ranking)

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
            an_idempotency_key(
                scope=scope, operation=operation, key=key, request_hash=request_hash
            ),
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
        repositories.idempotency.claim(an_idempotency_key(), resource_id="first", now=NOON)
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
        assert repositories.audit.verify() == AuditVerification(rows=0)
        for number in range(3):
            repositories.audit.append(
                actor=an_id(),
                action="track.put",
                subject="backend-engineer",
                details={"nested": {"b": [1, 2.50, 1e22, -0.0], "a": None, "ü": "…"}, "n": number},
                at=later(number / 7),
            )

    with store.begin() as repositories:
        assert repositories.audit.verify() == AuditVerification(rows=3)


def audited(store: Store) -> None:
    rows = (("ada", "put", "x"), ("ada", "drop", "y"), ("alan", "put", "y"), ("ada", "put", "y"))
    with store.begin() as repositories:
        for seconds, (actor, action, subject) in enumerate(rows):
            repositories.audit.append(
                actor=actor,
                action=action,
                subject=subject,
                details={"before": None, "after": {"n": seconds}},
                at=later(seconds),
            )


def test_an_audit_entry_comes_back_equal(store: Store) -> None:
    audited(store)

    with store.begin() as repositories:
        page = repositories.audit.page_of(AuditFilter(), limit=1, after=None)

    assert page.items == (
        AuditEntry(
            number=4,
            actor="ada",
            action="put",
            subject="y",
            details={"before": None, "after": {"n": 3}},
            at=later(3),
        ),
    )
    assert page.next_cursor == 4


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (AuditFilter(), [4, 3, 2, 1]),
        (AuditFilter(actor="ada"), [4, 2, 1]),
        (AuditFilter(action="put"), [4, 3, 1]),
        (AuditFilter(subject="y"), [4, 3, 2]),
        (AuditFilter(actor="ada", action="put", subject="y"), [4]),
        (AuditFilter(actor="nobody"), []),
        (AuditFilter(since=later(2)), [4, 3]),
        (AuditFilter(until=later(2)), [2, 1]),
        (AuditFilter(since=later(1), until=later(3)), [3, 2]),
    ],
)
def test_pages_of_the_audit_log_give_what_is_wanted_once_newest_first(
    store: Store, wanted: AuditFilter, numbers: list[int]
) -> None:
    audited(store)
    found: list[int] = []
    after: int | None = None

    while True:
        with store.begin() as repositories:
            page = repositories.audit.page_of(wanted, limit=2, after=after)
        found += [entry.number for entry in page.items]
        after = page.next_cursor
        if after is None:
            break

    assert found == numbers


def test_usage_is_added_up_by_day_track_purpose_and_model(store: Store) -> None:
    assessment, _ = stored_assessment(store)
    gone = AssessmentId(an_id())
    midnight = 12 * 3600
    used = [
        (assessment.id, "score_essay", "m", 0),
        (assessment.id, "score_essay", "m", midnight - 1),
        (assessment.id, "score_essay", "m", midnight),
        (assessment.id, "score_essay", "n", 0),
        (assessment.id, "summarize", "m", 0),
        (gone, "summarize", "m", 0),
        (assessment.id, "summarize", "m", -1),
        (assessment.id, "summarize", "m", 2 * midnight),
    ]
    with store.begin() as repositories:
        for of, purpose, model, seconds in used:
            repositories.usage.record(
                of,
                purpose=purpose,
                model=model,
                usage=Usage(prompt_tokens=2_000_000_000, completion_tokens=1),
                at=later(seconds),
            )

    with store.begin() as repositories:
        sums = repositories.usage.sums(Period(since=NOON, until=later(2 * midnight)))

    first, second = date(2026, 1, 1), date(2026, 1, 2)
    assert [(s.day, s.track_id, s.purpose, s.model, s.prompts) for s in sums] == [
        (first, None, "summarize", "m", 1),
        (first, TRACK, "score_essay", "m", 2),
        (first, TRACK, "score_essay", "n", 1),
        (first, TRACK, "summarize", "m", 1),
        (second, TRACK, "score_essay", "m", 1),
    ]
    assert (sums[1].prompt_tokens, sums[1].completion_tokens) == (4_000_000_000, 2)
