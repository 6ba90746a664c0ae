"""GET /advisor/assessments: the assessments of all students, by name, track, band and more."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from shared.api.app import build_api, handler_of
from shared.api.moments import DESCRIPTION, read_period
from shared.api.paging import Cursor, Limit, read_cursor, write_cursor
from shared.api.problem import answers, problems
from shared.api.schemas.base import Text
from shared.api.schemas.cohort import CohortEntryOut, CohortPageOut
from shared.domain.assessment import AssessmentId
from shared.domain.cohort import MOST_CHARACTERS, CohortSelection, words_of_search
from shared.domain.scoring import Band
from shared.domain.track import TrackId
from shared.domain.user import UserId
from shared.usecases.list_cohort import list_cohort
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/advisor/assessments",
    tags=["Reviews"],
    summary="Assessments of all students, newest first",
    description="Filters are combined. `band` finds completed assessments only; `needsReview` "
    "those with an essay in the review queue, or those without.",
    responses=answers(CohortPageOut) | problems(401, 403, 422),
)
def get_cohort(
    *,
    q: Annotated[
        Text | None,
        Query(
            max_length=MOST_CHARACTERS,
            description="Who is called so: each word is the beginning of a word of their name or "
            "of their e-mail address, in capitals or not. At least 2 characters.",
            examples=["grace hop"],
        ),
    ] = None,
    student: Annotated[str | None, Query(max_length=64, description="Id of a student")] = None,
    track_id: Annotated[str | None, Query(alias="trackId", min_length=1, max_length=100)] = None,
    band: Annotated[Band | None, Query()] = None,
    degraded: Annotated[bool | None, Query()] = None,
    needs_review: Annotated[bool | None, Query(alias="needsReview")] = None,
    since: Annotated[str | None, Query(description=f"Started then or later. {DESCRIPTION}")] = None,
    until: Annotated[str | None, Query(description=f"Started before then. {DESCRIPTION}")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> CohortPageOut:
    start, end = read_period(since, until)
    after = read_cursor(cursor)
    items, next_cursor = list_cohort(
        CohortSelection(
            words=words_of_search(q),
            student_id=None if student is None else UserId(student),
            track_id=None if track_id is None else TrackId(track_id),
            band=band,
            degraded=degraded,
            needs_review=needs_review,
            since=start,
            until=end,
        ),
        limit=limit,
        after=AssessmentId(after) if after else None,
        store=wiring.store,
    )
    now = wiring.clock.now()
    return CohortPageOut(
        items=[CohortEntryOut.build(entry, now) for entry in items],
        next_cursor=write_cursor(next_cursor) if next_cursor else None,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
