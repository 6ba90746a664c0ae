"""Figures of days and months, on every store."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from shared.domain.assessment import AssessmentStatus
from shared.domain.consent import NOT_ASKED, Consent
from shared.domain.essay import EssayScoreId
from shared.domain.period import Period
from shared.domain.track import TrackId
from shared.domain.trends import FINAL_AFTER, Figures, Granularity, MetricSnapshot, period_from
from shared.ports.store import Store
from tests.builders import NOON, TRACK, a_consent, a_degradation, a_profile, an_essay_score, an_id
from tests.integration.stored import stored_assessment

DAY, MONTH = Granularity.DAY, Granularity.MONTH
FIRST = date(2026, 1, 1)
TODAY = period_from(DAY, FIRST)
OTHER = TrackId("frontend-developer")


def taken(
    store: Store,
    *,
    track: str = TRACK,
    started: datetime = NOON,
    minutes: float | None = None,
    seconds: float | None = None,
    failed: bool = False,
    degraded: bool = False,
    consent: Consent = NOT_ASKED,
) -> None:
    """Store an assessment, submitted after `minutes` and completed after `seconds` more."""
    assessment, _ = stored_assessment(store, track_id=track, started_at=started, consent=consent)
    submitted = None if minutes is None else started + timedelta(minutes=minutes)
    completed = submitted and seconds is not None and submitted + timedelta(seconds=seconds)
    assessment = replace(
        assessment,
        status=AssessmentStatus.FAILED if failed else assessment.status,
        submitted_at=submitted,
        completed_at=completed or None,
    )
    if degraded:
        assessment = assessment.degrade(a_degradation())
    with store.begin() as repositories:
        repositories.assessments.save(assessment)


def figures(store: Store, period: Period = TODAY) -> tuple[Figures, ...]:
    with store.begin() as repositories:
        return repositories.trends.figures(period)


def a_snapshot(
    start: date = FIRST,
    *,
    granularity: Granularity = DAY,
    track_id: TrackId | None = None,
    completed: int = 3,
    final: bool = False,
) -> MetricSnapshot:
    return MetricSnapshot(
        granularity=granularity,
        start=start,
        figures=Figures(
            track_id=track_id,
            started=5,
            submitted=4,
            completed=completed,
            degraded=2,
            failed=1,
            median_minutes=14.5,
            p50_seconds=2.25,
            p95_seconds=None,
        ),
        prompts=12,
        prompt_tokens=3_000_000_000,
        completion_tokens=7,
        cost=0.123456,
        reviews_waiting=None,
        taken_at=period_from(granularity, start).until
        + (FINAL_AFTER if final else -timedelta(hours=1)),
    )


def put(store: Store, *snapshots: MetricSnapshot) -> None:
    first = snapshots[0]
    with store.begin() as repositories:
        repositories.trends.replace(first.granularity, first.start, snapshots)


def between(
    store: Store,
    first: date = FIRST,
    last: date = FIRST,
    *,
    granularity: Granularity = DAY,
    track_id: TrackId | None = None,
) -> tuple[MetricSnapshot, ...]:
    with store.begin() as repositories:
        return repositories.trends.between(granularity, first, last, track_id=track_id)


def test_what_people_read_takes_no_part_in_the_times_of_the_pipeline(store: Store) -> None:
    taken(store, minutes=10, seconds=4)
    taken(store, minutes=10, seconds=7_200, consent=a_consent())

    of_all = figures(store)[0]

    assert (of_all.completed, of_all.p50_seconds, of_all.p95_seconds) == (2, 4.0, 4.0)


def test_of_nothing_there_are_noughts(store: Store) -> None:
    (of_all,) = figures(store)

    assert of_all == Figures(
        track_id=None,
        started=0,
        submitted=0,
        completed=0,
        degraded=0,
        failed=0,
        median_minutes=None,
        p50_seconds=None,
        p95_seconds=None,
    )


def test_each_event_counts_in_the_period_that_it_happened_in(store: Store) -> None:
    for started in (TODAY.since, TODAY.until - timedelta(seconds=1), TODAY.until):
        taken(store, started=started)
    taken(store, started=TODAY.since - timedelta(minutes=5), minutes=5, seconds=60)
    taken(store, started=TODAY.until - timedelta(minutes=5), minutes=4, seconds=60)

    (of_all, of_track) = figures(store)

    assert (of_all.started, of_all.submitted, of_all.completed) == (3, 2, 1)
    assert of_track == replace(of_all, track_id=TRACK)


def test_tracks_are_counted_apart_and_together(store: Store) -> None:
    for minutes in (10, 20, 60):
        taken(store, minutes=minutes, seconds=minutes / 10)
    taken(store, track=OTHER, minutes=30, seconds=9, degraded=True)
    taken(store, track=OTHER, minutes=40, failed=True)

    of_all, backend, frontend = figures(store)

    assert [f.track_id for f in (of_all, backend, frontend)] == [None, TRACK, OTHER]
    assert (of_all.submitted, of_all.completed, of_all.degraded, of_all.failed) == (5, 4, 1, 1)
    assert (backend.submitted, backend.degraded, backend.failed) == (3, 0, 0)
    assert (frontend.submitted, frontend.completed, frontend.failed) == (2, 1, 1)
    assert (of_all.median_minutes, backend.median_minutes, frontend.median_minutes) == (30, 20, 35)
    assert (of_all.p50_seconds, backend.p50_seconds, frontend.p50_seconds) == (4.0, 2.0, 9.0)
    assert backend.p95_seconds == pytest.approx(2 + 0.9 * 4)


def test_a_failure_counts_where_it_was_submitted(store: Store) -> None:
    taken(store, started=TODAY.until - timedelta(minutes=1), minutes=2, failed=True)

    assert [f.failed for f in figures(store)] == [0, 0]
    tomorrow = period_from(DAY, date(2026, 1, 2))
    assert [f.failed for f in figures(store, tomorrow)] == [1, 1]


def test_the_backlog_is_of_completed_assessments_and_the_scores_that_count(store: Store) -> None:
    for status, flags, newer in (
        (AssessmentStatus.COMPLETED, ("addresses_grader",), None),
        (AssessmentStatus.COMPLETED, ("addresses_grader",), ()),
        (AssessmentStatus.COMPLETED, (), None),
        (AssessmentStatus.SCORING, ("addresses_grader",), None),
    ):
        assessment, snapshots = stored_assessment(store, status=status)
        with store.begin() as repositories:
            repositories.assessments.save_profile(assessment.id, a_profile())
            for attempt, of in enumerate((flags, newer), start=1):
                if of is not None:
                    repositories.assessments.add_essay_score(
                        an_essay_score(
                            id=EssayScoreId(an_id()),
                            assessment_id=assessment.id,
                            question_id=snapshots[3].question.id,
                            attempt=attempt,
                            flags=of,
                        )
                    )

    with store.begin() as repositories:
        assert repositories.trends.backlog() == {TRACK: 1}


def test_figures_come_back_equal(store: Store) -> None:
    snapshot = a_snapshot()

    put(store, snapshot)

    assert between(store) == (snapshot,)


def test_what_is_not_final_is_replaced_whole(store: Store) -> None:
    put(store, a_snapshot(), a_snapshot(track_id=TRACK), a_snapshot(track_id=OTHER))

    put(store, a_snapshot(completed=9), a_snapshot(track_id=TRACK, completed=8))

    assert [s.figures.completed for s in between(store)] == [9]
    assert [s.figures.completed for s in between(store, track_id=TRACK)] == [8]
    assert between(store, track_id=OTHER) == ()


def test_what_is_final_stays(store: Store) -> None:
    put(store, a_snapshot(final=True), a_snapshot(track_id=TRACK, final=True))

    put(store, a_snapshot(completed=9, final=True), a_snapshot(track_id=TRACK, completed=9))

    assert [s.figures.completed for s in between(store)] == [3]
    assert [s.figures.completed for s in between(store, track_id=TRACK)] == [3]


def test_days_and_months_are_kept_apart(store: Store) -> None:
    put(store, a_snapshot())
    put(store, a_snapshot(granularity=MONTH, completed=40))

    assert [s.figures.completed for s in between(store)] == [3]
    assert [s.figures.completed for s in between(store, granularity=MONTH)] == [40]


def test_they_are_read_from_the_first_to_the_last_oldest_first(store: Store) -> None:
    days = [FIRST + timedelta(days=n) for n in range(4)]
    for day in reversed(days):
        put(store, a_snapshot(day))

    assert [s.start for s in between(store, days[1], days[3])] == days[1:]
    assert between(store, date(2025, 1, 1), date(2025, 12, 31)) == ()


def test_an_unknown_track_has_none(store: Store) -> None:
    put(store, a_snapshot())

    assert between(store, track_id=TrackId("nul\0")) == ()
    assert between(store, track_id=TrackId("unheard-of")) == ()


def test_it_is_known_which_are_final(store: Store) -> None:
    days = [FIRST + timedelta(days=n) for n in range(3)]
    for day, final in zip(days, (True, True, False), strict=True):
        put(store, a_snapshot(day, final=final), a_snapshot(day, track_id=TRACK, final=final))
    put(store, a_snapshot(granularity=MONTH, final=True))

    with store.begin() as repositories:
        assert repositories.trends.final_starts(DAY, since=days[1]) == {days[1]}
        assert repositories.trends.final_starts(MONTH, since=FIRST) == {FIRST}


def test_they_outlive_a_transaction_that_failed(store: Store) -> None:
    put(store, a_snapshot())

    with pytest.raises(RuntimeError), store.begin() as repositories:
        repositories.trends.replace(DAY, FIRST, [a_snapshot(completed=9)])
        raise RuntimeError

    assert [s.figures.completed for s in between(store)] == [3]
