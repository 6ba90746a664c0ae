"""The snippets of docs/client.md work as they stand there, one after the other."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from local_stack.outputs import Outputs
from tests.e2e.driver import PASSWORD, Person
from tests.e2e.polling import eventually
from tests.fakes.webhook_receiver import Received, WebhookReceiver

GUIDE: Final = Path(__file__).parents[2] / "docs" / "client.md"
SECTION: Final = re.compile(r"^## (.+?)$", re.MULTILINE)
SNIPPET: Final = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SOON: Final = 30.0


class Guide:
    def __init__(self) -> None:
        self._text = GUIDE.read_text("utf-8")
        self.names: dict[str, Any] = {"__name__": "client"}

    @property
    def sections(self) -> list[str]:
        return SECTION.findall(self._text)

    def run(self, section: str) -> None:
        """Run the snippets of a section; what they name is in `names`."""
        begin = self._text.index(f"## {section}\n")
        next_one = SECTION.search(self._text, begin + 3)
        for snippet in SNIPPET.finditer(
            self._text, begin, next_one.start() if next_one else len(self._text)
        ):
            line = self._text.count("\n", 0, snippet.start(1))
            # Tracebacks then point into the document.
            code = compile("\n" * line + snippet[1], str(GUIDE), "exec")
            exec(code, self.names)  # noqa: S102  our own


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with WebhookReceiver() as receiver:
        yield receiver


@pytest.fixture
def guide(outputs: Outputs, monkeypatch: pytest.MonkeyPatch) -> Iterator[Guide]:
    monkeypatch.setenv("ASSAY_API", outputs.api_url)
    monkeypatch.setenv("NO_PROXY", "*")  # the stack is on this machine
    guide = Guide()
    guide.run("Calls, problems and patience")
    guide.run("Sessions")
    yield guide
    for name in ("anybody", "student", "admin"):
        if client := guide.names.get(name):
            client.close()


def test_every_section_is_run(guide: Guide) -> None:
    assert guide.sections == ["Calls, problems and patience", "Sessions", "A student", "An LMS"]


def test_a_student_comes_to_a_result(guide: Guide, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDENT_EMAIL", f"guide-{uuid4().hex}@example.com")
    monkeypatch.setenv("STUDENT_PASSWORD", PASSWORD)

    guide.run("A student")

    names = guide.names
    assert names["status"].json()["status"] == "completed"
    assert names["result"]["overallScore"] >= 0
    assert names["recommendation"]["id"] == names["result"]["recommendation"]["id"]
    with pytest.raises(names["Refused"], match="already_submitted"):
        names["call"](names["student"], "POST", f"{names['assessment']}/submit", json={})
    names["student"].close()
    guide.run("A student")  # another assessment, of one who has an account by now


def test_a_session_goes_on_with_another_token(guide: Guide, admin: Person) -> None:
    client = guide.names["log_in"](admin.email, PASSWORD)
    before = client.auth.tokens
    client.auth.tokens = before | {"accessToken": "expired"}

    me = guide.names["call"](client, "GET", "/me").json()

    assert me["id"] == admin.id
    assert client.auth.tokens["refreshToken"] != before["refreshToken"]
    client.close()


def test_an_lms_is_told_and_reads_what_there_is(
    guide: Guide,
    admin: Person,
    receiver: WebhookReceiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STUDENT_EMAIL", f"guide-{uuid4().hex}@example.com")
    monkeypatch.setenv("STUDENT_PASSWORD", PASSWORD)
    monkeypatch.setenv("ADMIN_EMAIL", admin.email)
    monkeypatch.setenv("ADMIN_PASSWORD", PASSWORD)
    monkeypatch.setenv("LMS_URL", receiver.url)
    guide.run("A student")

    guide.run("An LMS")

    names = guide.names
    [message] = came(receiver, 1)
    assert names["receive"](message.headers, message.body) == 204
    assert names["receive"](message.headers, message.body + b" ") == 401
    assert names["result"]["assessmentId"] in names["results"]
    admin.delete(f"/webhooks/{names['webhook']['id']}").expect(204)


def test_who_is_asked_for_patience_comes_again(
    guide: Guide, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpx, waited = guide.names["httpx"], list[float]()
    answers = [httpx.Response(429, headers={"Retry-After": "7"}), httpx.Response(503)]
    answers.append(httpx.Response(200, json={}))

    def send(_request: object) -> object:
        return answers.pop(0)

    monkeypatch.setattr(guide.names["time"], "sleep", waited.append)

    with httpx.Client(transport=httpx.MockTransport(send)) as client:
        response = guide.names["call"](client, "GET", "/tracks")

    assert (response.status_code, waited) == (200, [7.0, 2.0])


def came(receiver: WebhookReceiver, count: int) -> list[Received]:
    def enough() -> list[Received] | None:
        return list(receiver.received) if len(receiver.received) >= count else None

    return eventually(enough, at_most=SOON, what=f"{count} messages") or []
