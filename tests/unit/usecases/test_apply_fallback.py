from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from shared.domain.assessment import Answer, Assessment
from shared.domain.degraded import Degradation, DegradedReason
from shared.domain.errors import EngineRefusedError, JobBusyError, NotFoundError
from shared.domain.essay import EssayScore
from shared.domain.job import Job, JobId, JobStatus
from shared.domain.job_output import read_retrieval, read_summary
from shared.domain.level import Level
from shared.domain.metrics import Metric
from shared.ports.job_work import JobResult
from shared.ports.plain_recommendation import CATALOG_SLICE
from shared.usecases.apply_fallback import Fallback, apply_fallback
from shared.usecases.run_job import run_job
from shared.usecases.score_essay import score_essay
from tests.builders import NOON, TRACK, a_credential, an_id, later
from tests.fakes.metrics import Measured
from tests.fakes.sample_world import (
    ASSESSMENT,
    ESSAY_JOBS,
    FUSION_JOB,
    RETRIEVAL_JOB,
    Stage,
    world_at,
)
from tests.fakes.store.work import FakeJobRepository
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import claimed, put_answer

ESSAY_JOB = ESSAY_JOBS[0]


def fall_back(world: FakeWiring, job_id: JobId, cause: str = "timeout") -> None:
    apply_fallback(
        job_id,
        cause,
        fallback=Fallback(scorer=world.offline_scorer, summarizer=world.offline_summarizer),
        store=world.store,
        ids=world.ids,
        clock=world.clock,
        metrics=world.metrics,
    )


def assessment(world: FakeWiring) -> Assessment:
    return world.store.state.assessments[ASSESSMENT]


def job(world: FakeWiring, job_id: JobId) -> Job:
    return world.store.state.jobs[job_id]


def scores(world: FakeWiring) -> list[EssayScore]:
    return list(world.store.state.essay_scores.values())


def test_an_essay_is_marked_by_the_engine_that_needs_no_network() -> None:
    world = world_at(Stage.SUBMITTED)

    fall_back(world, ESSAY_JOB)

    [score] = scores(world)
    done = job(world, ESSAY_JOB)
    assert (score.assessment_id, score.question_id) == (ASSESSMENT, done.question_id)
    assert (score.provenance.engine, score.attempt, score.created_at) == ("rubric", 0, NOON)
    assert (done.status, done.finished_at) == (JobStatus.FELL_BACK, NOON)
    assert score.id
    assert done.output == {"essayScoreId": score.id, "score": 7.0}
    assert world.scorer.tasks == []


def test_a_mark_of_the_fallback_is_verified_like_any_other() -> None:
    world = world_at(Stage.SUBMITTED)

    fall_back(world, ESSAY_JOB)

    [score] = scores(world)
    assert all(c.evidence and not c.unsure for c in score.criteria)


def test_the_mark_belongs_to_the_attempt_that_failed() -> None:
    world = world_at(Stage.SUBMITTED)
    claimed(world, ESSAY_JOB)

    fall_back(world, ESSAY_JOB)

    assert [score.attempt for score in scores(world)] == [1]


def test_a_blank_essay_is_not_read_by_the_fallback_either() -> None:
    world = world_at(Stage.SUBMITTED)
    put_answer(world, str(job(world, ESSAY_JOB).question_id), Answer(text=" "))

    fall_back(world, ESSAY_JOB)

    assert [(s.score, s.provenance.engine) for s in scores(world)] == [(0.0, "rule")]
    assert world.offline_scorer.tasks == []


def test_credentials_are_looked_up_by_the_gaps_without_an_embedder() -> None:
    world = world_at(Stage.SCORED)
    world.embedder.texts.clear()

    fall_back(world, RETRIEVAL_JOB)

    done = job(world, RETRIEVAL_JOB)
    assert done.status is JobStatus.FELL_BACK
    found = read_retrieval(done.output or {})
    [entry] = world.store.state.credentials.values()
    assert [item.credential_id for item in found.items] == [entry.credential.id]
    assert found.items[0].closes == ("transactions", "sql")
    assert (found.trace.embedding_model, found.items[0].vector_similarity) == (None, None)
    assert world.embedder.texts == []


def test_only_credentials_near_the_students_next_step_are_looked_up() -> None:
    world = world_at(Stage.SCORED)
    with world.store.begin() as repositories:
        far, other = a_credential(level=Level.ADVANCED), a_credential(tracks=("data-analyst",))
        for credential in (far, other):
            repositories.credentials.put(credential, content_hash="1")

    fall_back(world, RETRIEVAL_JOB)

    found = read_retrieval(job(world, RETRIEVAL_JOB).output or {})
    assert found.trace.candidates == 1


def test_a_large_catalog_is_looked_up_in_part() -> None:
    world = world_at(Stage.SCORED)
    with world.store.begin() as repositories:
        for _ in range(CATALOG_SLICE):
            repositories.credentials.put(a_credential(), content_hash="1")

    fall_back(world, RETRIEVAL_JOB)

    found = read_retrieval(job(world, RETRIEVAL_JOB).output or {})
    assert found.trace.candidates == CATALOG_SLICE


def test_the_summary_is_said_by_templates() -> None:
    world = world_at(Stage.RETRIEVED)

    fall_back(world, FUSION_JOB)

    done = job(world, FUSION_JOB)
    assert done.status is JobStatus.FELL_BACK
    summary = read_summary(done.output or {})
    [entry] = world.store.state.credentials.values()
    assert summary.text == "You reached 37 of 100 in Backend Engineer."
    assert summary.why == {entry.credential.id: "Databases for Developers fits."}
    assert summary.provenance.engine == "template"
    assert world.summarizer.facts == []


@pytest.mark.parametrize(
    ("stage", "job_id", "reason"),
    [
        (Stage.SUBMITTED, ESSAY_JOB, DegradedReason.ESSAY_SCORING_FALLBACK),
        (Stage.SCORED, RETRIEVAL_JOB, DegradedReason.RETRIEVAL_FALLBACK),
        (Stage.RETRIEVED, FUSION_JOB, DegradedReason.SUMMARY_FALLBACK),
    ],
    ids=lambda value: value.value if isinstance(value, DegradedReason) else "",
)
class TestDegraded:
    def test_the_result_says_what_was_degraded_when_and_why(
        self, stage: Stage, job_id: JobId, reason: DegradedReason
    ) -> None:
        world = world_at(stage)
        question = job(world, job_id).question_id

        fall_back(world, job_id, "circuit_open")

        assert assessment(world).degradations == (
            Degradation(reason=reason, at=NOON, cause="circuit_open", question_id=question),
        )

    def test_it_is_counted_by_reason_and_track(
        self, stage: Stage, job_id: JobId, reason: DegradedReason
    ) -> None:
        world = world_at(stage)

        fall_back(world, job_id)

        assert world.metrics.measured == [
            Measured(Metric.DEGRADED, 1, {"reason": reason.value, "track": TRACK})
        ]

    def test_falling_back_twice_is_falling_back_once(
        self, stage: Stage, job_id: JobId, reason: DegradedReason
    ) -> None:
        world = world_at(stage)
        fall_back(world, job_id)
        before = world.store.state.copy()

        fall_back(world, job_id, "another cause")

        assert world.store.state == before
        assert [m.dimensions["reason"] for m in world.metrics.measured] == [reason]

    def test_a_job_that_was_claimed_meanwhile_is_left_to_its_worker(
        self,
        stage: Stage,
        job_id: JobId,
        reason: DegradedReason,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        del reason
        world = world_at(stage)
        before = world.store.state.copy()
        monkeypatch.setattr(FakeJobRepository, "finish", finish_after_a_claim)

        with pytest.raises(JobBusyError):
            fall_back(world, job_id)

        assert world.store.state == before
        assert world.metrics.measured == []


finish = FakeJobRepository.finish


def finish_after_a_claim(
    jobs: FakeJobRepository,
    job_id: JobId,
    *,
    attempt: int,
    status: JobStatus,
    output: Mapping[str, Any],
    now: datetime,
) -> bool:
    """In PostgreSQL a claim can come between the fallback's look at the job and its end."""
    jobs.claim(job_id, now=now, lease=later(30) - NOON)
    return finish(jobs, job_id, attempt=attempt, status=status, output=output, now=now)


def test_each_essay_that_falls_back_is_named() -> None:
    world = world_at(Stage.SUBMITTED)

    fall_back(world, ESSAY_JOBS[0], "timeout")
    fall_back(world, ESSAY_JOBS[2], "refused")

    assert [(d.cause, d.question_id) for d in assessment(world).degradations] == [
        ("timeout", job(world, ESSAY_JOBS[0]).question_id),
        ("refused", job(world, ESSAY_JOBS[2]).question_id),
    ]


def test_a_job_that_was_finished_after_all_is_left_alone() -> None:
    world = world_at(Stage.SCORED)
    before = world.store.state.copy()

    fall_back(world, ESSAY_JOB)

    assert world.store.state == before
    assert (world.metrics.measured, world.offline_scorer.tasks) == ([], [])


def test_a_worker_that_comes_back_after_the_fallback_stores_nothing() -> None:
    world = world_at(Stage.SUBMITTED)

    def score_late(job: Job) -> JobResult:
        result = score_essay(
            job,
            store=world.store,
            scorer=world.scorer,
            budget=world.budget,
            ids=world.ids,
            clock=world.clock,
        )
        fall_back(world, ESSAY_JOB)
        return result

    with pytest.raises(JobBusyError):
        run_job(
            ESSAY_JOB,
            "token",
            work=score_late,
            store=world.store,
            tasks=world.tasks,
            clock=world.clock,
            metrics=world.metrics,
            lease=world.lease,
        )

    assert [score.provenance.engine for score in scores(world)] == ["rubric"]
    assert job(world, ESSAY_JOB).status is JobStatus.FELL_BACK
    assert world.tasks.completed == {}


def test_what_the_fallback_cannot_do_either_changes_nothing() -> None:
    world = world_at(Stage.SUBMITTED)
    world.offline_scorer.error = EngineRefusedError("no", reason="refused")
    before = world.store.state.copy()

    with pytest.raises(EngineRefusedError):
        fall_back(world, ESSAY_JOB)

    assert world.store.state == before
    assert world.metrics.measured == []


def test_an_unknown_job_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        fall_back(world_at(Stage.SUBMITTED), JobId(an_id()))
