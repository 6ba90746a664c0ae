import pytest

from shared.domain.operations import CompletedAssessments, OutboxBacklog, ReviewBacklog
from tests.builders import NOON, later


@pytest.mark.parametrize(("count", "share"), [(3, 0.3333), (0, None)])
def test_a_share_of_none_is_no_share(count: int, share: float | None) -> None:
    completed = CompletedAssessments(
        count=count,
        p50_seconds=None,
        p95_seconds=None,
        degraded=1,
        degraded_by_reason={},
        degraded_by_cause={},
        read_by_people=0,
    )

    assert completed.share(1) == share


def test_a_backlog_is_as_old_as_its_oldest_event() -> None:
    assert OutboxBacklog(unsent=2, oldest_at=NOON).oldest_seconds(later(1.5)) == 1.5
    assert OutboxBacklog(unsent=0, oldest_at=None).oldest_seconds(NOON) is None


def test_clocks_that_disagree_make_no_negative_age() -> None:
    assert OutboxBacklog(unsent=1, oldest_at=later(1)).oldest_seconds(NOON) == 0


def test_what_waits_for_people_is_as_old_as_its_oldest() -> None:
    assert ReviewBacklog(waiting=2, oldest_at=NOON).oldest_seconds(later(90)) == 90
    assert ReviewBacklog(waiting=0, oldest_at=None).oldest_seconds(NOON) is None
