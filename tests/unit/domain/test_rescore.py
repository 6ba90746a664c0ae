from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.degraded import DegradedReason
from shared.domain.essay import EssayScore
from shared.domain.rescore import (
    OUTAGE,
    WAITS,
    ItemStatus,
    Movement,
    RescoredAssessment,
    RescoreItem,
    Standing,
    Verdict,
    replaces,
    verdict_of,
)
from shared.domain.scoring import band_of
from tests.builders import (
    NOON,
    a_criterion_score,
    a_degradation,
    a_provenance,
    a_rescore,
    a_rescored_essay,
    an_assessment,
    an_essay_score,
    an_id,
    later,
)


def marked(score: float, *, criterion: float = 8.0, engine: str = "openai") -> EssayScore:
    return an_essay_score(
        score=score,
        criteria=(a_criterion_score(score=criterion),),
        provenance=a_provenance(engine=engine),
    )


def an_item(*, failures: int = 0) -> RescoreItem:
    return RescoreItem(
        rescore_id=a_rescore().id,
        assessment_id=an_assessment().id,
        status=ItemStatus.PENDING,
        attempt=1,
        failures=failures,
        not_before=NOON,
    )


@pytest.mark.parametrize(
    ("after", "may_lower", "verdict"),
    [
        (7.1, False, Verdict.RAISED),
        (7.0, False, Verdict.UNCHANGED),
        (6.9, False, Verdict.WITHHELD),
        (7.1, True, Verdict.RAISED),
        (7.0, True, Verdict.UNCHANGED),
        (6.9, True, Verdict.LOWERED),
    ],
)
def test_a_mark_is_lowered_only_where_that_is_allowed(
    after: float, verdict: Verdict, *, may_lower: bool
) -> None:
    assert verdict_of(marked(7.0), marked(after), may_lower=may_lower) is verdict


@pytest.mark.parametrize(
    ("verdict", "counts"),
    [
        (Verdict.RAISED, True),
        (Verdict.LOWERED, True),
        (Verdict.WITHHELD, False),
        (Verdict.BY_PERSON, False),
        (Verdict.BLANK, False),
        (Verdict.FAILED, False),
    ],
)
def test_another_total_counts_unless_it_is_withheld(verdict: Verdict, *, counts: bool) -> None:
    assert replaces(marked(7.0), marked(7.5, engine="rubric"), verdict) is counts


def test_the_same_total_counts_only_with_another_mark_or_engine() -> None:
    before = marked(7.0)

    same = replace(marked(7.0), feedback="In other words.")
    assert not replaces(before, same, Verdict.UNCHANGED)
    assert replaces(before, marked(7.0, criterion=9), Verdict.UNCHANGED)
    assert replaces(before, marked(7.0, engine="rubric"), Verdict.UNCHANGED)


@pytest.mark.parametrize(
    ("before", "after", "movement", "crosses"),
    [
        (58, 60, Movement.RAISED, True),
        (60, 79, Movement.RAISED, False),
        (60, 59, Movement.LOWERED, True),
        (60, 60, Movement.UNCHANGED, False),
    ],
)
def test_an_assessment_moves_with_its_overall_score(
    before: int, after: int, movement: Movement, *, crosses: bool
) -> None:
    moved = RescoredAssessment(
        before=Standing(overall_score=before, band=band_of(before), confidence=1),
        after=Standing(overall_score=after, band=band_of(after), confidence=1),
        essays=(a_rescored_essay(), a_rescored_essay(withheld=True)),
    )

    assert (moved.movement, moved.crosses_band, moved.withheld) == (movement, crosses, 1)


def test_tries_are_further_and_further_apart_and_the_sixth_is_the_last() -> None:
    item, at, waited = an_item(), NOON, list[timedelta]()
    while item.status is ItemStatus.PENDING:
        item = item.failed("refused", at=at)
        waited.append(item.not_before - at)
        at = item.not_before

    assert waited[:-1] == list(WAITS) == sorted(WAITS)
    assert (item.status, item.failures, item.error) == (ItemStatus.FAILED, 6, "refused")
    assert item.finished_at == at


def test_waiting_for_the_model_is_no_failure() -> None:
    item = an_item(failures=5).postponed("circuit_open", until=later(60))

    assert (item.status, item.failures, item.not_before) == (ItemStatus.PENDING, 5, later(60))
    assert item.error == "circuit_open"


@pytest.mark.parametrize("reason", ["refused", "invalid_output", "cut_off", "timeout"])
def test_what_an_essay_may_be_to_blame_for_is_no_outage(reason: str) -> None:
    assert reason not in OUTAGE


@pytest.mark.parametrize("reason", ["circuit_open", "connection", "rate_limited", "over_budget"])
def test_what_no_essay_is_to_blame_for_is_an_outage(reason: str) -> None:
    assert reason in OUTAGE


def test_an_essay_is_healed_of_its_fallback_and_of_nothing_else() -> None:
    one, other = an_id(), an_id()
    kept = (
        a_degradation(question_id=other),
        a_degradation(DegradedReason.SUMMARY_FALLBACK),
        a_degradation(DegradedReason.INCOMPLETE_DATA, question_id=one),
    )
    assessment = an_assessment(degradations=(a_degradation(question_id=one), *kept))

    assert assessment.heal(one).degradations == kept
    assert assessment.heal(an_id()) == assessment
