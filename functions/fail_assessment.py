"""State machine: give up on an assessment that nothing could finish."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.domain.assessment import AssessmentId
from shared.usecases.fail_assessment import fail_assessment
from shared.usecases.publish_events import publish_events
from shared.wiring import wiring

logger = Logger()


@logger.inject_lambda_context(correlation_id_path="assessmentId", clear_state=True)
def lambda_handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    logger.append_keys(assessment_id=event["assessmentId"])
    logger.error("assessment failed", error=event["error"], cause=event.get("cause"))
    fail_assessment(
        AssessmentId(event["assessmentId"]),
        event["error"],
        store=wiring.store,
        ids=wiring.ids,
        clock=wiring.clock,
    )
    publish_events(store=wiring.store, bus=wiring.bus, clock=wiring.clock)
    return {"assessmentId": event["assessmentId"]}
