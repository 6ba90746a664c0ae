"""Operators: validate the seeds that were deployed with the code, and load what has changed."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.domain.errors import InvalidSeedsError
from shared.usecases.load_seeds import load_seeds
from shared.wiring import wiring

logger = Logger()

SEEDS: Final = Path(__file__).parents[1] / "seeds"


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Return counts of what changed, or `{"error", "detail", "faults"}` and change nothing."""
    try:
        loaded = load_seeds(
            wiring.seed_source(SEEDS),
            store=wiring.store,
            embedder=wiring.embedder,
        )
    except InvalidSeedsError as error:
        return {"error": error.code, "detail": str(error), "faults": list(error.faults)}
    logger.info("seeds loaded", **asdict(loaded))
    return asdict(loaded)
