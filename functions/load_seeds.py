"""Operators: validate the seeds that were deployed with the code, and load what has changed.

Where the index is of another model than the deployment, a rebuild of it starts.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.domain.errors import InvalidSeedsError, RebuildRunningError
from shared.usecases.load_seeds import load_seeds
from shared.usecases.start_rebuild import start_rebuild
from shared.wiring import wiring

logger = Logger()

SEEDS: Final = Path(__file__).parents[1] / "seeds"


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Return counts of what changed, or `{"error", "detail", "faults"}` and change nothing.

    `rebuild` is the id of the rebuild that is running because of it, or None.
    """
    try:
        loaded = load_seeds(
            wiring.seed_source(SEEDS),
            store=wiring.store,
            embedder=wiring.embedder,
            ids=wiring.ids,
            clock=wiring.clock,
        )
    except InvalidSeedsError as error:
        return {"error": error.code, "detail": str(error), "faults": list(error.faults)}
    rebuild = _rebuild_for_model(loaded.embedding_model)
    logger.info("seeds loaded", **asdict(loaded), rebuild=rebuild)
    return asdict(loaded) | {"rebuild": rebuild}


def _rebuild_for_model(present: str) -> str | None:
    if present == wiring.embedding_model:
        return None
    try:
        started = start_rebuild(
            "operator",
            model=wiring.embedding_model,
            store=wiring.store,
            runner=wiring.rebuild_runner,
            ids=wiring.ids,
            clock=wiring.clock,
        )
    except RebuildRunningError as error:
        return error.rebuild_id
    return started.rebuild.id
