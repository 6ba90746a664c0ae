"""DELETE /admin/users/{userId}/accommodations: the student has the time that everybody has."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.problem import answers, problems
from shared.api.schemas.accommodations import AccommodationsRemovedOut
from shared.domain.user import UserId
from shared.usecases.set_accommodations import set_accommodations
from shared.wiring import wiring

api = build_api()


@api.delete(
    "/api/v1/admin/users/<userId>/accommodations",
    tags=["Administration"],
    summary="Take a student's accommodations away; running assessments follow at once",
    responses=answers(AccommodationsRemovedOut) | problems(401, 403, 404, 409),
)
def delete_of_student(userId: str) -> AccommodationsRemovedOut:
    done = set_accommodations(
        UserId(userId),
        None,
        current_caller(api),
        reason=None,
        store=wiring.store,
        clock=wiring.clock,
    )
    return AccommodationsRemovedOut.of_removal(done.version, done.adjustments)


lambda_handler = handler_of(api, lambda: wiring.metrics)
