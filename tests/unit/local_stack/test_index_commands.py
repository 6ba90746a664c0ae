"""`assay index`: what is asked of the API, what is shown, and how failures are told."""

import io
import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from local_stack import access, cli, index_commands
from local_stack.api import Api as Client
from tests.operating import write_outputs

ADMIN = ("--email", "admin@example.com", "--password", "a password")
REBUILD: dict[str, Any] = {
    "id": "r1",
    "status": "running",
    "model": "wordllama-256",
    "run": 1,
    "total": 223,
    "embedded": 64,
    "switchedAt": None,
    "failure": None,
}
INDEX: dict[str, Any] = {
    "model": "older-256",
    "dimensions": 256,
    "configuredModel": "wordllama-256",
    "active": 223,
    "embedded": 221,
    "stale": 2,
    "missing": 1,
    "staleCredentials": [
        {"id": "1", "slug": "changed", "missing": False},
        {"id": "2", "slug": "new", "missing": True},
    ],
    "rebuildAdvised": True,
    "rebuild": None,
}
COMPLETED = REBUILD | {"status": "completed", "embedded": 223, "switchedAt": "2026-01-01T12:00:00Z"}
FAILED = REBUILD | {"status": "failed", "failure": "EngineUnavailableError: too slow"}
Answer = tuple[int, object]


class Api:
    """Answers looks at the index one after the other, the last one again and again."""

    def __init__(self) -> None:
        self.log_in: Answer = (200, {"accessToken": "t"})
        self.start: Answer = (202, {"resumed": False, "rebuild": REBUILD})
        self.looks: list[Answer] = [(200, INDEX)]
        self.requests: list[httpx.Request] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        match request.url.path.removeprefix("/base/api/v1"):
            case "/auth/login":
                status, body = self.log_in
            case "/admin/index/rebuild":
                status, body = self.start
            case _:
                status, body = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        return httpx.Response(status, json=body)

    def shows(self, *rebuilds: Mapping[str, Any]) -> None:
        self.looks = [(200, INDEX | {"rebuild": rebuild}) for rebuild in rebuilds]


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Api:
    api = Api()
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    write_outputs(tmp_path)
    transport = httpx.MockTransport(lambda request: api.answer(request))  # noqa: PLW0108  replaced later
    monkeypatch.setattr(access, "Api", partial(Client, transport=transport))
    monkeypatch.setattr(index_commands, "LOOK_AGAIN_SECONDS", 0.0)
    return api


Run = Callable[..., tuple[int | str | None, str, str]]


@pytest.fixture
def run(api: Api, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command; return exit code, standard output and standard error."""
    del api

    def _run(*words: str) -> tuple[int | str | None, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(["index", *words])
        out, err = capsys.readouterr()
        return ended.value.code, out, " ".join(err.split())

    return _run


def test_the_index_is_shown_with_what_is_stale(run: Run) -> None:
    code, out, _ = run("show", *ADMIN)

    assert not code
    assert "older-256, 256 dimensions" in out
    assert "configured  wordllama-256" in out
    assert "221 of 223" in out
    assert "2, of which 1 without any embedding" in out
    assert "new (missing)" in out
    assert "changed (missing)" not in out
    assert "assay index rebuild" in out


def test_a_running_rebuild_is_shown_and_none_advised(run: Run, api: Api) -> None:
    api.shows(REBUILD)

    _, out, _ = run("show", *ADMIN)

    assert "running, 64 of 223 embedded by wordllama-256" in out
    assert "assay index rebuild" not in out


def test_scripts_get_the_answer_of_the_api(run: Run) -> None:
    assert json.loads(run("show", *ADMIN, "--json")[1]) == INDEX


def test_a_rebuild_is_started_as_the_admin_and_followed_to_its_end(run: Run, api: Api) -> None:
    api.shows(REBUILD, REBUILD | {"embedded": 128}, COMPLETED)

    code, out, err = run("rebuild", *ADMIN)

    assert not code
    assert "Rebuild r1 started." in err
    assert "223/223" in err
    assert "223 credentials are searched by wordllama-256." in out
    log_in, start, *looks = api.requests
    assert json.loads(log_in.content) == {"email": "admin@example.com", "password": "a password"}
    assert (start.method, start.headers["authorization"]) == ("POST", "Bearer t")
    assert len(looks) == 3


def test_a_rebuild_that_failed_before_is_said_to_go_on(run: Run, api: Api) -> None:
    api.start = (202, {"resumed": True, "rebuild": REBUILD})
    api.shows(COMPLETED)

    assert "Rebuild r1 goes on." in run("rebuild", *ADMIN)[2]


def test_a_rebuild_that_fails_is_told_with_the_remedy(run: Run, api: Api) -> None:
    api.shows(REBUILD, FAILED)

    code, _, err = run("rebuild", *ADMIN)

    assert code == 1
    assert "64 of 223 embedded: EngineUnavailableError: too slow" in err
    assert "Go on with it: assay index rebuild." in err


@pytest.mark.parametrize(("end", "code"), [(COMPLETED, 0), (FAILED, 1)])
def test_scripts_get_the_rebuild_as_it_ended(
    run: Run, api: Api, end: Mapping[str, Any], code: int
) -> None:
    api.shows(REBUILD, end)

    exit_code, out, err = run("rebuild", *ADMIN, "--json")

    assert (json.loads(out), err) == (end, "")
    assert int(exit_code or 0) == code


def test_nobody_has_to_wait(run: Run, api: Api) -> None:
    code, out, err = run("rebuild", *ADMIN, "--no-wait")

    assert (int(code or 0), out) == (0, "")
    assert "Rebuild r1 started." in err
    assert len(api.requests) == 2


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (401, "assay create-user"),
        (403, "Only admins may"),
        (409, "assay index show"),
        (503, "assay logs"),
    ],
)
def test_a_refusal_says_how_to_go_on(run: Run, api: Api, status: int, remedy: str) -> None:
    api.start = (status, {"detail": "because of this"})

    code, _, err = run("rebuild", *ADMIN)

    assert code == 1
    assert "The API refused: because of this (" in err
    assert remedy in err


def test_a_stack_that_is_down_is_said_to_be(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: Api, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    monkeypatch.setattr(Api, "answer", nobody)

    code, _, err = run("show", *ADMIN)

    assert code == 1
    assert "The API at localhost does not answer: refused. Start it: make up." in err


def test_the_password_comes_from_standard_input_or_the_environment(
    run: Run, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("from a pipe\n"))
    run("show", "--email", "admin@example.com")
    monkeypatch.setenv("ASSAY_ADMIN_EMAIL", "other@example.com")
    monkeypatch.setenv("ASSAY_ADMIN_PASSWORD", "from outside")
    run("show")

    told = [json.loads(r.content) for r in api.requests if r.url.path.endswith("/auth/login")]
    assert told == [
        {"email": "admin@example.com", "password": "from a pipe"},
        {"email": "other@example.com", "password": "from outside"},
    ]
