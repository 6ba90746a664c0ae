"""PATCH /me: change the caller's name, e-mail address or password."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.limits import PASSWORD_BY_ACCOUNT, limit_by_account
from shared.api.problem import BODY, answers, problems
from shared.api.schemas.auth import AccountChangeIn, UserOut
from shared.usecases.change_me import AccountChange, change_me
from shared.wiring import wiring

api = build_api()


@api.patch(
    "/api/v1/me",
    tags=["Account"],
    summary="Change my account; a new password logs all other devices out",
    responses=answers(UserOut) | problems(401, 403, 404, 409, 429, *BODY),
)
def patch_account(change: AccountChangeIn) -> UserOut:
    caller, clock = current_caller(api), wiring.clock
    # Also against asking for one address after the other whether it is taken.
    limit_by_account(caller.user_id, PASSWORD_BY_ACCOUNT, limiter=wiring.rate_limiter, clock=clock)
    user = change_me(
        caller,
        AccountChange(
            name=change.name,
            email=change.email,
            password=change.password,
            current_password=change.current_password,
        ),
        store=wiring.store,
        hasher=wiring.hasher,
        clock=clock,
    )
    return UserOut.of(user)


lambda_handler = handler_of(api, lambda: wiring.metrics)
