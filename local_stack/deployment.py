"""A running Assay, wherever it is: how to reach its AWS services and find its functions.

The commands work on this and on nothing of the local stack, so that a deployment in an AWS account
is one more way to make one.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

from local_stack.errors import LocalStackError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

HANDLER: Final = re.compile(r"functions\.(\w+)\.lambda_handler")
LONGEST_FUNCTION_SECONDS: Final = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    stage: str
    session: boto3.Session
    endpoint_url: str | None = None
    """None for AWS itself."""

    def client(self, service: str) -> Any:
        """A boto3 client, whose type boto3 itself makes up at run time."""
        config = Config(
            read_timeout=LONGEST_FUNCTION_SECONDS,
            # A function that is slow or fails must not be called again behind our back.
            retries={"total_max_attempts": 1},
            # An emulator is on this machine, which no proxy can reach.
            proxies={} if self.endpoint_url else None,
        )
        make: Callable[..., Any] = self.session.client
        return make(service, endpoint_url=self.endpoint_url, config=config)

    def functions(self) -> Mapping[str, str]:
        """Deployed name of each function of this stage by its module in `functions/`."""
        prefix = f"assay-{self.stage}-"
        lambda_: LambdaClient = self.client("lambda")
        found = {}
        for page in lambda_.get_paginator("list_functions").paginate():
            for function in page["Functions"]:
                match = HANDLER.fullmatch(function.get("Handler", ""))
                if match and function["FunctionName"].startswith(prefix):
                    found[match[1]] = function["FunctionName"]
        return dict(sorted(found.items()))

    def function(self, module: str) -> str:
        functions = self.functions()
        if module in functions:
            return functions[module]
        raise LocalStackError(
            f"There is no function {module!r} at stage {self.stage!r}.",
            f"There are: {', '.join(functions)}."
            if functions
            else "Deploy it first: locally by make up; in AWS see README.md, “Deploy to AWS”.",
        )
