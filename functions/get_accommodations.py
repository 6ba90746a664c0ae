"""GET /admin/users/{userId}/accommodations: what a student is accommodated with, and why."""

from shared.api.app import build_api, handler_of
from shared.api.problem import answers, problems
from shared.api.schemas.accommodations import AccommodationsOut
from shared.domain.user import UserId
from shared.usecases.get_accommodations import get_accommodations
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/admin/users/<userId>/accommodations",
    tags=["Administration"],
    summary="A student's accommodations",
    responses=answers(AccommodationsOut) | problems(401, 403, 404, 409),
)
def get_of_student(userId: str) -> AccommodationsOut:
    return AccommodationsOut.of_version(get_accommodations(UserId(userId), store=wiring.store))


lambda_handler = handler_of(api, lambda: wiring.metrics)
