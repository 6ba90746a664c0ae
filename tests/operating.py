"""A local stack whose functions run in the test's own process, for `assay` to operate."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from local_stack import access, cli
from local_stack.api import Api
from local_stack.deployment import Deployment
from local_stack.outputs import Outputs
from local_stack.where import Where
from tests.fakes.wiring import FakeWiring
from tests.served_api import ServedApi, ServedFunctions
from tests.unit.local_stack.fake_aws import a_deployment

LAMBDAS = ("create_user", "run_rescores")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    code: int
    out: str
    err: str


Assay = Callable[..., Said]


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatedStack:
    api: ServedApi
    functions: ServedFunctions


def operated_stack(
    world: FakeWiring, context: LambdaContext, monkeypatch: pytest.MonkeyPatch, home: Path
) -> OperatedStack:
    monkeypatch.setenv("ASSAY_HOME", str(home))
    write_outputs(home)
    api = ServedApi(world, context, monkeypatch)
    functions = ServedFunctions(api, *LAMBDAS)

    def deployment(_: Where) -> Deployment:
        return a_deployment(functions)

    monkeypatch.setattr(Where, "deployment", deployment)
    monkeypatch.setattr(access, "Api", partial(Api, transport=api))
    return OperatedStack(api=api, functions=functions)


def write_outputs(home: Path) -> None:
    Outputs(
        stage="local",
        engine="offline",
        api_url="http://localhost:1/base",
        database_url="",
        endpoint_url="",
        region="",
        functions={},
        queue_urls={},
        state_machine_arns={},
        stacks={},
    ).write(home / "outputs.json")


def assay_with(capsys: pytest.CaptureFixture[str]) -> Assay:
    """Return what runs the command and gives back its exit code and what it printed."""

    def run(*words: str) -> Said:
        with pytest.raises(SystemExit) as ended:
            cli.main(words)
        out, err = capsys.readouterr()
        code = ended.value.code
        assert code is None or isinstance(code, int)
        return Said(code=code or 0, out=out, err=" ".join(err.split()))

    return run
