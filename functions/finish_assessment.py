"""State machine: write the result, and tell the world."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.domain.assessment import AssessmentId
from shared.usecases.finish_assessment import finish_assessment
from shared.usecases.publish_events import publish_events
from shared.wiring import wiring

logger = Logger()


@logger.inject_lambda_context(correlation_id_path="assessmentId", clear_state=True)
def lambda_handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    logger.append_keys(assessment_id=event["assessmentId"])
    finish_assessment(
        AssessmentId(event["assessmentId"]),
        store=wiring.store,
        ids=wiring.ids,
        clock=wiring.clock,
        metrics=wiring.metrics,
    )
    sent = publish_events(store=wiring.store, bus=wiring.bus, clock=wiring.clock)
    logger.info("assessment finished", events_sent=sent)
    return {"assessmentId": event["assessmentId"]}
