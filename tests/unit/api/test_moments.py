from datetime import UTC, datetime

import pytest

from shared.api.moments import read_moment, read_period
from shared.domain.errors import InvalidInputError


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31t12:00:00z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00.25Z", datetime(2026, 1, 31, 12, microsecond=250_000, tzinfo=UTC)),
        ("2026-01-31T01:00:00+02:00", datetime(2026, 1, 30, 23, tzinfo=UTC)),
        ("2026-01-31T23:00:00-02:00", datetime(2026, 2, 1, 1, tzinfo=UTC)),
    ],
)
def test_dates_of_rfc_3339_are_read_as_utc(text: str, moment: datetime) -> None:
    read = read_moment(text, pointer="query/since")

    assert read == moment
    assert read is not None
    assert read.tzinfo is UTC


def test_none_is_none() -> None:
    assert read_moment(None, pointer="query/since") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "1767268800",
        "2026",
        "2026-02-30",
        "0000-01-01",
        "20260131",
        "2026-W05-6",
        "2026-01-31T12:00:00",
        "2026-01-31T12:00Z",
        "2026-01-31T12:00:00 02:00",
        "2026-01-31 12:00:00Z",
        "2026-01-31T25:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "٢٠٢٦-01-31",
        "2026-01-31\n",
    ],
)
def test_what_is_no_date_is_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(InvalidInputError, match="write 2026-01-31, or") as refusal:
        read_moment(text, pointer="query/since")

    assert refusal.value.pointer == "query/since"


@pytest.mark.parametrize("until", ["2026-01-01", "2025-12-31", "2026-01-01T01:00:00+01:00"])
def test_a_period_without_a_moment_in_it_is_refused(until: str) -> None:
    with pytest.raises(InvalidInputError, match="later than since") as refusal:
        read_period("2026-01-01", until)

    assert refusal.value.pointer == "query/until"


def test_a_period_may_be_open_at_either_end() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)

    assert read_period("2026-01-01", "2026-01-02") == (start, start.replace(day=2))
    assert read_period("2026-01-01", None) == (start, None)
    assert read_period(None, "2026-01-01") == (None, start)
    assert read_period(None, None) == (None, None)
