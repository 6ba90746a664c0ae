"""PATCH /admin/users/{userId}: give a user another role."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.problem import BODY, answers, problems
from shared.api.schemas.administration import RoleChange
from shared.api.schemas.auth import UserOut
from shared.domain.user import UserId
from shared.usecases.set_user_role import set_user_role
from shared.wiring import wiring

api = build_api()


@api.patch(
    "/api/v1/admin/users/<userId>",
    tags=["Administration"],
    summary="Change a user's role; their sessions end within 60 s",
    responses=answers(UserOut) | problems(401, 403, 404, 409, *BODY),
)
def patch_user(userId: str, body: RoleChange) -> UserOut:
    user = set_user_role(
        UserId(userId),
        body.role,
        caller=current_caller(api),
        store=wiring.store,
        clock=wiring.clock,
    )
    return UserOut.of(user)


lambda_handler = handler_of(api, lambda: wiring.metrics)
