"""Rescores and their assessments, on every store."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest

from shared.adapters.postgres.store import PostgresStore
from shared.domain.assessment import Assessment, AssessmentId, AssessmentStatus
from shared.domain.degraded import DegradedReason
from shared.domain.errors import InvalidInputError, NotFoundError
from shared.domain.question import QuestionId
from shared.domain.rescore import (
    ItemStatus,
    Rescore,
    RescoreCounts,
    RescoredAssessment,
    RescoreId,
    RescoreItem,
    RescoreScope,
    Shown,
    Standing,
)
from shared.domain.scoring import Band, band_of
from shared.ports.store import Store
from tests.builders import (
    NOON,
    TRACK,
    a_degradation,
    a_rescore,
    a_rescored_essay,
    an_essay_score,
    an_id,
    later,
)
from tests.integration.stored import stored_assessment

LEASE: Final = timedelta(minutes=6)


def completed(
    store: Store,
    *,
    at: datetime = NOON,
    status: AssessmentStatus = AssessmentStatus.COMPLETED,
    track_id: str = TRACK,
    degraded: DegradedReason | None = None,
) -> Assessment:
    assessment, _ = stored_assessment(store, status=status, track_id=track_id)
    assessment = replace(assessment, completed_at=at)
    if degraded:
        assessment = assessment.degrade(a_degradation(degraded, question_id=an_id()))
    with store.begin() as repositories:
        repositories.assessments.save(assessment)
    return assessment


def add(store: Store, rescore: Rescore) -> int:
    with store.begin() as repositories:
        return repositories.rescores.add(rescore)


def claim(store: Store, *, now: datetime = NOON) -> RescoreItem | None:
    with store.begin() as repositories:
        return repositories.rescores.claim(now=now, lease=LEASE)


def claimed(store: Store, *, now: datetime = NOON) -> RescoreItem:
    item = claim(store, now=now)
    assert item is not None
    return item


def settle(store: Store, item: RescoreItem) -> bool:
    with store.begin() as repositories:
        return repositories.rescores.settle(item)


def items(
    store: Store,
    rescore: Rescore,
    *,
    shown: Shown = Shown.ALL,
    limit: int = 100,
    after: AssessmentId | None = None,
) -> tuple[RescoreItem, ...]:
    with store.begin() as repositories:
        return repositories.rescores.items(rescore.id, shown=shown, limit=limit, after=after)


def selected(store: Store, rescore: Rescore) -> set[str]:
    add(store, rescore)
    return {item.assessment_id for item in items(store, rescore)}


def an_outcome(before: int, after: int, *, withheld: bool = False) -> RescoredAssessment:
    return RescoredAssessment(
        before=Standing(overall_score=before, band=band_of(before), confidence=0.8),
        after=Standing(overall_score=after, band=band_of(after), confidence=0.9),
        essays=(a_rescored_essay(withheld=withheld),),
    )


def test_a_rescore_is_read_as_it_was_stored(store: Store) -> None:
    completed(store)
    rescore = a_rescore(since=later(-1), is_dry_run=True, may_lower=True)

    assert add(store, rescore) == 1

    with store.begin() as repositories:
        assert repositories.rescores.get(rescore.id) == rescore


@pytest.mark.parametrize("unknown", ["nonsense", an_id()])
def test_an_unknown_rescore_is_not_found(store: Store, unknown: str) -> None:
    with store.begin() as repositories, pytest.raises(NotFoundError):
        repositories.rescores.get(RescoreId(unknown))


def test_a_track_takes_what_was_completed_since(store: Store) -> None:
    completed(store, at=later(-1))
    wanted = {completed(store).id, completed(store, at=later(1)).id}
    completed(store, track_id="frontend-engineer")

    assert selected(store, a_rescore(since=NOON)) == wanted


def test_an_assessment_is_one(store: Store) -> None:
    one = completed(store)
    completed(store)

    for scope in (RescoreScope.ASSESSMENT, RescoreScope.DEGRADED):
        assert selected(store, a_rescore(scope=scope, subject=one.id)) == {one.id}


def test_a_question_takes_the_assessments_that_have_a_score_of_it(store: Store) -> None:
    assessment, snapshots = stored_assessment(store, status=AssessmentStatus.COMPLETED)
    completed(store)
    essay = snapshots[3].question.id
    with store.begin() as repositories:
        for attempt in (1, 2):
            repositories.assessments.add_essay_score(
                an_essay_score(assessment_id=assessment.id, question_id=essay, attempt=attempt)
            )

    assert selected(store, a_rescore(scope=RescoreScope.QUESTION, subject=essay)) == {assessment.id}


@pytest.mark.parametrize(
    "status", [s for s in AssessmentStatus if s is not AssessmentStatus.COMPLETED]
)
def test_only_completed_assessments_are_marked_again(
    store: Store, status: AssessmentStatus
) -> None:
    assessment = completed(store, status=status)

    assert add(store, a_rescore()) == 0
    assert add(store, a_rescore(scope=RescoreScope.ASSESSMENT, subject=assessment.id)) == 0


@pytest.mark.parametrize("scope", RescoreScope)
@pytest.mark.parametrize("subject", ["nonsense", "a\0b", an_id()])
def test_a_rescore_of_nothing_is_not_stored(
    store: Store, scope: RescoreScope, subject: str
) -> None:
    completed(store)
    rescore = a_rescore(scope=scope, subject=subject)

    assert add(store, rescore) == 0
    with store.begin() as repositories, pytest.raises(NotFoundError):
        repositories.rescores.get(rescore.id)


def test_nobody_is_taken_twice_and_each_rescore_gets_its_turn(store: Store) -> None:
    for _ in range(2):
        completed(store)
    second = a_rescore(requested_at=NOON)
    first = a_rescore(requested_at=later(-1))
    for rescore in (second, first):
        add(store, rescore)

    taken = [claimed(store) for _ in range(4)]

    assert [item.rescore_id for item in taken] == [first.id, second.id] * 2
    assert len({(item.rescore_id, item.assessment_id) for item in taken}) == 4
    assert {(i.attempt, i.failures, i.status) for i in taken} == {(1, 0, ItemStatus.PENDING)}
    assert claim(store) is None


def test_one_assessment_does_not_wait_for_a_track(store: Store) -> None:
    one = [completed(store) for _ in range(3)][2]
    track = a_rescore(requested_at=later(-60))
    add(store, track)
    first = claimed(store)
    single = a_rescore(scope=RescoreScope.ASSESSMENT, subject=one.id)
    add(store, single)

    taken = [claimed(store) for _ in range(3)]

    assert first.rescore_id == track.id
    assert [item.rescore_id for item in taken] == [single.id, track.id, track.id]


def test_nobody_is_taken_before_the_time(store: Store) -> None:
    completed(store)
    add(store, a_rescore(requested_at=later(1)))

    assert claim(store) is None
    assert claim(store, now=later(1)) is not None


def test_what_a_crash_left_is_taken_again_after_the_lease(store: Store) -> None:
    completed(store)
    add(store, a_rescore())
    lost = claimed(store)
    assert claim(store, now=NOON + LEASE - timedelta(seconds=1)) is None

    taken = claimed(store, now=NOON + LEASE)

    assert taken.attempt == 2
    assert not settle(store, lost.done(an_outcome(60, 70), at=later(1)))
    assert settle(store, taken.done(an_outcome(60, 70), at=later(1)))
    assert not settle(store, taken.failed("refused", at=later(2)))


def test_what_was_settled_is_read_as_it_was_stored(store: Store) -> None:
    completed(store)
    rescore = a_rescore()
    add(store, rescore)
    item = claimed(store)

    put_off = item.failed("refused", at=NOON)
    assert settle(store, put_off)
    assert items(store, rescore) == (put_off,)

    done = claimed(store, now=put_off.not_before).done(an_outcome(58, 61), at=later(60))
    assert settle(store, done)
    assert items(store, rescore) == (done,)
    assert claim(store, now=later(10**6)) is None


def test_counts_and_lists_tell_who_moves(store: Store) -> None:
    outcomes: Mapping[str, RescoredAssessment | None] = {
        "raised": an_outcome(61, 70),
        "crossed": an_outcome(59, 60),
        "lowered": an_outcome(60, 59),
        "same": an_outcome(60, 60, withheld=True),
        "failed": None,
        "pending": None,
    }
    for _ in outcomes:
        completed(store)
    rescore = a_rescore()
    add(store, rescore)
    ids: dict[str, AssessmentId] = {}
    for name, outcome in outcomes.items():
        item = claimed(store)
        ids[name] = item.assessment_id
        if outcome:
            settle(store, item.done(outcome, at=NOON))
        elif name == "failed":
            settle(store, replace(item, failures=5).failed("refused", at=NOON))

    with store.begin() as repositories:
        counts = repositories.rescores.counts(rescore.id)
    assert counts == RescoreCounts(
        total=6,
        pending=1,
        done=4,
        failed=1,
        raised=2,
        lowered=1,
        unchanged=1,
        crossed_band=2,
        withheld=1,
    )

    def shown(which: Shown) -> set[AssessmentId]:
        return {item.assessment_id for item in items(store, rescore, shown=which)}

    assert shown(Shown.ALL) == set(ids.values())
    assert shown(Shown.MOVED) == {ids["raised"], ids["crossed"], ids["lowered"]}
    assert shown(Shown.CROSSED_BAND) == {ids["crossed"], ids["lowered"]}
    assert shown(Shown.FAILED) == {ids["failed"]}
    assert Band.PROFICIENT is band_of(60)


def test_pages_follow_each_other(store: Store) -> None:
    expected = sorted(completed(store).id for _ in range(3))
    rescore = a_rescore()
    add(store, rescore)

    first = items(store, rescore, limit=2)
    rest = items(store, rescore, limit=2, after=first[-1].assessment_id)

    assert [item.assessment_id for item in (*first, *rest)] == expected
    with pytest.raises(InvalidInputError):
        items(store, rescore, after=AssessmentId("nonsense"))


def test_a_rescore_is_finished_once_when_nothing_is_left(store: Store) -> None:
    for _ in range(2):
        completed(store)
    rescore, other = a_rescore(), a_rescore(requested_at=later(60))
    for each in (rescore, other):
        add(store, each)

    def finish() -> list[Rescore]:
        with store.begin() as repositories:
            return list(repositories.rescores.finish(now=later(9)))

    settle(store, claimed(store).done(an_outcome(60, 60), at=NOON))
    assert finish() == []
    settle(store, replace(claimed(store), failures=5).failed("refused", at=NOON))
    assert finish() == [replace(rescore, finished_at=later(9))]
    assert finish() == []


def test_what_a_fallback_marked_waits_oldest_first_until_it_was_queued(store: Store) -> None:
    fallback = DegradedReason.ESSAY_SCORING_FALLBACK
    later_one = completed(store, degraded=fallback, at=later(1))
    first = completed(store, degraded=fallback)
    completed(store)
    completed(store, degraded=DegradedReason.SUMMARY_FALLBACK)
    completed(store, degraded=fallback, status=AssessmentStatus.SCORING)

    def unhealed(limit: int = 9) -> list[AssessmentId]:
        with store.begin() as repositories:
            return list(repositories.rescores.unhealed(limit=limit))

    assert (unhealed(), unhealed(1)) == ([first.id, later_one.id], [first.id])
    add(store, a_rescore(scope=RescoreScope.ASSESSMENT, subject=later_one.id))
    assert add(store, a_rescore(scope=RescoreScope.DEGRADED, subject=first.id)) == 1
    assert unhealed() == [later_one.id]
    assert add(store, a_rescore(scope=RescoreScope.DEGRADED, subject=first.id)) == 0


@pytest.mark.integration
def test_two_workers_never_take_the_same(postgres_store: PostgresStore) -> None:
    for _ in range(6):
        completed(postgres_store)
    add(postgres_store, a_rescore())

    with ThreadPoolExecutor(3) as pool:
        taken = list(pool.map(claimed, [postgres_store] * 6))

    assert len({item.assessment_id for item in taken}) == 6


@pytest.mark.integration
def test_a_worker_passes_over_what_another_is_taking(postgres_store: PostgresStore) -> None:
    for _ in range(2):
        completed(postgres_store)
    add(postgres_store, a_rescore())

    with postgres_store.begin() as one, postgres_store.begin() as other:
        first = one.rescores.claim(now=NOON, lease=LEASE)
        second = other.rescores.claim(now=NOON, lease=LEASE)
        third = other.rescores.claim(now=NOON, lease=LEASE)

    assert first is not None
    assert second is not None
    assert first.assessment_id != second.assessment_id
    assert third is None


def test_the_one_question_is_the_subject_of_its_scope_alone() -> None:
    question = an_id()

    assert a_rescore(scope=RescoreScope.QUESTION, subject=question).question_id == QuestionId(
        question
    )
    assert a_rescore().question_id is None
