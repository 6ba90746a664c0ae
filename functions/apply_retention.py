"""Every day: let go of what is older than it may be held; `{"dryRun": true}` only counts."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.usecases.apply_retention import apply_retention, count_old
from shared.wiring import wiring

logger = Logger()


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    is_dry_run = event.get("dryRun", False)
    if not isinstance(is_dry_run, bool):
        # A text such as "false" must neither pass for a dry run nor delete anything.
        return {"error": "invalid_input", "detail": "dryRun is true or false"}
    work = count_old if is_dry_run else apply_retention
    done = work(store=wiring.store, clock=wiring.clock)
    logger.info("retention", dry_run=is_dry_run, is_complete=done.is_complete, counts=done.counts)
    return {
        "dryRun": is_dry_run,
        "counts": dict(sorted(done.counts.items())),
        "isComplete": done.is_complete,
    }
