"""Embeddings without a network, from the token table that the `wordllama` package carries.

Only its two data files are used, since its compiled parts exist for few machines: the table
`weights/l2_supercat_256.safetensors` (32,000 tokens × 256, half precision) and the tokenizer
`tokenizers/l2_supercat_tokenizer_config.json`. The package is never imported; a folder
`wordllama` with these files anywhere on the path is enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from shared.domain.errors import EngineRefusedError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

MODEL: Final = "wordllama-256"
FLOOR: Final = 0.30
"""Best cosine over 223 credentials: 240 queries of situations within a track had 0.52–0.70 (middle
half) and 1 % were under the floor; of 16 queries of other trades, such as midwife or plumber, one
was at it and the rest were under it. Provisional until the retrieval eval fits it."""

_PACKAGE: Final = "wordllama"
_TABLE: Final = "weights/l2_supercat_256.safetensors"
_TENSOR: Final = "embedding.weight"
_TOKENIZER: Final = "tokenizers/l2_supercat_tokenizer_config.json"


def offline_embedder_of(model: str) -> "OfflineEmbedder":
    """Return the embedder if this is its model; raise `EngineRefusedError` for any other."""
    if model != MODEL:
        raise EngineRefusedError(
            f"the index is of {model}, by which nothing can be embedded here; rebuild the index",
            reason="index_missing",
        )
    return OfflineEmbedder()


@dataclass(frozen=True, slots=True)
class _Weights:
    table: "NDArray[np.float16]"
    tokenizer: "Tokenizer"


class OfflineEmbedder:
    """Means of static token embeddings (WordLlama): 0.05 ms a short text.

    The files are read on first use (0.2 s and 30 MB) and kept. Raises `EngineRefusedError` when
    they are not there.
    """

    @property
    def model(self) -> str:
        return MODEL

    @property
    def floor(self) -> float:
        return FLOOR

    @property
    def tokens_used(self) -> int:
        return 0

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [self._embed(text) for text in texts]

    def _embed(self, text: str) -> list[float]:
        """Return the mean of the text's token vectors, brought to length 1."""
        import numpy as np  # noqa: PLC0415 - 0.1–0.5 s, for those who embed only

        # A lone surrogate has no UTF-8 form; an empty text has no token, and so no direction.
        encodable = text.encode("utf-8", "replace").decode() or " "
        weights = self._weights
        tokens = weights.tokenizer.encode(encodable, add_special_tokens=False).ids
        mean = weights.table[tokens].mean(axis=0, dtype=np.float32)
        vector: list[float] = (mean / np.linalg.norm(mean)).tolist()
        return vector

    @cached_property
    def _weights(self) -> _Weights:
        from safetensors.numpy import load_file  # noqa: PLC0415 - as above
        from tokenizers import Tokenizer  # noqa: PLC0415

        folder = _data_folder()
        table: NDArray[Any] = load_file(folder / _TABLE)[_TENSOR]
        return _Weights(table=table, tokenizer=Tokenizer.from_file(str(folder / _TOKENIZER)))


def _data_folder() -> Path:
    """Return the folder with both files; looking for a package does not import it."""
    spec = find_spec(_PACKAGE)
    places = spec.submodule_search_locations if spec else None
    for place in map(Path, places or ()):
        if (place / _TABLE).is_file() and (place / _TOKENIZER).is_file():
            return place
    raise EngineRefusedError(
        f"the files of {_PACKAGE} are not installed: {_TABLE}, {_TOKENIZER}",
        reason="model_missing",
    )
