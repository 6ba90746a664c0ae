"""See which embeddings are searched, which are stale, and how far a rebuild is."""

from typing import Final

from shared.domain.embedding_index import IndexState
from shared.ports.store import Store

MOST_STALE: Final = 100
"""Named in an answer; all are counted."""


def get_index(*, store: Store) -> IndexState:
    with store.begin() as repositories:
        searched = repositories.index.active()
        return IndexState(
            searched=searched,
            coverage=repositories.index.coverage(
                searched.id if searched else None, examples=MOST_STALE
            ),
            rebuild=repositories.index.newest_rebuild(),
        )
