"""GET /admin/users: who has an account, and in which role."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from shared.api.app import build_api, handler_of
from shared.api.paging import Cursor, Limit, read_cursor, write_cursor
from shared.api.problem import answers, problems
from shared.api.schemas.administration import UserPageOut
from shared.api.schemas.auth import UserOut
from shared.api.schemas.base import Text
from shared.domain.user import Role, UserId
from shared.usecases.list_users import list_users
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/admin/users",
    tags=["Administration"],
    summary="Users, newest first",
    responses=answers(UserPageOut) | problems(401, 403, 422),
)
def get_users(
    *,
    role: Role | None = None,
    email: Annotated[Text | None, Query(max_length=254, description="The whole address")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> UserPageOut:
    after = read_cursor(cursor)
    page = list_users(
        role=role,
        email=email,
        limit=limit,
        after=UserId(after) if after else None,
        store=wiring.store,
    )
    return UserPageOut(
        items=[UserOut.of(user) for user in page.items],
        next_cursor=write_cursor(page.next_cursor) if page.next_cursor else None,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
