"""Vectors in the set that is searched, for tests that need no more of the index."""

from collections.abc import Sequence

from shared.domain.embedding import DIMENSIONS
from shared.domain.embedding_index import EmbeddingSet, EmbeddingSetId, SetStatus
from shared.domain.recommendation import Credential
from shared.ports.store import Repositories
from tests.builders import NOON, an_id


def searched_set(repositories: Repositories, *, model: str = "fake-words") -> EmbeddingSet:
    """Return the set that is searched; make one of this model if there is none."""
    return repositories.index.active() or repositories.index.add_set(
        EmbeddingSetId(an_id()),
        model=model,
        dimensions=DIMENSIONS,
        status=SetStatus.ACTIVE,
        at=NOON,
    )


def put_embedding(
    repositories: Repositories, credential: Credential, vector: Sequence[float]
) -> None:
    set_id = searched_set(repositories).id
    assert repositories.index.put(set_id, [(credential, vector)]) == 1
