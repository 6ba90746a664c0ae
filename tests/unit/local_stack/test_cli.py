import io
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

from local_stack import cli
from local_stack.deployment import Deployment
from local_stack.errors import LocalStackError
from local_stack.where import Where
from tests.unit.local_stack.fake_aws import FakeFunctions, a_deployment


def run(*words: str) -> int | str | None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    return ended.value.code


def deploy(monkeypatch: pytest.MonkeyPatch, functions: FakeFunctions) -> None:
    def deployment(_: Where) -> Deployment:
        return a_deployment(functions)

    monkeypatch.setattr(Where, "deployment", deployment)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    return tmp_path


def test_a_stack_that_is_not_up_is_said_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("seed") == 1

    assert capsys.readouterr().err == "assay: The stack is not up. Start it: make up.\n"


def test_no_traceback_reaches_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    def fail(_: Where) -> None:
        raise RuntimeError("[unforeseen]")

    monkeypatch.setattr(Where, "deployment", fail)

    assert run("seed") == 1
    said = capsys.readouterr().err
    assert "[unforeseen]" in said
    assert "Traceback" not in said
    assert "RuntimeError" in (home / "logs" / "assay-error.log").read_text()


def test_an_event_that_is_not_json_is_explained(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    event = tmp_path / "event.json"
    event.write_text("{")

    assert run("invoke", "submit_assessment", str(event)) == 1
    assert "is not JSON" in capsys.readouterr().err


def test_a_password_can_be_piped_in(monkeypatch: pytest.MonkeyPatch) -> None:
    functions = FakeFunctions({"create_user": {"userId": "u1"}})
    deploy(monkeypatch, functions)
    monkeypatch.setattr(sys, "stdin", io.StringIO("correct horse battery\n"))

    code = run("create-user", "--email", "a@b.c", "--name", "Ada", "--role", "admin")

    assert code in {0, None}
    assert functions.events == [
        {"email": "a@b.c", "name": "Ada", "role": "admin", "password": "correct horse battery"}
    ]


@pytest.mark.parametrize(("words", "is_dry_run"), [(("--dry-run",), True), ((), False)])
def test_retention_is_run_or_only_counted(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    *,
    is_dry_run: bool,
) -> None:
    functions = FakeFunctions({"apply_retention": {"counts": {"assessments": 3}}})
    deploy(monkeypatch, functions)

    assert run("retention", *words) in {0, None}

    assert functions.events == [{"dryRun": is_dry_run}]
    assert '"assessments": 3' in capsys.readouterr().out


def test_a_student_cannot_be_created() -> None:
    words = ["create-user", "--email", "a@b.c", "--name", "Ada", "--role", "student"]

    assert run(*words) not in {0, None}


def test_errors_say_problem_and_remedy() -> None:
    assert str(LocalStackError("It is broken.", "Mend it.")) == "It is broken. Mend it."


@pytest.mark.parametrize(
    "words",
    [
        ("audit", "verify"),
        ("index", "show"),
        ("redrive", "scoring"),
        ("retry", "019b7a01-0000-7000-8000-000000000003"),
        ("users", "list"),
        ("users", "set-role", "a@b.c", "admin"),
        ("webhooks", "list"),
    ],
)
def test_operators_commands_say_when_no_stack_is_up(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)

    assert run(*words) == 1
    assert capsys.readouterr().err == "assay: The stack is not up. Start it: make up.\n"


def test_a_role_that_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("users", "set-role", "a@b.c", "emperor") not in {0, None}
    assert "emperor" in "".join(capsys.readouterr())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_and_options(
    shell: Literal["bash", "zsh", "fish"], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("completion", shell) in {0, None}

    script = capsys.readouterr().out
    for word in ("webhooks", "rotate-secret", "redrive", "content", "stage", "profile", "scoring"):
        assert word in script


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_what_completes_is_a_script_of_that_shell(
    shell: Literal["bash", "zsh"], capsys: pytest.CaptureFixture[str]
) -> None:
    if (program := shutil.which(shell)) is None:
        pytest.skip(f"there is no {shell}")
    run("completion", shell)

    checked = subprocess.run(  # noqa: S603
        [program, "-n"], input=capsys.readouterr().out, text=True, capture_output=True, check=False
    )

    assert (checked.returncode, checked.stderr) == (0, "")


def test_bash_completes_what_was_begun(capsys: pytest.CaptureFixture[str]) -> None:
    if (bash := shutil.which("bash")) is None:
        pytest.skip("there is no bash")
    run("completion", "bash")
    begun = 'COMP_WORDS=(assay webhooks re); COMP_CWORD=2; _assay; echo "${COMPREPLY[@]}"'

    done = subprocess.run(  # noqa: S603
        [bash, "-c", f"{capsys.readouterr().out}\n{begun}"],
        text=True,
        capture_output=True,
        check=True,
    )

    assert set(done.stdout.split()) == {"resend", "recover"}
