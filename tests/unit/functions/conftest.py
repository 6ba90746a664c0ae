from importlib import import_module
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, sample


@pytest.fixture
def serve(context: LambdaContext, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Give a function its sample from `events/`, with other top-level fields where told."""

    def _serve(function: str, world: FakeWiring, **changes: object) -> dict[str, Any]:
        event = sample(function) | changes
        module = import_module(f"functions.{function}")
        monkeypatch.setattr(module, "wiring", world)
        return module.lambda_handler(event, context)

    return _serve
