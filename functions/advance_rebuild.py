"""State machine: do one step of a rebuild of the embedding index, and say whether to repeat it."""

import json
from datetime import timedelta
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.domain.embedding_index import RebuildId
from shared.usecases.advance_rebuild import (
    Progress,
    Run,
    clear_retired,
    embed_missing,
    fail_rebuild,
    finish_rebuild,
    switch_set,
)
from shared.wiring import wiring

logger = Logger()

LONGEST_FAILURE: Final = 500
"""Characters of what an administrator reads."""


@logger.inject_lambda_context(correlation_id_path="rebuildId", clear_state=True)
def lambda_handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    """Return `{"done", "waitSeconds"}`."""
    logger.append_keys(rebuild_id=event["rebuildId"], run=event["run"])
    run = Run(
        rebuild_id=RebuildId(event["rebuildId"]),
        number=event["run"],
        store=wiring.store,
        clock=wiring.clock,
    )
    progress = _do(event, run)
    logger.info("rebuild step", step=event["step"], done=progress.is_done)
    return {"done": progress.is_done, "waitSeconds": progress.wait_seconds}


def _do(event: dict[str, Any], run: Run) -> Progress:
    match event["step"]:
        case "clear":
            within = timedelta(seconds=event["searchesEndWithinSeconds"])
            return clear_retired(run, searches_end_within=within)
        case "embed":
            return embed_missing(run, embedder_of=wiring.embedder_of)
        case "switch":
            return switch_set(run)
        case "finish":
            return finish_rebuild(run)
        case "fail":
            failure = f"{event['error']}: {_words_of(event['cause'])}"
            return fail_rebuild(run, failure[:LONGEST_FAILURE])
        case step:
            raise ValueError(f"no step {step}")


def _words_of(cause: str) -> str:
    """Return the message of an error that Lambda describes in JSON, without its stack."""
    try:
        told = json.loads(cause)
    except ValueError:
        return cause
    return str(told.get("errorMessage", cause)) if isinstance(told, dict) else cause
