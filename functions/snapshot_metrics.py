"""Every hour: write down the figures of the day and the month."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.usecases.snapshot_metrics import snapshot_metrics
from shared.wiring import wiring

logger = Logger()


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    taken = snapshot_metrics(store=wiring.store, prices=wiring.prices, clock=wiring.clock)
    logger.info("figures taken", periods=taken)
    return {"periods": taken}
