"""`assay seeds lint` and `assay catalog check`: exit codes, a list to read, JSON for scripts."""

import json
from pathlib import Path

import pytest

from local_stack import cli
from tests.unit.seeds.small import Change, put, together, write
from tests.unit.seeds.sound import BACKEND, CREDENTIALS, as_json, sound_seeds

ESSAY = f"{BACKEND}/essay.yaml"
FIRST = (f"{BACKEND}/theoretical.yaml", "questions", 0)
WARNING = put(*FIRST, "skills", value=[])
ERROR = put(*FIRST, "prompt", value="Which sarafo? Select all that apply.")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "home"))
    return tmp_path


def run(folder: Path, *words: str, change: Change | None = None) -> int | str | None:
    files = sound_seeds()
    if change:
        change(files)
    write(folder, as_json(files))
    with pytest.raises(SystemExit) as ended:
        cli.main([*words, "--folder", str(folder)])
    return ended.value.code


LINT = ("seeds", "lint")
CHECK = ("catalog", "check")


@pytest.mark.parametrize("command", [LINT, CHECK])
def test_nothing_found_is_success(
    tmp_path: Path, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, *command) == 0
    assert capsys.readouterr().out == "0 errors, 0 warnings\n"


def test_findings_are_listed_by_file_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flaws = together(WARNING, ERROR, put(ESSAY, "questions", 0, "skills", value=[]))

    assert run(tmp_path, *LINT, change=flaws) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == ESSAY
    assert lines[1] == "  warning no-skills  questions/be-e-0/skills"
    assert lines[3] == FIRST[0]
    assert lines[4] == "  error   key-count  questions/be-t-0/prompt"
    assert lines[5].strip().startswith("The prompt asks for all that apply, but only one option")
    assert lines[6] == "  warning no-skills  questions/be-t-0/skills"
    assert lines[-1] == "1 error, 2 warnings"


def test_warnings_alone_are_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, *LINT, change=WARNING) == 0
    assert capsys.readouterr().out.endswith("0 errors, 1 warning\n")


def test_scripts_get_a_json_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, *LINT, "--json", change=ERROR) == 1

    (found,) = json.loads(capsys.readouterr().out)
    assert found.pop("message").startswith("The prompt asks for all that apply")
    assert found == {
        "severity": "error",
        "check": "key-count",
        "where": f"{FIRST[0]}: questions/be-t-0/prompt",
    }


def test_scripts_get_an_empty_list_when_nothing_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, *CHECK, "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_track_can_be_chosen(tmp_path: Path) -> None:
    assert run(tmp_path, *LINT, "data-analyst", change=ERROR) == 0
    assert run(tmp_path, *LINT, "data-analyst", "backend-engineer", change=ERROR) == 1


def test_an_unknown_track_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, *LINT, "astronomer") == 1

    said = " ".join(capsys.readouterr().err.split())
    assert said == (
        "assay: There is no track astronomer. There are: backend-engineer, data-analyst."
    )


def test_the_catalog_has_its_own_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flaw = put(CREDENTIALS, "credentials", 0, "url", value="https://localhost/sql")

    assert run(tmp_path, *CHECK, change=flaw) == 1
    assert capsys.readouterr().out.splitlines()[:2] == [
        CREDENTIALS,
        "  error   url  credentials/c-0/url",
    ]


def test_a_folder_without_seeds_has_a_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([*LINT, "--folder", str(tmp_path / "nowhere")])

    assert ended.value.code == 1
    assert "the file is missing" in capsys.readouterr().out
