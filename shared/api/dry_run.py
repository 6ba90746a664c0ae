"""How a write is asked what it would do."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

DryRun = Annotated[
    bool, Query(alias="dryRun", description="Answer what would change, and write nothing")
]
