"""Bodies of the figures of days and months."""

from collections.abc import Sequence
from datetime import date
from typing import Self

from shared.api.schemas.base import ResponseBody, Time
from shared.domain.period import Period
from shared.domain.pricing import CURRENCY
from shared.domain.trends import Granularity, MetricSnapshot


class TrendOut(ResponseBody):
    start: date
    """First day of the period, in UTC."""
    final: bool
    """Whether the figures will not change any more."""
    taken_at: Time
    started: int
    submitted: int
    completed: int
    degraded: int
    """Of the completed ones."""
    degraded_share: float | None
    failed: int
    """Of the submitted ones, as they were at `takenAt`."""
    median_minutes: float | None
    """From start to submission."""
    p50_seconds: float | None
    """From submission to completion."""
    p95_seconds: float | None
    prompts: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None
    """At the prices of `takenAt`; null when a model had none."""
    reviews_waiting: int | None
    """Essays that waited for a person at `takenAt`; null when that was long after the period."""

    @classmethod
    def of(cls, snapshot: MetricSnapshot) -> Self:
        figures = snapshot.figures
        return cls(
            start=snapshot.start,
            final=snapshot.is_final,
            taken_at=snapshot.taken_at,
            started=figures.started,
            submitted=figures.submitted,
            completed=figures.completed,
            degraded=figures.degraded,
            degraded_share=snapshot.degraded_share,
            failed=figures.failed,
            median_minutes=_rounded(figures.median_minutes, 1),
            p50_seconds=_rounded(figures.p50_seconds, 3),
            p95_seconds=_rounded(figures.p95_seconds, 3),
            prompts=snapshot.prompts,
            prompt_tokens=snapshot.prompt_tokens,
            completion_tokens=snapshot.completion_tokens,
            cost=snapshot.cost,
            reviews_waiting=snapshot.reviews_waiting,
        )


class TrendsOut(ResponseBody):
    by: Granularity
    track_id: str | None
    """Null for all tracks together."""
    since: Time
    until: Time
    currency: str = CURRENCY
    items: list[TrendOut]
    """Oldest first; a period in which nothing was taken is left out."""

    @classmethod
    def of(
        cls,
        period: Period,
        snapshots: Sequence[MetricSnapshot],
        *,
        by: Granularity,
        track_id: str | None,
    ) -> Self:
        return cls(
            by=by,
            track_id=track_id,
            since=period.since,
            until=period.until,
            items=[TrendOut.of(snapshot) for snapshot in snapshots],
        )


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
