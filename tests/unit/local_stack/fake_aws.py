"""A deployment whose AWS services are a few methods in memory."""

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import boto3

from local_stack.deployment import Deployment

PREFIX: Final = "assay-test-"
"""Of the stage that `a_deployment` is."""


class FakeSession:
    """Hands out one fake for every service; what a test does not use is not there."""

    def __init__(self, client: object) -> None:
        self._client = client

    def client(self, _service: str, **_options: object) -> object:
        return self._client


class FakeFunctions:
    """The part of the Lambda API that the commands use."""

    def __init__(self, results: Mapping[str, object], *, failing: bool = False) -> None:
        self._results = results
        self._failing = failing
        self.events: list[object] = []

    def get_paginator(self, _operation: str) -> "FakeFunctions":
        return self

    def paginate(self) -> Iterator[dict[str, Any]]:
        yield {
            "Functions": [
                {"Handler": f"functions.{module}.lambda_handler", "FunctionName": PREFIX + module}
                for module in self._results
            ]
        }
        elsewhere = "assay-production-load-seeds"
        yield {
            "Functions": [
                {"Handler": "functions.load_seeds.lambda_handler", "FunctionName": elsewhere}
            ]
        }
        yield {"Functions": [{"Handler": "index.handler", "FunctionName": "CustomResource"}]}

    def invoke(self, *, FunctionName: str, Payload: bytes, LogType: str) -> dict[str, Any]:  # noqa: N803  as boto3
        assert LogType == "Tail"
        self.events.append(json.loads(Payload))
        result = self._results[FunctionName.removeprefix(PREFIX)]
        reply = {"Payload": io.BytesIO(json.dumps(result).encode()), "LogResult": "bG9nZ2Vk"}
        return reply | ({"FunctionError": "Unhandled"} if self._failing else {})


def a_deployment(client: object) -> Deployment:
    return Deployment(stage="test", session=cast("boto3.Session", FakeSession(client)))
