"""`assay recommend` on the seeded catalog: the command as people run it."""

import io
import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from local_stack import cli
from shared.adapters.offline_embedder import OfflineEmbedder
from shared.adapters.postgres.migrations import upgrade
from shared.adapters.postgres.store import PostgresStore
from shared.adapters.seed_files.source import SeedFolder
from shared.adapters.system import SystemClock, Uuid7Ids
from shared.usecases.load_seeds import load_seeds
from tests.integration.conftest import NewDatabase

pytestmark = pytest.mark.integration
SEEDS = Path(__file__).parents[2] / "seeds"
BACKEND: dict[str, object] = {
    "id": "b",
    "trackId": "backend-engineer",
    "level": "intermediate",
    "interests": ["docker"],
    "gaps": [{"skill": "sql", "severity": 0.3}, {"skill": "indexing", "severity": 0.9}],
}


@pytest.fixture(scope="module")
def seeded(new_database: NewDatabase) -> Generator[sa.URL]:
    with new_database() as engine:
        upgrade(engine)
        load_seeds(
            SeedFolder(SEEDS, Uuid7Ids()),
            store=PostgresStore(engine),
            embedder=OfflineEmbedder(),
            ids=Uuid7Ids(),
            clock=SystemClock(),
        )
        yield engine.url


@pytest.fixture
def home(seeded: sa.URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", seeded.render_as_string(hide_password=False))
    return tmp_path


def run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *lines: object,
    words: tuple[str, ...] = ("--json",),
) -> tuple[Any, str]:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(map(json.dumps, lines))))
    with pytest.raises(SystemExit) as ended:
        cli.main(["recommend", *words])
    return ended.value.code, capsys.readouterr().out


@pytest.mark.usefixtures("home")
class TestRecommend:
    def test_items_close_gaps_and_cite_the_catalog(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, out = run(monkeypatch, capsys, BACKEND, BACKEND | {"id": 2, "limit": 1})
        first, second = map(json.loads, out.splitlines())

        assert code == 0
        assert [first["id"], second["id"]] == ["b", 2]
        assert 2 <= len(first["items"]) <= 5
        assert len(second["items"]) == 1
        assert any("indexing" in item["closes"] for item in first["items"])
        assert all(item["sources"][0]["snippet"] for item in first["items"])
        assert first["reason"] is None

    def test_nothing_that_fits_is_an_empty_list_with_the_reason(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        midwife = BACKEND | {"interests": ["midwifery", "childbirth"], "gaps": []}
        _, out = run(monkeypatch, capsys, midwife)
        outcome = json.loads(out)

        assert outcome["items"] == []
        assert "near enough" in outcome["reason"]

    def test_a_bad_line_is_named_and_the_others_are_answered(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bad = [BACKEND | {"trackId": "plumber"}, BACKEND | {"level": "expert"}]
        code, out = run(monkeypatch, capsys, *bad, BACKEND)
        outcomes = [json.loads(line) for line in out.splitlines()]

        assert code == 1
        assert outcomes[0]["error"].startswith("line 1: ")
        assert outcomes[1]["error"].startswith("line 2: level: Input should be")
        assert outcomes[2]["items"]

    def test_people_read_a_table(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, out = run(monkeypatch, capsys, BACKEND, words=())

        assert code == 0
        assert "provider" in out


def test_without_a_database_the_remedy_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    with pytest.raises(SystemExit):
        cli.main(["recommend"])

    assert "make up" in capsys.readouterr().err
