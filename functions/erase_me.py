"""DELETE /me: erase the caller's account with all that they said."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.limits import PASSWORD_BY_ACCOUNT, limit_by_account
from shared.api.problem import BODY, answers, problems
from shared.api.schemas.privacy import Confirmation, ErasedOut
from shared.usecases.erase_user import erase_me
from shared.usecases.publish_events import publish_events
from shared.wiring import wiring

api = build_api()


@api.delete(
    "/api/v1/me",
    tags=["Account"],
    summary="Erase my account and all I said; the answer is a signed receipt",
    responses=answers(ErasedOut, "Erased") | problems(401, 403, 404, 409, 429, *BODY),
)
def delete_account(confirmation: Confirmation) -> ErasedOut:
    caller, clock = current_caller(api), wiring.clock
    limit_by_account(caller.user_id, PASSWORD_BY_ACCOUNT, limiter=wiring.rate_limiter, clock=clock)
    erased = erase_me(
        caller,
        confirmation.password,
        store=wiring.store,
        hasher=wiring.hasher,
        tokens=wiring.tokens,
        ids=wiring.ids,
        clock=clock,
    )
    publish_events(store=wiring.store, bus=wiring.bus, clock=clock)
    return ErasedOut.of(erased.erasure, erased.receipt)


lambda_handler = handler_of(api, lambda: wiring.metrics)
