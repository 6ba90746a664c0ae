from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_stack import logs
from tests.unit.local_stack.fake_aws import FakeFunctions, a_deployment


class FakeLogs:
    """Lambda and CloudWatch Logs with two functions, one of which has never run."""

    def __init__(self) -> None:
        self.lines = [(1, "START RequestId: 1"), (1, "one"), (2, "two"), (2, "END RequestId: 1")]

    def get_function_configuration(self, *, FunctionName: str) -> dict[str, Any]:  # noqa: N803
        return {"LoggingConfig": {"LogGroup": f"group-{FunctionName}"}}

    def get_paginator(self, operation: str) -> Any:
        functions = FakeFunctions({"submit": {}, "idle": {}})
        return functions if operation == "list_functions" else FakeLogPages(self)


class FakeLogPages:
    def __init__(self, logs: FakeLogs) -> None:
        self._logs = logs

    def paginate(self, *, logGroupName: str, startTime: int) -> Iterator[dict[str, Any]]:  # noqa: N803
        if logGroupName != "group-assay-test-submit":
            error = {"Error": {"Code": "ResourceNotFoundException"}}
            raise ClientError(error, "FilterLogEvents")
        yield {
            "events": [
                {"timestamp": at, "message": text}
                for at, text in self._logs.lines
                if at >= startTime
            ]
        }


def test_what_functions_said_is_read_without_the_platforms_lines() -> None:
    lines = logs.read(a_deployment(FakeLogs()), ["submit", "idle"], since_ms=0)

    assert [(line.module, line.text) for line in lines] == [("submit", "one"), ("submit", "two")]


def test_following_shows_each_line_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeLogs()
    monkeypatch.setattr(logs, "FOLLOW_SECONDS", 0)
    following = logs.follow(a_deployment(fake), ["submit"], since_ms=2)
    first = next(following)
    fake.lines += [(2, "late"), (3, "three")]

    assert [first.text, *(line.text for line in islice(following, 2))] == ["two", "late", "three"]
