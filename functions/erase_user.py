"""DELETE /admin/users/{userId}: erase a user's account with all that they said."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.problem import answers, problems
from shared.api.schemas.privacy import ErasedOut
from shared.domain.user import UserId
from shared.usecases.erase_user import erase_user
from shared.usecases.publish_events import publish_events
from shared.wiring import wiring

api = build_api()


@api.delete(
    "/api/v1/admin/users/<userId>",
    tags=["Administration"],
    summary="Erase a user and all they said; the answer is a signed receipt",
    responses=answers(ErasedOut, "Erased") | problems(401, 403, 404, 409),
)
def delete_user(userId: str) -> ErasedOut:
    erased = erase_user(
        UserId(userId),
        current_caller(api),
        store=wiring.store,
        tokens=wiring.tokens,
        ids=wiring.ids,
        clock=wiring.clock,
    )
    publish_events(store=wiring.store, bus=wiring.bus, clock=wiring.clock)
    return ErasedOut.of(erased.erasure, erased.receipt)


lambda_handler = handler_of(api, lambda: wiring.metrics)
