"""List the essays that wait for a person, what matters most first."""

from dataclasses import dataclass

from shared.domain.review import Place, Review
from shared.ports.clock import Clock
from shared.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    items: tuple[Review, ...]
    next_place: Place | None
    """None on the last page."""


def list_reviews(*, limit: int, after: Place | None, store: Store, clock: Clock) -> ReviewPage:
    with store.begin() as repositories:
        found = repositories.reviews.queue(now=clock.now(), limit=limit + 1, after=after)
    items = found[:limit]
    return ReviewPage(items=items, next_place=items[-1].place if len(found) > limit else None)
