"""What the figures are held against (the product's promise for two cores)."""

from collections.abc import Mapping
from typing import Final

START_AND_SUBMIT_MS: Final = 60.0
OTHERS_MS: Final = 25.0
IMPORT_MS: Final = 350.0
"""For functions behind HTTP, where somebody waits for the cold start."""

ESSAY_MS: Final = 30.0
ESSAY_WITH_EMBEDDINGS_MS: Final = 150.0
"""For the rubric engine, an essay."""

P95_MS: Final[Mapping[str, float]] = {
    "start": START_AND_SUBMIT_MS,
    "submit": START_AND_SUBMIT_MS,
}


def p95_goal(call: str) -> float:
    return P95_MS.get(call, OTHERS_MS)
