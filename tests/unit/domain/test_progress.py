import pytest

from shared.domain.assessment import AssessmentStatus
from shared.domain.job import Job, JobKind, JobStatus
from shared.domain.progress import (
    NOT_BEGUN,
    Progress,
    Reading,
    Stage,
    StageName,
    StageState,
    progress_by_people,
    progress_of,
)
from tests.builders import NOON, an_assessment, later
from tests.unit.domain.builders import jobs_of

QUEUED, RUNNING, SUCCEEDED, FELL_BACK = (
    JobStatus.QUEUED,
    JobStatus.RUNNING,
    JobStatus.SUCCEEDED,
    JobStatus.FELL_BACK,
)
SECONDS = {
    JobKind.SCORE_ESSAY: 6.0,
    JobKind.RETRIEVE_CREDENTIALS: 1.4,
    JobKind.FUSE_RESULTS: 2.2,
}
ALL_QUEUED = jobs_of(essays=(QUEUED,) * 3, retrieval=QUEUED, fusion=QUEUED)
ALL_DONE = jobs_of(essays=(SUCCEEDED,) * 3, retrieval=SUCCEEDED, fusion=SUCCEEDED)


def progress(
    jobs: tuple[Job, ...], *, status: AssessmentStatus = AssessmentStatus.SCORING
) -> Progress:
    completed_at = later(30) if status is AssessmentStatus.COMPLETED else None
    assessment = an_assessment(status=status, submitted_at=NOON, completed_at=completed_at)
    return progress_of(assessment, jobs, SECONDS)


def states(found: Progress) -> list[StageState]:
    return [stage.state for stage in found.stages]


def test_a_failure_whose_jobs_are_forgotten_is_still_one() -> None:
    assert states(progress((), status=AssessmentStatus.FAILED))[1:] == [StageState.FAILED] * 2


def test_a_result_whose_jobs_are_forgotten_is_still_one() -> None:
    assert states(progress((), status=AssessmentStatus.COMPLETED)) == [StageState.COMPLETED] * 3


@pytest.mark.parametrize("status", [AssessmentStatus.IN_PROGRESS, AssessmentStatus.EXPIRED])
def test_before_submission_nothing_has_begun(status: AssessmentStatus) -> None:
    found = progress_of(an_assessment(status=status), [], SECONDS)

    assert found == Progress(
        percent=0,
        stages=tuple(Stage(name=name, state=StageState.PENDING) for name in StageName),
        estimated_seconds_remaining=None,
    )


def test_stages_stand_in_the_order_they_happen() -> None:
    assert [stage.name for stage in progress(ALL_QUEUED).stages] == [
        StageName.RULE_SCORING,
        StageName.ESSAY_SCORING,
        StageName.RECOMMENDATIONS,
    ]


def test_rules_are_scored_with_the_submission_itself() -> None:
    assert progress(ALL_QUEUED).stages[0] == Stage(
        name=StageName.RULE_SCORING,
        state=StageState.COMPLETED,
        started_at=NOON,
        finished_at=NOON,
    )


@pytest.mark.parametrize(
    ("essays", "retrieval", "fusion", "percent"),
    [
        pytest.param((QUEUED,) * 3, QUEUED, QUEUED, 10, id="rule-scores"),
        pytest.param((RUNNING, QUEUED, QUEUED), QUEUED, QUEUED, 16, id="an-essay-begun"),
        pytest.param((SUCCEEDED, QUEUED, QUEUED), QUEUED, QUEUED, 30, id="a-third-of-the-essays"),
        pytest.param((SUCCEEDED, FELL_BACK, RUNNING), QUEUED, QUEUED, 56, id="two-and-a-bit"),
        pytest.param((SUCCEEDED,) * 3, QUEUED, QUEUED, 70, id="essays-done"),
        pytest.param((SUCCEEDED,) * 3, RUNNING, QUEUED, 74, id="retrieving"),
        pytest.param((SUCCEEDED,) * 3, SUCCEEDED, QUEUED, 85, id="retrieved"),
        pytest.param((SUCCEEDED,) * 3, FELL_BACK, FELL_BACK, 99, id="never-100-before-the-result"),
        pytest.param((), QUEUED, QUEUED, 70, id="a-mix-without-essays"),
    ],
)
def test_percent_counts_finished_work_and_a_little_for_begun(
    essays: tuple[JobStatus, ...], retrieval: JobStatus, fusion: JobStatus, percent: int
) -> None:
    assert progress(jobs_of(essays=essays, retrieval=retrieval, fusion=fusion)).percent == percent


class TestScoring:
    def test_stages_wait_for_their_first_job(self) -> None:
        assert states(progress(ALL_QUEUED)) == [
            StageState.COMPLETED,
            StageState.PENDING,
            StageState.PENDING,
        ]

    def test_a_stage_runs_from_its_first_job_until_its_last(self) -> None:
        jobs = jobs_of(essays=(SUCCEEDED, RUNNING, QUEUED), retrieval=QUEUED, fusion=QUEUED)

        assert progress(jobs).stages[1] == Stage(
            name=StageName.ESSAY_SCORING, state=StageState.RUNNING, started_at=later(1)
        )

    def test_a_stage_is_completed_by_its_last_job(self) -> None:
        jobs = jobs_of(essays=(SUCCEEDED, FELL_BACK), retrieval=RUNNING, fusion=QUEUED)

        found = progress(jobs)

        assert found.stages[1] == Stage(
            name=StageName.ESSAY_SCORING,
            state=StageState.COMPLETED,
            started_at=later(1),
            finished_at=later(12),
        )
        assert found.stages[2].state is StageState.RUNNING

    def test_until_the_result_is_written_the_last_stage_runs(self) -> None:
        last = progress(ALL_DONE).stages[2]

        assert last.state is StageState.RUNNING
        assert last.started_at == later(4)
        assert last.finished_at is None


class TestEstimate:
    def test_essays_run_side_by_side_and_the_rest_in_turn(self) -> None:
        assert progress(ALL_QUEUED).estimated_seconds_remaining == 10

    def test_what_is_done_is_not_waited_for(self) -> None:
        jobs = jobs_of(essays=(SUCCEEDED,) * 3, retrieval=SUCCEEDED, fusion=RUNNING)

        assert progress(jobs).estimated_seconds_remaining == 2

    def test_a_kind_never_measured_is_taken_to_last_five_seconds(self) -> None:
        assessment = an_assessment(status=AssessmentStatus.SCORING, submitted_at=NOON)

        assert progress_of(assessment, ALL_QUEUED, {}).estimated_seconds_remaining == 15

    def test_it_is_at_least_a_second_while_the_result_is_written(self) -> None:
        assert progress(ALL_DONE).estimated_seconds_remaining == 1


def test_a_completed_assessment_is_at_100() -> None:
    found = progress(ALL_DONE, status=AssessmentStatus.COMPLETED)

    assert found.percent == 100
    assert states(found) == [StageState.COMPLETED] * 3
    assert found.stages[2].started_at == later(4)
    assert found.stages[2].finished_at == later(30)
    assert found.estimated_seconds_remaining is None


class TestFailure:
    def test_unfinished_stages_have_failed(self) -> None:
        jobs = jobs_of(essays=(SUCCEEDED, RUNNING, QUEUED), retrieval=QUEUED, fusion=QUEUED)

        found = progress(jobs, status=AssessmentStatus.FAILED)

        assert states(found) == [StageState.COMPLETED, StageState.FAILED, StageState.FAILED]
        assert found.percent < 100
        assert found.estimated_seconds_remaining is None

    def test_finished_stages_stay_completed(self) -> None:
        jobs = jobs_of(essays=(SUCCEEDED,) * 3, retrieval=RUNNING, fusion=QUEUED)

        assert states(progress(jobs, status=AssessmentStatus.FAILED)) == [
            StageState.COMPLETED,
            StageState.COMPLETED,
            StageState.FAILED,
        ]

    def test_a_result_that_could_not_be_written_fails_the_last_stage(self) -> None:
        found = progress(ALL_DONE, status=AssessmentStatus.FAILED)

        assert found.stages[2].state is StageState.FAILED
        assert found.stages[2].finished_at is None


class TestPeople:
    @pytest.mark.parametrize(("marked", "percent"), [(0, 10), (1, 30), (2, 50)])
    def test_essays_count_as_people_mark_them(self, marked: int, percent: int) -> None:
        assessment = an_assessment(status=AssessmentStatus.IN_REVIEW, submitted_at=NOON)

        found = progress_by_people(assessment, Reading(essays=3, marked=marked))

        assert (found.percent, found.estimated_seconds_remaining) == (percent, None)
        assert states(found) == [StageState.COMPLETED, StageState.RUNNING, StageState.PENDING]
        assert found.stages[1] == Stage(
            name=StageName.ESSAY_SCORING, state=StageState.RUNNING, started_at=NOON
        )

    def test_the_last_mark_completes_all(self) -> None:
        assessment = an_assessment(
            status=AssessmentStatus.COMPLETED, submitted_at=NOON, completed_at=later(86_400)
        )

        found = progress_by_people(assessment, Reading(essays=3, marked=3))

        assert (found.percent, states(found)) == (100, [StageState.COMPLETED] * 3)
        assert {stage.finished_at for stage in found.stages[1:]} == {later(86_400)}

    def test_what_was_closed_has_failed(self) -> None:
        assessment = an_assessment(status=AssessmentStatus.FAILED, submitted_at=NOON)

        found = progress_by_people(assessment, Reading(essays=3, marked=1))

        assert states(found) == [StageState.COMPLETED, StageState.FAILED, StageState.FAILED]

    def test_before_submission_nothing_has_begun(self) -> None:
        assert progress_by_people(an_assessment(), Reading(essays=0, marked=0)) == NOT_BEGUN
