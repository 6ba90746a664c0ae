"""`assay webhooks listen` beside a running stack shows what comes and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.e2e.driver import Person, Student
from tests.e2e.polling import eventually

ROOT: Final = Path(__file__).parents[2]
ASSAY: Final = [sys.executable, "-m", "local_stack", "webhooks"]
SECONDS: Final = 90.0
"""Of a command, which on a busy machine takes seconds to begin."""


@pytest.fixture
def environment(outputs_file: Path) -> Mapping[str, str]:
    return {**os.environ, "ASSAY_HOME": str(outputs_file.parent), "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def listener(environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(  # noqa: S603 - our own command
        [*ASSAY, "listen", "--json"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def registered(listener: subprocess.Popen[str]) -> str:
    """Return the id that it says it has, once it listens."""
    assert listener.stderr
    line = listener.stderr.readline()
    assert "as webhook " in line, line + listener.stderr.read()
    return line.partition("as webhook ")[2].split()[0]


def next_line(listener: subprocess.Popen[str]) -> dict[str, Any]:
    assert listener.stdout
    return json.loads(listener.stdout.readline())


def run(environment: Mapping[str, str], *words: str) -> Any:
    done = subprocess.run(  # noqa: S603 - our own command
        [*ASSAY, *words, "--json"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    return json.loads(done.stdout)


def exists(admin: Person, webhook: str) -> bool:
    return admin.get(f"/webhooks/{webhook}").status == 200


def test_it_shows_each_delivery_verified(
    http: httpx.Client, listener: subprocess.Popen[str], environment: Mapping[str, str]
) -> None:
    webhook = registered(listener)
    accepted = run(environment, "test", webhook)

    trial = next_line(listener)
    assert (trial["type"], trial["sequence"], trial["verified"]) == ("webhook.test", 0, True)
    assert trial["id"] == accepted["eventId"]

    _, result = Student.register(http).take()
    told = [next_line(listener), next_line(listener)]
    assert [(t["type"], t["sequence"], t["verified"], t["fault"]) for t in told] == [
        ("assessment.submitted", 1, True, None),
        ("assessment.completed", 2, True, None),
    ]
    assert told[1]["content"]["data"]["overallScore"] == result["overallScore"]

    sent = run(environment, "deliveries", webhook)
    assert {(d["status"], d["attempts"][-1]["status"]) for d in sent} == {("delivered", 204)}
    assert {d["eventId"] for d in sent} == {t["id"] for t in (trial, *told)}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_when_it_is_stopped_it_is_no_longer_registered(
    admin: Person, listener: subprocess.Popen[str], number: signal.Signals
) -> None:
    webhook = registered(listener)
    assert exists(admin, webhook)

    listener.send_signal(number)

    assert listener.wait(SECONDS) == 0
    assert not exists(admin, webhook)


def test_nor_when_it_fails(
    admin: Person, listener: subprocess.Popen[str], environment: Mapping[str, str]
) -> None:
    """Nobody reads what it prints any more, as behind `| head -1`."""
    webhook = registered(listener)
    assert listener.stdout
    listener.stdout.close()

    run(environment, "test", webhook)

    listener.wait(SECONDS)
    assert not exists(admin, webhook)


def test_a_webhook_is_operated_from_the_terminal(
    admin: Person, environment: Mapping[str, str]
) -> None:
    created = run(environment, "create", "http://127.0.0.1:9/", "--event", "user.erased")
    webhook = created["id"]
    try:
        assert created["secret"].startswith("whsec_")
        listed = {w["id"]: w for w in run(environment, "list")}
        assert listed[webhook]["eventTypes"] == ["user.erased"]
        assert run(environment, "rotate-secret", webhook)["secret"] != created["secret"]
        accepted = run(environment, "test", webhook)

        def refused() -> bool:
            [sent] = run(environment, "deliveries", webhook)
            return bool(sent["attempts"]) and sent["attempts"][0]["error"] == "connection"

        eventually(refused, at_most=SECONDS, what="a refused connection")
        admin.patch(f"/webhooks/{webhook}", {"enabled": False}).expect(200)
        assert run(environment, "enable", webhook)["enabled"]
        resent = run(environment, "resend", webhook, accepted["deliveryId"])
        assert resent["deliveryId"] == accepted["deliveryId"]
        assert run(environment, "prune", "--dry-run")["counts"]["webhook_events"] == 0
    finally:
        admin.delete(f"/webhooks/{webhook}").expect(204)
