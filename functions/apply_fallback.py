"""State machine: do a failed job the plain way."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.domain.job import JobId
from shared.usecases.apply_fallback import Fallback, apply_fallback
from shared.wiring import wiring

logger = Logger()


@logger.inject_lambda_context(correlation_id_path="assessmentId", clear_state=True)
def lambda_handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    logger.append_keys(assessment_id=event["assessmentId"], job_id=event["jobId"])
    logger.warning("falling back", error=event["error"], cause=event.get("cause"))
    apply_fallback(
        JobId(event["jobId"]),
        event["error"],
        fallback=Fallback(scorer=wiring.offline_scorer, summarizer=wiring.offline_summarizer),
        store=wiring.store,
        ids=wiring.ids,
        clock=wiring.clock,
        metrics=wiring.metrics,
    )
    return {"jobId": event["jobId"]}
