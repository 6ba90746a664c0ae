"""`assay rescore` on a real database; API and rounds of the stack run in the test's process."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from aws_lambda_powertools.utilities.typing import LambdaContext

from local_stack import cli
from shared.adapters.postgres.store import PostgresStore
from shared.adapters.system import SystemClock, Uuid7Ids
from shared.domain.assessment import Answer, Assessment, AssessmentStatus
from shared.domain.errors import EngineRefusedError
from shared.domain.user import Role, UserId
from shared.ports.scored_assessment import read_scored
from tests.builders import NOON, TRACK, a_response, an_essay_score, an_id
from tests.fakes.essay_scorer import FakeEssayScorer
from tests.fakes.wiring import FakeWiring
from tests.integration.stored import stored_assessment
from tests.operating import operated_stack

pytestmark = pytest.mark.integration

Run = Callable[..., tuple[int | str | None, str]]


@pytest.fixture
def scorer() -> FakeEssayScorer:
    return FakeEssayScorer(score=9.0)


@pytest.fixture(autouse=True)
def store(
    postgres_store: PostgresStore,
    scorer: FakeEssayScorer,
    context: LambdaContext,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> PostgresStore:
    world = FakeWiring()
    real = {"store": postgres_store, "clock": SystemClock(), "ids": Uuid7Ids()}
    for name, value in (real | {"scorer": scorer, "uses_model": False}).items():
        monkeypatch.setattr(world, name, value)
    operated_stack(world, context, monkeypatch, tmp_path)
    return postgres_store


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_with(*words: str) -> tuple[int | str | None, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(["rescore", *words])
        said = capsys.readouterr()
        return ended.value.code, said.out or said.err

    return run_with


def completed(store: PostgresStore, *, score: float = 5.0) -> Assessment:
    """Store a completed assessment whose only marked essay has this score."""
    assessment, snapshots = stored_assessment(store, status=AssessmentStatus.COMPLETED)
    assessment = replace(assessment, completed_at=NOON)
    essay = snapshots[3].question
    made = an_essay_score(assessment_id=assessment.id, question_id=essay.id, score=score)
    with store.begin() as repositories:
        repositories.assessments.save(assessment)
        answer = Answer(text="It is atomic.")
        repositories.assessments.save_responses(assessment.id, [a_response(essay, answer=answer)])
        repositories.assessments.add_essay_score(made)
        profile = read_scored(repositories, assessment).profile
        repositories.assessments.save_profile(assessment.id, profile)
    return assessment


def attempts(store: PostgresStore, assessment: Assessment) -> list[int]:
    with store.begin() as repositories:
        return [s.attempt for s in repositories.assessments.essay_scores(assessment.id)]


def test_a_dry_run_shows_who_moves_and_changes_nothing(store: PostgresStore, run: Run) -> None:
    assessment = completed(store)
    same = completed(store, score=9.0)

    code, said = run("--track", TRACK)

    assert code == 0
    lines = said.splitlines()
    assert "50 → 90" in lines[1]
    assert "developing → advanced" in lines[1]
    assert assessment.id in lines[1]
    assert same.id not in said
    assert "1 raised, 0 lowered, 1 unchanged of 2; 1 cross a band" in said
    assert "nothing has changed" in said
    assert attempts(store, assessment) == [1]


def test_it_is_applied_when_asked_to(store: PostgresStore, run: Run) -> None:
    assessment = completed(store)

    code, said = run("--assessment", assessment.id, "--apply")

    assert code == 0
    assert "1 raised" in said
    assert "dry run" not in said
    assert attempts(store, assessment) == [2]


def test_many_are_marked_at_once_and_each_once(
    store: PostgresStore, run: Run, engine: sa.Engine
) -> None:
    many = [completed(store) for _ in range(12)]

    code, said = run("--track", TRACK, "--apply")

    assert (code, [attempts(store, assessment) for assessment in many]) == (0, [[2]] * 12)
    assert "12 raised" in said
    with engine.begin() as connection:
        audited = connection.scalars(sa.text("SELECT action FROM audit_logs ORDER BY number")).all()
    assert audited[1:] == ["rescore.started", *["essay.rescored"] * 12, "rescore.finished"]


def test_scripts_read_what_the_api_shows(store: PostgresStore, run: Run) -> None:
    assessment = completed(store, score=9.5)

    code, said = run("--track", TRACK, "--since", "2026-01-01", "--json")

    report = json.loads(said)
    assert code == 0
    assert (report["dryRun"], report["nextCursor"]) == (True, None)
    with store.begin() as repositories:
        assert repositories.users.get(UserId(report["requestedBy"])).role is Role.ADMIN
    assert report["counts"]["withheld"] == 1
    assert [item["assessmentId"] for item in report["items"]] == [assessment.id]
    assert report["finishedAt"] is not None


def test_lower_marks_count_when_that_is_said(store: PostgresStore, run: Run) -> None:
    assessment = completed(store, score=9.5)

    _, said = run("--track", TRACK, "--apply", "--allow-lowering")

    assert "95 → 90" in said
    assert attempts(store, assessment) == [2]


def test_in_an_outage_it_says_that_the_work_goes_on(
    store: PostgresStore, run: Run, scorer: FakeEssayScorer
) -> None:
    completed(store)
    scorer.error = EngineRefusedError("left alone", reason="circuit_open")

    code, said = run("--track", TRACK)

    assert code == 1
    assert "1 wait for the model" in said
    assert "GET /admin/rescores/" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "Name one of --assessment, --question, --track"),
        (("--track", TRACK, "--question", an_id()), "Name one of"),
        (("--track", "knitting"), "no completed assessment of track knitting"),
        (("--assessment", "nonsense"), "no assessment nonsense"),
        (("--track", TRACK, "--since", "yesterday"), "yesterday is no RFC 3339 date"),
    ],
)
def test_what_cannot_be_is_said(run: Run, words: tuple[str, ...], says: str) -> None:
    code, said = run(*words)

    assert code == 1
    assert says in " ".join(said.split())
