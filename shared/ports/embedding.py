"""Embedding credentials by batches: what loading seeds and rebuilding the index share."""

from collections.abc import Sequence
from typing import Final

from shared.domain.credential_text import embedding_text
from shared.domain.embedding_index import EmbeddingSetId
from shared.domain.recommendation import Credential
from shared.ports.embedder import Embedder
from shared.ports.store import Store

EMBEDDED_AT_ONCE: Final = 64
"""A batch: a second with a vector index of 100,000 (10 ms a row), a call to a provider before."""


def embed_batch(
    credentials: Sequence[Credential],
    set_id: EmbeddingSetId,
    *,
    store: Store,
    embedder: Embedder,
) -> int:
    """Embed texts outside any transaction and store their vectors; return how many were.

    What was changed meanwhile is left out, and stays missing. Raises `EngineError`.
    """
    vectors = embedder.embed([embedding_text(credential) for credential in credentials])
    with store.begin() as repositories:
        return repositories.index.put(set_id, list(zip(credentials, vectors, strict=True)))
