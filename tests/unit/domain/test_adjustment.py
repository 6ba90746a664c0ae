from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.domain.accommodations import NO_ACCOMMODATIONS, Accommodations
from shared.domain.adjustment import Adjustment, Unmoved, adjust
from shared.domain.assessment import LIFETIME, Assessment, AssessmentStatus
from tests.builders import NOON, an_assessment

INSTANT = timedelta(microseconds=1)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def adjusted(
    assessment: Assessment, *, extra_days: int, multiplier: float = 1.0, now: datetime = NOON
) -> Adjustment:
    wanted = Accommodations(time_multiplier=multiplier, extra_days=extra_days)
    return adjust(assessment, wanted, now=now)


@pytest.mark.parametrize(("had", "wanted"), [(0, 7), (7, 10), (7, 2), (60, 0)])
def test_the_deadline_moves_by_the_difference(had: int, wanted: int) -> None:
    before = an_assessment(accommodations=Accommodations(extra_days=had))

    change = adjusted(before, extra_days=wanted, multiplier=1.5)

    assert change.before == before
    assert change.after.expires_at == NOON + LIFETIME + days(wanted)
    assert change.after.accommodations == Accommodations(time_multiplier=1.5, extra_days=wanted)
    assert change.unmoved is None


def test_nothing_else_of_the_assessment_changes() -> None:
    before = an_assessment(accommodations_version=1)

    after = adjusted(before, extra_days=1).after

    kept = replace(after, expires_at=before.expires_at, accommodations=before.accommodations)
    assert kept == before


def test_other_time_limits_alone_leave_the_deadline() -> None:
    before = an_assessment(accommodations=Accommodations(extra_days=7))

    change = adjusted(before, extra_days=7, multiplier=2.0)

    assert change.after.expires_at == before.expires_at
    assert change.after.accommodations.time_multiplier == 2.0
    assert change.unmoved is Unmoved.SAME_DAYS


@pytest.mark.parametrize("after_it", [timedelta(0), INSTANT, days(3)])
def test_days_are_not_taken_away_where_that_would_end_it(after_it: timedelta) -> None:
    before = an_assessment(accommodations=Accommodations(time_multiplier=2.0, extra_days=7))

    change = adjusted(before, extra_days=0, now=NOON + LIFETIME + after_it)

    assert change.after.expires_at == before.expires_at
    assert change.after.accommodations == Accommodations(time_multiplier=1.0, extra_days=7)
    assert change.unmoved is Unmoved.WOULD_EXPIRE


def test_an_instant_that_is_left_is_enough() -> None:
    before = an_assessment(accommodations=Accommodations(extra_days=7))

    change = adjusted(before, extra_days=0, now=NOON + LIFETIME - INSTANT)

    assert (change.after.expires_at, change.unmoved) == (NOON + LIFETIME, None)


def test_what_kept_its_days_is_measured_against_them_the_next_time() -> None:
    now = NOON + LIFETIME
    kept = adjusted(
        an_assessment(accommodations=Accommodations(extra_days=7)), extra_days=0, now=now
    ).after

    assert adjusted(kept, extra_days=5, now=now).after.expires_at == NOON + LIFETIME + days(5)
    assert adjusted(kept, extra_days=9, now=now).after.expires_at == NOON + LIFETIME + days(9)


@pytest.mark.parametrize("extra_days", [0, 60])
def test_what_has_expired_is_not_revived_and_keeps_its_time_limits(extra_days: int) -> None:
    before = an_assessment(accommodations=Accommodations(time_multiplier=1.5))

    change = adjusted(before, extra_days=extra_days, multiplier=3.0, now=before.expires_at)

    assert (change.after, change.unmoved) == (before, Unmoved.EXPIRED)


def test_nor_is_what_was_called_expired_already() -> None:
    before = an_assessment(status=AssessmentStatus.EXPIRED)

    assert adjusted(before, extra_days=60).unmoved is Unmoved.EXPIRED


def test_taking_away_and_giving_again_ends_where_it_began() -> None:
    before = an_assessment(accommodations=Accommodations(time_multiplier=1.5, extra_days=7))

    without = adjust(before, NO_ACCOMMODATIONS, now=NOON).after

    assert adjust(without, before.accommodations, now=NOON).after == before
