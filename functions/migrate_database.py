"""Operators: bring the database schema up to date."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.wiring import wiring

logger = Logger()


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    revision = wiring.migrator.upgrade()
    logger.info("database migrated", revision=revision)
    return {"revision": revision}
