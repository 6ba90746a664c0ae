"""PUT /admin/users/{userId}/accommodations: give a student more time, also in what is running."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.problem import BODY, answers, problems
from shared.api.schemas.accommodations import AccommodationsIn, AccommodationsSetOut
from shared.domain.user import UserId
from shared.usecases.set_accommodations import set_accommodations
from shared.wiring import wiring

api = build_api()


@api.put(
    "/api/v1/admin/users/<userId>/accommodations",
    tags=["Administration"],
    summary="Set a student's accommodations; running assessments follow at once",
    responses=answers(AccommodationsSetOut) | problems(401, 403, 404, 409, *BODY),
)
def put_of_student(
    userId: str,
    body: AccommodationsIn,
) -> AccommodationsSetOut:
    done = set_accommodations(
        UserId(userId),
        body.to_domain(),
        current_caller(api),
        reason=body.reason,
        store=wiring.store,
        clock=wiring.clock,
    )
    return AccommodationsSetOut.of_set(done.version, done.adjustments)


lambda_handler = handler_of(api, lambda: wiring.metrics)
