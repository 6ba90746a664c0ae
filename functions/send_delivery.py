"""State machine: one attempt of a delivery, and how long until the next."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.domain.webhook_delivery import DeliveryId
from shared.usecases.send_delivery import send_delivery
from shared.usecases.start_deliveries import start_deliveries
from shared.wiring import wiring

logger = Logger()


@logger.inject_lambda_context(correlation_id_path="deliveryId", clear_state=True)
def lambda_handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    logger.append_keys(delivery_id=event["deliveryId"], run=event["run"])
    progress = send_delivery(
        DeliveryId(event["deliveryId"]),
        event["run"],
        policy=wiring.webhook_policy,
        resolver=wiring.resolver,
        keys=wiring.webhook_keys,
        sender=wiring.webhook_sender,
        store=wiring.store,
        clock=wiring.clock,
        metrics=wiring.metrics,
        jitter=wiring.jitter,
    )
    if progress.following:
        start_deliveries([progress.following], store=wiring.store, runs=wiring.delivery_runs)
    logger.info("delivery attempted", is_over=progress.is_over, wait=progress.wait)
    return {"isOver": progress.is_over, "wait": progress.wait}
