"""What the runbooks tell an operator to type is typed here."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from local_stack.emulator import client_environment
from local_stack.outputs import Outputs
from shared.adapters.postgres import migrations
from shared.api.routes import BASE_PATH
from tests import runbooks
from tests.e2e.driver import PASSWORD, Attempt, Client, Person, Student
from tests.e2e.failing import failed_attempt
from tests.e2e.operations import Operator
from tests.fakes.webhook_receiver import WebhookReceiver

ROOT: Final = Path(__file__).parents[3]
BASH: Final = shutil.which("bash")
SECONDS: Final = 180
NEWEST_REVISION: Final = max(
    path.name[1:5] for path in Path(migrations.__file__).parent.glob("versions/v*.py")
)
STRICT: Final = "set -euo pipefail\n"
KEY_OUTPUT: Final = "SigningSecretArn"
KEY_READERS: Final = (
    "authorize_request",
    "get_jwks",
    "log_in",
    "refresh_session",
    "start_assessment",
    "erase_me",
    "erase_user",
)

pytestmark = pytest.mark.skipif(
    BASH is None or shutil.which("curl") is None,
    reason="the runbooks are for people with bash and curl",
)


@pytest.fixture(scope="module")
def environment(
    outputs: Outputs, admin: Person, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, str]:
    """What a person at this stack's terminal has set."""
    tools = tmp_path_factory.mktemp("bin")
    aws = tools / "aws"
    aws.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tests.e2e.aws_command "$@"\n')
    aws.chmod(0o755)
    return client_environment(outputs.endpoint_url, os.environ) | {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "STAGE": outputs.stage,
        "API": f"{outputs.api_url}{BASE_PATH}",
        "EMAIL": admin.email,
        "PASSWORD": PASSWORD,
        "OPENAI_API_KEY": "sk-e2e",
        "NO_PROXY": "*",
    }


def run(name: str, environment: Mapping[str, str], **more: str) -> str:
    """Type all that can be run of a runbook, after what comes before any of them."""
    script = STRICT + runbooks.read("README").script + runbooks.read(name).script
    done = subprocess.run(  # noqa: S603  our own documents
        [BASH or "", "-c", script],
        cwd=ROOT,
        env={**environment, **more},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{name}: {done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture
def failed(student: Student, operator: Operator) -> Attempt:
    return failed_attempt(student, operator)


def test_queue_backlog(environment: Mapping[str, str], failed: Attempt, student: Student) -> None:
    said = run("queue-backlog", environment, ASSESSMENT=failed.id)

    assert failed.id in said, "the failed execution is listed"
    assert '"moved":0' in said.replace(" ", "")
    assert student.wait(failed)["status"] == "completed"


def test_model_outage(environment: Mapping[str, str], failed: Attempt, student: Student) -> None:
    said = run("model-outage", environment, ASSESSMENT=failed.id)

    assert '"degradedByCause"' in said
    assert student.wait(failed)["status"] == "completed"


def test_retrieval_outage(environment: Mapping[str, str]) -> None:
    assert '"embedding_model": "wordllama-256"' in run("retrieval-outage", environment)


def test_webhook_failures(environment: Mapping[str, str], admin: Person) -> None:
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    with WebhookReceiver() as receiver:
        webhook = admin.post("/webhooks", {"url": receiver.url, "description": "LMS"}).expect(201)
        said = run("webhook-failures", environment, WEBHOOK=webhook["id"], SINCE=since)
        admin.delete(f"/webhooks/{webhook['id']}")

    assert "'unsent'" in said
    assert "rate(1 minute)" in said
    assert '"deliveryId"' in said


@pytest.fixture
def key_before(operator: Operator) -> Iterator[str]:
    """The key that signed before; it signs again afterwards, so that all others stay logged in."""
    secrets = operator.client("secretsmanager")
    (arn,) = (s[KEY_OUTPUT] for s in operator.outputs.stacks.values() if KEY_OUTPUT in s)
    before: str = secrets.get_secret_value(SecretId=arn)["SecretString"]
    yield before
    secrets.put_secret_value(SecretId=arn, SecretString=before)
    for module in KEY_READERS:
        operator.renew_environments(module)


@pytest.mark.usefixtures("key_before")
def test_key_rotation(
    environment: Mapping[str, str], nobody: Client, student: Student, http: httpx.Client
) -> None:
    def keys() -> list[Any]:
        return nobody.get("/.well-known/jwks.json").expect(200)["keys"]

    before = keys()

    run("key-rotation", environment)

    assert keys()[0] != before[0]
    assert before[0] in keys()
    student.get("/me").expect(200)
    Student.log_in(http, student.email).get("/me").expect(200)


def test_restore_from_backup(environment: Mapping[str, str]) -> None:
    said = run("restore-from-backup", environment)

    assert "The audit log is as it was written" in said
    assert f'"revision": "{NEWEST_REVISION}"' in said
