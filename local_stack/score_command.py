"""`assay score`: mark answers from standard input, one JSON object a line, without a stack."""

import os
import sys
from typing import Annotated, Final, Literal

from cyclopts import Parameter

from local_stack.cases import Case, score_case
from local_stack.errors import LocalStackError
from local_stack.lines import answer_lines, print_outcomes
from local_stack.settings import Settings
from shared.adapters.offline_embedder import OfflineEmbedder
from shared.adapters.offline_essay_scorer import OfflineEssayScorer
from shared.ports.essay_scorer import EssayScorer

BASE_URL: Final = "https://api.openai.com/v1"
MODEL: Final = "gpt-5.4-mini"
TIMEOUT_SECONDS: Final = 60.0
"""Nobody waits at a browser here."""


def score(
    *,
    engine: Literal["rubric", "openai"] = "rubric",
    embeddings: Annotated[bool, Parameter(negative="--no-embeddings")] = True,
) -> int:
    """Mark answers: JSON objects from standard input, one a line; one line out for each, in order.

    A line has prompt, referenceAnswer and answer, and may have id, keyPoints, levels and weights.
    A line that cannot be marked gives an error in its place, and the exit code is 1 then.

    Args:
        engine: The rubric engine on this machine, or a model (OPENAI_API_KEY and its like).
        embeddings: Whether the rubric engine compares meaning as well as wording.
    """
    scorer = _model_scorer() if engine == "openai" else _rubric_scorer(embeddings=embeddings)
    derives = engine == "openai"
    return print_outcomes(
        answer_lines(sys.stdin, Case, lambda case: score_case(case, scorer, derives=derives))
    )


def _rubric_scorer(*, embeddings: bool) -> EssayScorer:
    return OfflineEssayScorer(embedder=OfflineEmbedder() if embeddings else None)


def _model_scorer() -> EssayScorer:
    from shared.adapters.openai.essay_scorer import (  # noqa: PLC0415 - half a second to import
        OpenAIEssayScorer,
    )
    from shared.adapters.openai.provider import OpenAIProvider  # noqa: PLC0415

    settings = Settings.read(os.environ)
    if settings.openai_api_key is None:
        raise LocalStackError(
            "The engine openai needs a key.",
            "Set OPENAI_API_KEY, to any text if your server wants none, or use --engine rubric.",
        )
    provider = OpenAIProvider(
        base_url=settings.openai_base_url or BASE_URL,
        api_key=settings.openai_api_key,
        timeout_seconds=TIMEOUT_SECONDS,
    )
    return OpenAIEssayScorer(provider, model=settings.openai_model or MODEL)
