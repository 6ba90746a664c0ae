"""The API as a transport of httpx: the real functions behind the real routes, over a fake wiring.

API Gateway's part alone is imitated: which function a request is for, who the authorizer says it
comes from, and what an event looks like.
"""

import base64
import io
import json
import re
from contextlib import redirect_stdout
from importlib import import_module
from types import ModuleType
from typing import Any, Final
from urllib.parse import parse_qsl

import httpx
import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.api.routes import BASE_PATH, ROUTES, Route
from tests.fakes.wiring import FakeWiring
from tests.unit.local_stack.fake_aws import PREFIX

PARAMETER: Final = re.compile(r"\{(\w+)\}")


class ServedApi(httpx.MockTransport):
    def __init__(
        self, world: FakeWiring, context: LambdaContext, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        super().__init__(self._answer)
        self._world = world
        self._context = context
        self._monkeypatch = monkeypatch
        self.requests: list[httpx.Request] = []

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        path = request.url.path[request.url.path.index(BASE_PATH) :]
        found = _route(request.method, path.removeprefix(BASE_PATH))
        if found is None:
            return httpx.Response(404, json={"message": "Not Found"})
        route, parameters = found
        event = self._event(request, path, route, parameters)
        if route.roles is not None:
            authorized = self.call("authorize_request", event)
            event["requestContext"]["authorizer"] = {"lambda": authorized["context"]}
        reply = self.call(route.function, event)
        body = reply.get("body") or ""
        content = base64.b64decode(body) if reply.get("isBase64Encoded") else body.encode()
        headers = {name: str(value) for name, value in reply.get("headers", {}).items()}
        return httpx.Response(reply["statusCode"], headers=headers, content=content)

    def call(self, function: str, event: dict[str, Any]) -> Any:
        """Run a function of `functions/`, as Lambda would."""
        with redirect_stdout(io.StringIO()):  # whose logs are not the command's words
            module: ModuleType = import_module(f"functions.{function}")
        self._monkeypatch.setattr(module, "wiring", self._world)
        return module.lambda_handler(event, self._context)

    def _event(
        self, request: httpx.Request, path: str, route: Route, parameters: dict[str, str]
    ) -> dict[str, Any]:
        query = request.url.query.decode()
        key = f"{route.method} {BASE_PATH}{route.path}"
        body = request.read()
        return {
            "version": "2.0",
            "type": "REQUEST",
            "routeKey": key,
            "rawPath": path,
            "rawQueryString": query,
            "queryStringParameters": dict(parse_qsl(query)),
            "headers": {name.lower(): value for name, value in request.headers.items()},
            "pathParameters": parameters,
            "requestContext": {
                "http": {"method": request.method, "path": path, "sourceIp": "203.0.113.10"},
                "requestId": "r",
                "routeKey": key,
                "stage": "$default",
            },
            "body": base64.b64encode(body).decode() if body else None,
            "isBase64Encoded": bool(body),
        }


class ServedFunctions:
    """The part of the Lambda API that commands use, over the same functions."""

    def __init__(self, api: ServedApi, *modules: str) -> None:
        self._api = api
        self._modules = modules
        self.called: list[str] = []

    def get_paginator(self, _operation: str) -> "ServedFunctions":
        return self

    def paginate(self) -> list[dict[str, Any]]:
        functions = [
            {"Handler": f"functions.{module}.lambda_handler", "FunctionName": PREFIX + module}
            for module in self._modules
        ]
        return [{"Functions": functions}]

    def invoke(self, *, FunctionName: str, Payload: bytes, **_: object) -> dict[str, Any]:  # noqa: N803  as boto3
        module = FunctionName.removeprefix(PREFIX)
        self.called.append(module)
        result = self._api.call(module, json.loads(Payload))
        return {"Payload": io.BytesIO(json.dumps(result).encode()), "LogResult": ""}


def _route(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """Return the route with the fewest parameters that fits, as API Gateway chooses."""
    fitting = [
        (route, match.groupdict())
        for route in ROUTES
        if route.method == method
        and (match := re.fullmatch(PARAMETER.sub(r"(?P<\1>[^/]+)", route.path), path))
    ]
    return min(fitting, key=lambda found: len(found[1]), default=None)
