"""What an operator can do to the deployed stack: look inside, and break things on purpose.

Every change is undone when its `with` block ends.
"""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import psutil
import sqlalchemy as sa

from local_stack.deployment import Deployment
from local_stack.emulator import session
from local_stack.outputs import Outputs
from tests.e2e.driver import PASSWORD, Person
from tests.e2e.polling import eventually

ROOT: Final = Path(__file__).parents[2]
WORKERS: Final = ("score_essay", "retrieve_credentials", "fuse_results")
UPDATE_SECONDS: Final = 20.0
REBUILD_SECONDS: Final = 180.0


class Operator:
    def __init__(self, outputs: Outputs, *, home: Path) -> None:
        """`home` is the folder of the stack's files, which tells its processes from others'."""
        self.outputs = outputs
        self._home = home
        self._deployment = Deployment(
            stage=outputs.stage, session=session(), endpoint_url=outputs.endpoint_url
        )
        self._clients: dict[str, Any] = {}
        self._database = sa.create_engine(outputs.database_url, poolclass=sa.NullPool)

    def client(self, service: str) -> Any:
        """Return a boto3 client, whose type boto3 itself makes up at run time."""
        if service not in self._clients:
            self._clients[service] = self._deployment.client(service)
        return self._clients[service]

    # --- what is stored -------------------------------------------------------

    def rows(self, sql: str, **values: object) -> list[dict[str, Any]]:
        with self._database.begin() as connection:
            return [dict(row) for row in connection.execute(sa.text(sql), values).mappings()]

    def change(self, sql: str, **values: object) -> int:
        """Return how many rows were changed."""
        with self._database.begin() as connection:
            return connection.execute(sa.text(sql), values).rowcount

    # --- functions ------------------------------------------------------------

    def invoke(self, module: str, event: object) -> Any:
        reply = self.client("lambda").invoke(
            FunctionName=self.outputs.functions[module], Payload=json.dumps(event).encode()
        )
        result = json.loads(reply["Payload"].read() or b"null")
        assert "FunctionError" not in reply, result
        return result

    def create_person(self, http: httpx.Client, role: str) -> Person:
        email = f"{role}-{uuid4().hex}@example.com"
        person = {"email": email, "password": PASSWORD, "name": "Sample Person", "role": role}
        assert self.invoke("create_user", person)["role"] == role
        return Person.log_in(http, email)

    @contextlib.contextmanager
    def configured(self, modules: Sequence[str], **variables: str) -> Generator[None]:
        """Give these functions other variables, in new environments."""
        before = {module: self._variables(module) for module in modules}
        try:
            self._configure({module: before[module] | variables for module in modules})
            yield
        finally:
            self._configure(before)

    def renew_environments(self, module: str) -> None:
        """Let the next call meet an environment that remembers nothing."""
        self._configure({module: self._variables(module)})

    @contextlib.contextmanager
    def not_consuming(self, module: str) -> Generator[None]:
        """Let the messages of a function's queues stay where they are."""
        functions, name = self.client("lambda"), self.outputs.functions[module]
        mappings = functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        assert mappings, f"{module} consumes nothing"
        try:
            for mapping in mappings:
                functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
            yield
        finally:
            for mapping in mappings:
                functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)

    def role_of(self, module: str) -> str:
        name = self.outputs.functions[module]
        return self.client("lambda").get_function_configuration(FunctionName=name)["Role"]

    def _variables(self, module: str) -> dict[str, str]:
        name = self.outputs.functions[module]
        configuration = self.client("lambda").get_function_configuration(FunctionName=name)
        return configuration["Environment"]["Variables"]

    def _configure(self, variables: Mapping[str, Mapping[str, str]]) -> None:
        """Set the variables of each module, and wait until all of it is in force."""
        names = [self.outputs.functions[module] for module in variables]
        functions = self.client("lambda")
        for name, values in zip(names, variables.values(), strict=True):
            functions.update_function_configuration(
                FunctionName=name, Environment={"Variables": dict(values)}
            )

        def is_updated() -> bool:
            return all(
                functions.get_function_configuration(FunctionName=name)["LastUpdateStatus"]
                == "Successful"
                for name in names
            )

        eventually(is_updated, at_most=UPDATE_SECONDS, what=f"new configuration of {names}")

    def workers(self, module: str, *, connected_to: int) -> list[psutil.Process]:
        """Return the function's processes that are connected to a port of this machine."""
        name = f"ministack-lambda-{self.outputs.functions[module]}-"
        place = str(self._home / "tmp" / name)
        return [
            process
            for process in psutil.process_iter(["cmdline"])
            if any(word.startswith(place) for word in process.info["cmdline"] or ())
            and _is_connected(process, connected_to)
        ]

    # --- the pipeline ---------------------------------------------------------

    def executions(self, assessment_id: str) -> list[dict[str, Any]]:
        """Return every execution for this assessment, whatever its run."""
        machine = self.outputs.state_machine_arns[f"assay-{self.outputs.stage}-assessment-pipeline"]
        pages = self.client("stepfunctions").get_paginator("list_executions")
        return [
            execution
            for page in pages.paginate(stateMachineArn=machine)
            for execution in page["executions"]
            if execution["name"].startswith(assessment_id)
        ]

    @contextlib.contextmanager
    def without_schedule(self) -> Generator[None]:
        """Leave it to the test when `reconcile` runs."""
        events = self.client("events")
        rules = [r["Name"] for r in events.list_rules()["Rules"] if "ScheduleExpression" in r]
        assert rules, "there is no schedule to stop"
        try:
            for rule in rules:
                events.disable_rule(Name=rule)
            yield
        finally:
            for rule in rules:
                events.enable_rule(Name=rule)

    # --- the index ------------------------------------------------------------

    def await_rebuild(self) -> None:
        """Wait until no rebuild of the index is running, the clearing of the old set included."""
        running = "SELECT 1 FROM index_rebuilds WHERE status = 'running'"
        eventually(lambda: not self.rows(running), at_most=REBUILD_SECONDS, what="end of a rebuild")

    def index_by_configuration(self) -> None:
        """Let the index be of the model that `load_seeds` is configured with, as a release does."""
        self.await_rebuild()
        rebuild = self.invoke("load_seeds", {})["rebuild"]
        assert rebuild, "the index is of that model already"
        switched = "SELECT status FROM index_rebuilds WHERE id = :id AND switched_at IS NOT NULL"
        eventually(
            lambda: self.rows(switched, id=rebuild),
            at_most=REBUILD_SECONDS,
            what="switch of the index",
        )

    # --- the bus --------------------------------------------------------------

    @contextlib.contextmanager
    def listening(self, *, source: str = "assay") -> Generator[Callable[[], list[dict[str, Any]]]]:
        """Subscribe a queue to the event bus; yields a function that takes what has come."""
        events, queues = self.client("events"), self.client("sqs")
        bus = self.outputs.stacks["assay-local-app"]["EventBusName"]
        name = f"e2e-{uuid4().hex}"
        url = queues.create_queue(QueueName=name)["QueueUrl"]
        arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "events.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": arn,
                }
            ],
        }
        queues.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
        events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps({"source": [source]}))
        events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
        try:
            yield lambda: self._take(url)
        finally:
            events.remove_targets(Rule=name, EventBusName=bus, Ids=["queue"])
            events.delete_rule(Name=name, EventBusName=bus)
            queues.delete_queue(QueueUrl=url)

    def _take(self, url: str) -> list[dict[str, Any]]:
        queues = self.client("sqs")
        messages = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            queues.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in messages]


def _is_connected(process: psutil.Process, port: int) -> bool:
    with contextlib.suppress(psutil.Error):
        return any(
            connection.raddr and connection.raddr.port == port
            for connection in process.net_connections("tcp")
        )
    return False


def assay(*words: str) -> Any:
    """Run the command on the stack that is up, and return the JSON that it prints."""
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "local_stack", *words, "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(run.stdout)
