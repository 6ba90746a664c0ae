import sys
from pathlib import Path

import pytest

from local_stack.cdk import Cdk, reason
from local_stack.errors import LocalStackError

FAILED = """\
assay-local-app |   1 | CREATE_FAILED | AWS::CloudWatch::Alarm

Failed resources:
assay-local-app | CREATE_FAILED | AWS::CloudWatch::Alarm | metric math is not supported
❌  assay-local-app failed to deploy
"""


def test_of_a_failed_deployment_the_failures_are_shown() -> None:
    assert reason(FAILED).splitlines()[0] == "Failed resources:"
    assert "AWS::CloudWatch::Alarm | metric math" in reason(FAILED)


def test_of_an_app_that_does_not_run_the_end_is_shown() -> None:
    log = "\n".join(["Traceback", *(f"  line {n}" for n in range(40)), "KeyError: 'stage'"])

    assert reason(log).splitlines()[-1] == "KeyError: 'stage'"
    assert len(reason(log).splitlines()) == 12


def test_a_missing_command_line_is_explained(tmp_path: Path) -> None:
    cdk = Cdk(root=tmp_path, log=tmp_path / "deploy.log")

    with pytest.raises(LocalStackError, match="cdk is not installed") as raised:
        cdk.deploy(output=tmp_path, outputs_file=tmp_path / "o.json", context={}, env={})

    assert "make up" in raised.value.remedy


def test_a_missing_node_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli = tmp_path / "node_modules" / "aws-cdk" / "bin" / "cdk"
    cli.parent.mkdir(parents=True)
    cli.touch()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))

    with pytest.raises(LocalStackError, match="node is not installed"):
        Cdk(root=tmp_path, log=tmp_path / "deploy.log").deploy(
            output=tmp_path, outputs_file=tmp_path / "o.json", context={}, env={}
        )
