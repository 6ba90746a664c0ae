from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.errors import InvalidInputError
from shared.domain.period import Period, period_of
from tests.builders import NOON

DAY = timedelta(days=1)


def period(since: datetime | None = None, until: datetime | None = None) -> Period:
    return period_of(since, until, now=NOON, usual=30 * DAY, longest=366 * DAY)


def test_what_is_left_out_is_the_usual_length_up_to_now() -> None:
    assert period() == Period(since=NOON - 30 * DAY, until=NOON)
    assert period(since=NOON - DAY) == Period(since=NOON - DAY, until=NOON)
    assert period(until=NOON - DAY) == Period(since=NOON - 31 * DAY, until=NOON - DAY)


def test_the_longest_is_let_through_and_no_more() -> None:
    assert period(since=NOON - 366 * DAY).since == NOON - 366 * DAY

    with pytest.raises(InvalidInputError, match="more than 366 days") as caught:
        period(since=NOON - 366 * DAY - timedelta(microseconds=1))

    assert caught.value.pointer == "query/since"


@pytest.mark.parametrize("since", [NOON, NOON + DAY])
def test_a_period_that_ends_before_it_begins_is_refused(since: datetime) -> None:
    with pytest.raises(InvalidInputError, match="not before until"):
        period(since=since)


def test_the_first_days_that_there_are_do_not_overflow() -> None:
    with pytest.raises(InvalidInputError, match="not before until"):
        period(until=datetime.min.replace(tzinfo=UTC))
