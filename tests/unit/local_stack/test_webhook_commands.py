import json
import re
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, get_args

import pytest
from typing_extensions import override

from local_stack import cli
from local_stack.access import Access
from local_stack.api import Api
from local_stack.webhook_events import EventName
from shared.domain.webhook import SUBSCRIBABLE

W = "019b7a01-0000-7000-8000-00000000beef"
D = "019b7a01-0000-7000-8000-00000000cafe"
WEBHOOK: dict[str, Any] = {
    "id": W,
    "url": "https://lms.example.org/[assay]",
    "eventTypes": [],
    "description": "",
    "enabled": True,
    "disabledReason": None,
    "failingSince": None,
    "createdAt": "2026-01-01T12:00:00.000Z",
}
DELIVERY: dict[str, Any] = {
    "id": D,
    "eventType": "recommendation.feedback",
    "sequence": 12,
    "status": "failed",
    "createdAt": "2026-01-01T12:00:00.000Z",
    "attempts": [
        {"number": 1, "status": 500, "error": None, "latencyMs": 7},
        {"number": 2, "status": None, "error": "timeout", "latencyMs": 15000},
    ],
}


class FakeAdmin(Api):
    """Answers each call with what a test put there, and keeps the calls."""

    @override
    def __init__(self) -> None:  # pyrefly: ignore[bad-override]  it is nobody, nowhere
        self.calls: list[tuple[str, str, Any]] = []
        self.replies: list[Any] = []

    @override
    def get(self, path: str, **query: object) -> Any:
        return self._answer("GET", path, query)

    @override
    def post(self, path: str, body: object = None) -> Any:
        return self._answer("POST", path, body)

    @override
    def patch(self, path: str, body: object) -> Any:
        return self._answer("PATCH", path, body)

    @override
    def delete(self, path: str) -> None:
        self._answer("DELETE", path, None)

    def _answer(self, method: str, path: str, sent: Any) -> Any:
        self.calls.append((method, path, sent))
        return self.replies.pop(0) if self.replies else None


@pytest.fixture
def admin(monkeypatch: pytest.MonkeyPatch) -> FakeAdmin:
    fake = FakeAdmin()

    @contextmanager
    def opened(_: Access) -> Generator[FakeAdmin]:
        yield fake

    monkeypatch.setattr(Access, "open", opened)
    return fake


def run(*words: str) -> int | str | None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["webhooks", *words])
    return ended.value.code


def page(*items: object, cursor: str | None = None) -> dict[str, Any]:
    return {"items": list(items), "nextCursor": cursor}


def test_the_events_to_choose_from_are_those_that_one_can_subscribe_to() -> None:
    assert get_args(EventName) == tuple(event.value for event in SUBSCRIBABLE)


def test_people_read_a_line_for_each_webhook_however_narrow_the_terminal(
    admin: FakeAdmin, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    gone = WEBHOOK | {"enabled": False, "disabledReason": "gone", "eventTypes": ["user.erased"]}
    failing = WEBHOOK | {"failingSince": "2026-01-02T12:00:00.000Z"}
    admin.replies = [page(WEBHOOK, gone, failing)]

    assert run("list") in {0, None}

    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["since", "state", "url", "events", "id"]
    assert [line.split()[-1] for line in lines] == [W] * 3
    assert re.search(r"enabled +https://lms.example.org/\[assay\] +all", lines[0])
    assert re.search(r"disabled: gone .* user.erased", lines[1])
    assert "failing since 01-02" in lines[2]


def test_scripts_read_what_the_api_says(
    admin: FakeAdmin, capsys: pytest.CaptureFixture[str]
) -> None:
    admin.replies = [page(WEBHOOK, cursor="c1"), page(WEBHOOK)]

    run("list", "--json")

    assert json.loads(capsys.readouterr().out) == [WEBHOOK, WEBHOOK]
    assert [sent["cursor"] for _, _, sent in admin.calls] == [None, "c1"]


def test_a_webhook_is_registered_and_its_secret_shown(
    admin: FakeAdmin, capsys: pytest.CaptureFixture[str]
) -> None:
    admin.replies = [WEBHOOK | {"secret": "whsec_c2VjcmV0"}]

    run("create", "https://lms.example.org/", "--event", "user.erased", "--description", "LMS")

    assert admin.calls == [
        (
            "POST",
            "/webhooks",
            {
                "url": "https://lms.example.org/",
                "eventTypes": ["user.erased"],
                "description": "LMS",
            },
        )
    ]
    assert "whsec_c2VjcmV0" in capsys.readouterr().out


def test_an_event_that_there_is_not_is_refused_with_those_that_there_are(
    admin: FakeAdmin, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("create", "https://lms.example.org/", "--event", "assessment.done") not in {0, None}

    assert "assessment.completed" in "".join(capsys.readouterr())
    assert admin.calls == []


@pytest.mark.parametrize(
    ("words", "call"),
    [
        (["delete", W], ("DELETE", f"/webhooks/{W}", None)),
        (["enable", W], ("PATCH", f"/webhooks/{W}", {"enabled": True})),
        (["rotate-secret", W], ("POST", f"/webhooks/{W}/rotate-secret", None)),
        (["test", W], ("POST", f"/webhooks/{W}/test", None)),
        (["resend", W, D], ("POST", f"/webhooks/{W}/deliveries/{D}/resend", None)),
    ],
)
def test_each_command_is_one_call(
    admin: FakeAdmin, words: list[str], call: tuple[str, str, object]
) -> None:
    admin.replies = [WEBHOOK | {"secret": "whsec_x", "deliveryId": D, "eventId": D}]

    assert run(*words) in {0, None}

    assert admin.calls == [call]


def test_recovering_goes_on_until_there_is_no_more(
    admin: FakeAdmin, capsys: pytest.CaptureFixture[str]
) -> None:
    admin.replies = [
        {"deliveries": 1000, "hasMore": True},
        {"deliveries": 1, "hasMore": False},
    ]

    run("recover", W, "--since", "2026-01-01T12:00Z")

    assert capsys.readouterr().out == "1001 deliveries queued.\n"
    sent = [datetime.fromisoformat(body["since"]) for _, _, body in admin.calls]
    assert sent == [datetime.fromisoformat("2026-01-01T12:00Z")] * 2


def test_a_time_without_a_zone_is_one_of_here(admin: FakeAdmin) -> None:
    admin.replies = [{"deliveries": 0, "hasMore": False}]

    run("recover", W, "--since", "2026-01-01T12:00", "--json")

    sent = datetime.fromisoformat(admin.calls[0][2]["since"])
    assert sent == datetime.fromisoformat("2026-01-01T12:00").astimezone()


def test_what_is_no_time_is_refused(admin: FakeAdmin, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("recover", W, "--since", "yesterday") == 1

    assert "'yesterday' is no time." in capsys.readouterr().err
    assert admin.calls == []


def test_deliveries_are_listed_with_their_last_answer(
    admin: FakeAdmin, capsys: pytest.CaptureFixture[str]
) -> None:
    none_yet = DELIVERY | {"status": "pending", "attempts": []}
    answered = DELIVERY | {"status": "delivered", "attempts": DELIVERY["attempts"][:1]}
    admin.replies = [page(DELIVERY, none_yet, answered)]

    run("deliveries", W, "--status", "failed")

    assert admin.calls == [
        ("GET", f"/webhooks/{W}/deliveries", {"limit": 20, "cursor": None, "status": "failed"})
    ]
    failed, pending, delivered = capsys.readouterr().out.splitlines()[1:]
    assert re.search(rf"feedback +12  failed +2  timeout in 15000 ms +{D}", failed)
    assert re.search(r"pending +0  none yet", pending)
    assert re.search(r"delivered +1  500 in 7 ms", delivered)


def test_no_more_deliveries_are_asked_for_than_wanted(
    admin: FakeAdmin, capsys: pytest.CaptureFixture[str]
) -> None:
    admin.replies = [page(*[DELIVERY] * 100, cursor="c1"), page(*[DELIVERY] * 20, cursor="c2")]

    run("deliveries", W, "--limit", "120", "--json")

    assert len(json.loads(capsys.readouterr().out)) == 120
    assert [sent["limit"] for _, _, sent in admin.calls] == [100, 20]
