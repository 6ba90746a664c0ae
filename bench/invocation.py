"""Calls a function as Lambda would, in this process, and says how long it took."""

import json
import time
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Self

Event = dict[str, Any]

TOLD_LINES: Final = 5
"""Of the log, when a call goes wrong."""


class UnexpectedReplyError(Exception):
    """A call that was to be measured did not do its work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LambdaContext:
    """What functions read of it."""

    function_name: str
    memory_limit_in_mb: int = 1024
    aws_request_id: str = "00000000-0000-0000-0000-000000000000"

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:us-east-1:000000000000:function:{self.function_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    body: Any
    elapsed_ms: float
    cpu_ms: float
    """What this process worked; PostgreSQL's share is not in it."""


class Functions:
    """The functions, imported on first use; what they log goes to a file."""

    def __init__(self, log: Path) -> None:
        self._path = log
        # By lines, as on Lambda: each is a system call.
        self._log = log.open("w", buffering=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._log.close()

    def module(self, function: str) -> Any:
        """Return the function's module, imported on first use: its logger keeps the output."""
        with redirect_stdout(self._log):
            return import_module(f"functions.{function}")

    def request(self, function: str, event: Event, *, status: int) -> Reply:
        """Call a function behind HTTP, which must answer with this status."""
        reply = self._call(function, event)
        if reply.body["statusCode"] != status:
            raise self._unexpected(function, reply)
        return replace(reply, body=json.loads(reply.body["body"]))

    def invoke(self, function: str, event: Event) -> Reply:
        reply = self._call(function, event)
        if reply.body.get("batchItemFailures") or "error" in reply.body:
            raise self._unexpected(function, reply)
        return reply

    def _call(self, function: str, event: Event) -> Reply:
        handler = self.module(function).lambda_handler
        context = LambdaContext(function_name=function)
        with redirect_stdout(self._log):
            worked, started = time.process_time(), time.perf_counter()
            body = handler(event, context)
            ended, worked = time.perf_counter(), time.process_time() - worked
        return Reply(body=body, elapsed_ms=(ended - started) * 1000, cpu_ms=worked * 1000)

    def _unexpected(self, function: str, reply: Reply) -> UnexpectedReplyError:
        logged = self._path.read_text().splitlines()[-TOLD_LINES:]
        return UnexpectedReplyError("\n".join([f"{function} answered {reply.body}", *logged]))
