"""GET /reviews: essays that wait for a person, what matters most first."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.paging import Cursor, Limit, read_cursor, write_cursor
from shared.api.problem import answers, problems
from shared.api.schemas.reviews import ReviewOut, ReviewPageOut
from shared.domain.review import Place
from shared.usecases.list_reviews import list_reviews
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/reviews",
    tags=["Reviews"],
    summary="Essays that wait for a person",
    description="Those that nobody has read, since AI scoring was declined, and those of completed "
    "assessments whose newest score is unsure or flagged. First the unread, of which `score` and "
    "`scoredBy` are null, and `rubric` says what to mark by; then the unsure ones whose overall "
    "score is within 5 points of a band's floor, then the flagged, then the rest; of each kind the "
    "oldest first. Those that somebody is reviewing stay in the list with a `lease`.",
    responses=answers(ReviewPageOut) | problems(401, 403, 422),
)
def get_reviews(limit: Limit = 20, cursor: Cursor = None) -> ReviewPageOut:
    after = read_cursor(cursor)
    page = list_reviews(
        limit=limit,
        after=Place.read(after) if after else None,
        store=wiring.store,
        clock=wiring.clock,
    )
    caller = current_caller(api)
    return ReviewPageOut(
        items=[ReviewOut.build(review, caller) for review in page.items],
        next_cursor=write_cursor(str(page.next_place)) if page.next_place else None,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
