"""Each stage is synthesized once for all tests: starting the CDK takes seconds."""

import json
from pathlib import Path

import pytest
from aws_cdk import App

from infra_cdk.app import build
from infra_cdk.stage import Stage
from tests.infra.synthesized import Synthesized, Template

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def production(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    return _synthesize(tmp_path_factory, {"stage": "production", "alarmEmail": "ops@example.com"})


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    url = "postgresql+pg8000://postgres@/postgres?unix_sock=/tmp/s"
    return _synthesize(tmp_path_factory, {"stage": "local", "databaseUrl": url})


@pytest.fixture(params=["production", "local"])
def each_stage(request: pytest.FixtureRequest) -> Synthesized:
    synthesized: Synthesized = request.getfixturevalue(request.param)
    return synthesized


def _synthesize(folders: pytest.TempPathFactory, context: dict[str, str]) -> Synthesized:
    asset, out = folders.mktemp("asset"), folders.mktemp("cdk.out")
    (asset / "empty.py").touch()
    stage = Stage.from_context({**context, "assetPath": str(asset)}.get)
    flags = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = App(context=flags, outdir=str(out))
    build(app, stage)
    app.synth()
    return Synthesized(
        stage=stage,
        app=app,
        folder=out,
        data=Template.read(out, stage.physical_name("data")),
        application=Template.read(out, stage.physical_name("app")),
        staff=Template.read(out, stage.physical_name("staff")),
    )
