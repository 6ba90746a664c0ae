"""Embeddings of an OpenAI-compatible server, shortened to the index's dimensions."""

from collections.abc import Sequence
from math import hypot
from typing import Final

from shared.adapters.openai.provider import OpenAIProvider
from shared.domain.embedding import DIMENSIONS
from shared.domain.errors import EngineRefusedError

BATCH: Final = 256
"""Texts a request: the API takes 2,048, but only 300,000 tokens, and a passage may have 1,000."""
FLOORS: Final = {"text-embedding-3-small": 0.25, "text-embedding-3-large": 0.25}
"""Unrelated short texts reach 0.10–0.25 with these models, a question and its passage 0.40–0.66
(afurmanov.com/chunk-size-embedding-similarity and OpenAI's forum, topic 1377685)."""
UNKNOWN_FLOOR: Final = 0.25
"""For other models, until someone has measured theirs."""


def embedding_name(model: str) -> str:
    """Return the name under which the vectors of an OpenAI model are kept."""
    return f"{model}@{DIMENSIONS}"


def named(name: str) -> str | None:
    """Return the OpenAI model whose vectors have this name; None for vectors of other lengths."""
    model, at, dimensions = name.rpartition("@")
    return model if at and dimensions == str(DIMENSIONS) else None


class OpenAIEmbedder:
    def __init__(self, provider: OpenAIProvider, *, model: str) -> None:
        self._provider = provider
        self._model = model

    @property
    def model(self) -> str:
        return embedding_name(self._model)

    @property
    def floor(self) -> float:
        return FLOORS.get(self._model, UNKNOWN_FLOOR)

    @property
    def tokens_used(self) -> int:
        return self._provider.embedded_tokens

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        vectors: list[list[float]] = []
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            answer = self._provider.embed(batch, model=self._model, dimensions=DIMENSIONS)
            if len(answer) != len(batch):
                raise EngineRefusedError(
                    f"{len(answer)} vectors for {len(batch)} texts", reason="invalid_output"
                )
            vectors += map(_unit, answer)
        return vectors


def _unit(vector: Sequence[float]) -> list[float]:
    """Shortened vectors are no longer of unit length, and not every server scales them again."""
    if len(vector) != DIMENSIONS:
        raise EngineRefusedError(
            f"the server gives {len(vector)} dimensions and the index has {DIMENSIONS}: "
            "take a model that can be shortened",
            reason="wrong_dimensions",
        )
    length = hypot(*vector)
    if not 0 < length < float("inf"):
        raise EngineRefusedError("a vector has no direction", reason="invalid_output")
    return [value / length for value in vector]
