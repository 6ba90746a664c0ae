"""`assay content` on the seeded database: over HTTP, and past it where DATABASE_URL names one."""

import json
import os
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from aws_lambda_powertools.utilities.typing import LambdaContext

from local_stack import cli
from shared.adapters.content_review import SeedContentReview
from shared.adapters.offline_embedder import OfflineEmbedder
from shared.adapters.postgres.migrations import upgrade
from shared.adapters.postgres.store import PostgresStore
from shared.adapters.seed_files.source import SeedFolder, read_skills
from shared.adapters.system import SystemClock, Uuid7Ids
from shared.api.body import MAX_FILE_BYTES
from shared.usecases.load_seeds import load_seeds
from tests.fakes.wiring import FakeWiring
from tests.integration.conftest import NewDatabase
from tests.operating import operated_stack

pytestmark = pytest.mark.integration
SEEDS = Path(__file__).parents[2] / "seeds"
POOL = "tracks/backend-engineer/theoretical.yaml"

Run = Callable[..., tuple[int | str | None, str]]


@pytest.fixture(scope="module")
def engine(new_database: NewDatabase) -> Generator[sa.Engine]:
    with new_database() as engine:
        upgrade(engine)
        load_seeds(
            SeedFolder(SEEDS, Uuid7Ids()),
            store=PostgresStore(engine),
            embedder=OfflineEmbedder(),
            ids=Uuid7Ids(),
            clock=SystemClock(),
        )
        yield engine


@pytest.fixture
def in_database(engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DATABASE_URL", engine.url.render_as_string(hide_password=False))


@pytest.fixture
def over_http(
    engine: sa.Engine, context: LambdaContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.delenv("DATABASE_URL", raising=False)
    world = FakeWiring()
    real = {
        "store": PostgresStore(engine),
        "clock": SystemClock(),
        "ids": Uuid7Ids(),
        "instant_embedder": OfflineEmbedder(),
        "content_review": SeedContentReview(read_skills(SEEDS)),
    }
    for name, value in real.items():
        monkeypatch.setattr(world, name, value)
    operated_stack(world, context, monkeypatch, home)


@pytest.fixture(params=["in_database", "over_http"])
def run(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Run:
    request.getfixturevalue(request.param)

    def _run(*words: object) -> tuple[int | str | None, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(["content", *map(str, words)])
        captured = capsys.readouterr()
        return ended.value.code, captured.out + captured.err

    return _run


def counts(engine: sa.Engine) -> tuple[Any, ...]:
    """Return how much there is of what an import writes; the command's own admin is not of it."""
    tables = ("question_versions", "credential_versions", "audit_logs WHERE action !~ '^user'")
    with engine.connect() as connection:
        return tuple(
            connection.scalar(sa.text(f"SELECT count(*) FROM {table}"))  # noqa: S608
            for table in tables
        )


def one_new(tmp_path: Path, **changes: Any) -> Path:
    """A folder of seeds with the first question of a pool under another name."""
    entry = yaml.safe_load((SEEDS / POOL).read_text())["questions"][0]
    entry |= {
        "id": "be-t-new",
        "prompt": "Which wooden instrument did the luthiers of Cremona varnish most famously?",
        "options": [
            {"id": n, "text": t, "correct": n == "a", "explanation": f"{t} it is, or not."}
            for n, t in (("a", "Violins"), ("b", "Drums"), ("c", "Horns"), ("d", "Bells"))
        ],
    }
    path = tmp_path / "seeds" / POOL
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"questions": [entry | changes]}))
    return path


@pytest.mark.parametrize("format", ["yaml", "qti"])
@pytest.mark.parametrize("name", ["all.zip", "all"])
def test_questions_that_are_exported_change_nothing_when_they_come_back(
    run: Run, engine: sa.Engine, tmp_path: Path, format: str, name: str
) -> None:
    before = counts(engine)
    assert run("export", "questions", tmp_path / name, "--format", format)[0] == 0

    code, out = run("import", tmp_path / name)

    assert (code, out.splitlines()[-1]) == (
        0,
        "0 created, 0 updated, 0 deactivated, 295 unchanged",
    )
    assert counts(engine) == before


@pytest.mark.parametrize("name", ["all.csv", "all.json"])
def test_so_do_credentials(run: Run, engine: sa.Engine, tmp_path: Path, name: str) -> None:
    before = counts(engine)
    assert run("export", "credentials", tmp_path / name)[0] == 0

    code, out = run("import", tmp_path / name, "--json")

    assert (code, json.loads(out)["unchanged"]) == (0, 424)
    assert counts(engine) == before


def test_an_exported_folder_is_a_folder_of_seeds(run: Run, tmp_path: Path) -> None:
    run("export", "questions", tmp_path / "out", "--track", "backend-engineer")
    (tmp_path / "out" / "skills.yaml").write_bytes((SEEDS / "skills.yaml").read_bytes())

    read = SeedFolder(tmp_path / "out", Uuid7Ids()).read()

    assert (len(read.tracks), len(read.questions)) == (1, 35)


def test_a_dry_run_says_what_would_be_and_writes_nothing(
    run: Run, engine: sa.Engine, tmp_path: Path
) -> None:
    before = counts(engine)

    code, out = run("import", one_new(tmp_path, id="be-t-dry"), "--dry-run")

    assert (code, out.splitlines()[-1]) == (
        0,
        "Would be: 1 created, 0 updated, 0 deactivated, 0 unchanged",
    )
    assert counts(engine) == before


def test_one_fault_is_named_and_nothing_is_imported(
    run: Run, engine: sa.Engine, tmp_path: Path
) -> None:
    before = counts(engine)
    path = one_new(tmp_path, skills=["juggling"])

    code, out = run("import", path)
    in_json = run("import", path, "--json")

    assert code == 1
    assert out.splitlines() == [
        "error   row 1/skills",
        "        there is no skill 'juggling'",
        "1 error: nothing was imported",
    ]
    errors = json.loads(in_json[1])["errors"]
    assert (in_json[0], [e["pointer"] for e in errors]) == (1, ["/skills"])
    assert counts(engine) == before


def test_what_is_imported_is_audited(run: Run, engine: sa.Engine, tmp_path: Path) -> None:
    is_operator = os.environ.get("DATABASE_URL") is not None
    name = f"be-t-{'operator' if is_operator else 'admin'}"
    folder = one_new(tmp_path, id=name).parent

    code, out = run("import", folder)

    assert (code, out.splitlines()[-1]) == (
        0,
        "1 created, 0 updated, 0 deactivated, 0 unchanged",
    )
    with engine.connect() as connection:
        audit = connection.execute(
            sa.text(
                "SELECT actor = 'operator' AS is_operator, action FROM audit_logs "
                "ORDER BY number DESC LIMIT 1"
            )
        ).one()
    assert tuple(audit) == (is_operator, "question.created")
    # Leave the pool as the other tests know it.
    assert run("import", one_new(tmp_path, id=name, active=False))[1].splitlines()[-1] == (
        "0 created, 0 updated, 1 deactivated, 0 unchanged"
    )


def test_a_pool_that_its_track_needs_stays(run: Run, engine: sa.Engine, tmp_path: Path) -> None:
    run(
        "export", "questions", tmp_path / "p.yaml", "--track", "backend-engineer", "--type", "essay"
    )
    pool = yaml.safe_load((tmp_path / "p.yaml").read_text())
    off = {"questions": [q | {"active": False} for q in pool["questions"]]}
    (tmp_path / "p.yaml").write_text(json.dumps(off))
    before = counts(engine)

    code, out = run("import", tmp_path / "p.yaml", "--track", "backend-engineer", "--type", "essay")

    assert code == 1
    assert "backend-engineer asks 3 essay questions and would have 0 left" in out
    assert counts(engine) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "nowhere.yaml"), "There is no file nowhere.yaml."),
        (("import", "notes.txt"), "The ending of notes.txt does not say what it is."),
        (("export", "questions", "x.zip", "--track", "poet"), "there is no track poet"),
        (("export", "credentials", "no/such/folder.csv"), "cannot be written"),
    ],
)
def test_what_cannot_be_is_said_with_the_remedy(
    run: Run, words: tuple[str, ...], said: str
) -> None:
    code, out = run(*words)

    assert code == 1
    assert said in out


@pytest.mark.parametrize("run", ["in_database"], indirect=True)
def test_a_bar_shows_on_a_terminal_how_far_it_is(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, int]] = []
    real = cli.terminal.progress

    def watched(name: str, steps: int) -> Any:
        seen.append((name, steps))
        return real(name, steps)

    monkeypatch.setattr(cli.terminal, "progress", watched)
    run("import", SEEDS / POOL)
    run("import", SEEDS / POOL, "--dry-run")

    assert seen == [("Importing", 36), ("Judging", 18)]


@pytest.mark.parametrize("run", ["over_http"], indirect=True)
def test_what_no_request_holds_is_said_with_the_way_that_does(run: Run, tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_text(" " * (MAX_FILE_BYTES + 1))

    code, out = run("import", large)

    assert code == 1
    assert "(413, body_too_large)" in out
    assert "name the database itself in DATABASE_URL" in " ".join(out.split())
