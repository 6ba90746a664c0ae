import hashlib
import math
from collections.abc import Sequence

from shared.domain.embedding import DIMENSIONS
from shared.domain.errors import EngineError


class FakeEmbedder:
    """Texts are near each other by the words that they share; set `error` to make it fail."""

    model = "fake-words"
    floor = 0.05

    def __init__(self) -> None:
        self.error: EngineError | None = None
        self.texts: list[str] = []
        self.tokens_used = 0
        """One a text."""

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        if self.error:
            raise self.error
        self.texts += texts
        self.tokens_used += len(texts)
        return [_vector(text) for text in texts]


def _vector(text: str) -> list[float]:
    vector = [0.0] * DIMENSIONS
    for word in text.casefold().split() or [""]:
        place = int.from_bytes(hashlib.sha256(word.strip(".,:;").encode()).digest()[:4])
        vector[place % DIMENSIONS] += 1.0
    length = math.hypot(*vector)
    return [value / length for value in vector]
