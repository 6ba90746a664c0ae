import pytest

from shared.domain.job import JobKind, JobStatus, output_of
from tests.builders import a_job


@pytest.mark.parametrize(
    ("status", "is_done"),
    [
        (JobStatus.QUEUED, False),
        (JobStatus.RUNNING, False),
        (JobStatus.SUCCEEDED, True),
        (JobStatus.FELL_BACK, True),
    ],
)
def test_a_job_is_done_by_its_worker_or_by_its_fallback(
    status: JobStatus,
    is_done: bool,  # noqa: FBT001
) -> None:
    assert a_job(status=status).is_done is is_done


def test_a_later_job_reads_what_an_earlier_one_handed_on() -> None:
    jobs = [
        a_job(kind=JobKind.SCORE_ESSAY, output={"score": 7.5}),
        a_job(kind=JobKind.RETRIEVE_CREDENTIALS, output={"items": []}),
    ]

    assert output_of(jobs, JobKind.RETRIEVE_CREDENTIALS) == {"items": []}


def test_a_skipped_step_is_noticed() -> None:
    with pytest.raises(LookupError, match="no finished retrieve_credentials job"):
        output_of([a_job(kind=JobKind.RETRIEVE_CREDENTIALS)], JobKind.RETRIEVE_CREDENTIALS)
