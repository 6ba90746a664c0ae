"""POST /reviews/{essayScoreId}/lease: take an essay for review."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.problem import answers, problems
from shared.api.schemas.reviews import LeaseOut
from shared.domain.essay import EssayScoreId
from shared.usecases.lease_review import lease_review
from shared.wiring import wiring

api = build_api()


@api.post(
    "/api/v1/reviews/<essayScoreId>/lease",
    tags=["Reviews"],
    summary="Take an essay for review: nobody else may review it for 15 minutes",
    description="Once more takes 15 minutes from now, so the request may be repeated. 409 `leased` "
    "says until when somebody else has it, and `review_not_needed` that it is reviewed already.",
    responses=answers(LeaseOut) | problems(401, 403, 404, 409),
)
def post_lease(essayScoreId: str) -> LeaseOut:
    lease = lease_review(
        EssayScoreId(essayScoreId), current_caller(api), store=wiring.store, clock=wiring.clock
    )
    return LeaseOut.of(lease)


lambda_handler = handler_of(api, lambda: wiring.metrics)
