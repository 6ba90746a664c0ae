"""GET /me: the caller's own account."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.problem import answers, problems
from shared.api.schemas.accommodations import AccountOut
from shared.usecases.get_me import get_me
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/me",
    tags=["Account"],
    summary="My account",
    responses=answers(AccountOut) | problems(401, 403),
)
def get_account() -> AccountOut:
    account = get_me(current_caller(api), store=wiring.store)
    return AccountOut.of_account(account.user, account.accommodations)


lambda_handler = handler_of(api, lambda: wiring.metrics)
