from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias


class Embedder(Protocol):
    @property
    def model(self) -> str:
        """Name of the model; embeddings of different models are never compared."""
        ...

    @property
    def floor(self) -> float:
        """Cosine similarity under which a match of this model is no better than chance."""
        ...

    @property
    def tokens_used(self) -> int:
        """Tokens of all calls so far that somebody charges for; 0 where nobody does."""
        ...

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one unit vector of `DIMENSIONS` floats for each text, in order.

        Raises:
            EngineUnavailableError: worth another try later.
            EngineRefusedError: the provider will not embed these texts.
        """
        ...


EmbedderOf: TypeAlias = Callable[[str], Embedder]
"""Gives the embedder of a model by its name, or raises `EngineRefusedError` if there is none."""
