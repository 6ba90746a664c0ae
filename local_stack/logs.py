"""What deployed functions logged, oldest first, from CloudWatch Logs."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from botocore.exceptions import ClientError

from local_stack.deployment import Deployment

FOLLOW_SECONDS: Final = 1.0
PLATFORM_LINES: Final = ("START ", "END ", "REPORT ", "INIT_START ")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Line:
    at_ms: int
    module: str
    text: str


def read(deployment: Deployment, modules: Sequence[str], *, since_ms: int) -> list[Line]:
    """Every line from `since_ms` on of these functions."""
    logs = deployment.client("logs")
    functions = deployment.functions()
    lines: list[Line] = []
    for module in modules:
        group = _group(deployment, functions[module])
        try:
            pages = logs.get_paginator("filter_log_events").paginate(
                logGroupName=group, startTime=since_ms
            )
            lines += [
                Line(at_ms=event["timestamp"], module=module, text=event["message"].rstrip())
                for page in pages
                for event in page["events"]
                if not event["message"].startswith(PLATFORM_LINES)
            ]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise  # a function that never ran has no log yet
    return sorted(lines, key=lambda line: line.at_ms)


def follow(deployment: Deployment, modules: Sequence[str], *, since_ms: int) -> Iterator[Line]:
    """The same, without end."""
    seen: set[Line] = set()
    while True:
        fresh = [line for line in read(deployment, modules, since_ms=since_ms) if line not in seen]
        yield from fresh
        if fresh:
            # Lines of the last millisecond may still be arriving: read it again, show it once.
            since_ms = fresh[-1].at_ms
            seen = {line for line in seen | set(fresh) if line.at_ms >= since_ms}
        time.sleep(FOLLOW_SECONDS)


def _group(deployment: Deployment, function: str) -> str:
    configuration = deployment.client("lambda").get_function_configuration(FunctionName=function)
    named = configuration.get("LoggingConfig", {}).get("LogGroup")
    return str(named or f"/aws/lambda/{function}")
