"""GET /admin/credentials: the catalog as admins keep it, inactive ones included."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from shared.api.app import build_api, handler_of
from shared.api.paging import Cursor, Limit, read_cursor, write_cursor
from shared.api.problem import answers, problems
from shared.api.schemas.catalog import CatalogEntryOut, CatalogEntryPage
from shared.domain.catalog import CredentialSelection
from shared.domain.level import Level
from shared.usecases.read_catalog import list_credentials
from shared.wiring import wiring

api = build_api()

Part = Annotated[
    str | None, Query(min_length=1, max_length=100, description="Part of slug, title or provider")
]


@api.get(
    "/api/v1/admin/credentials",
    tags=["Content"],
    summary="Credentials of the catalog, by slug",
    responses=answers(CatalogEntryPage) | problems(401, 403, 422),
)
def get_credentials(
    *,
    track_id: Annotated[str | None, Query(alias="trackId", min_length=1, max_length=100)] = None,
    level: Level | None = None,
    provider: Annotated[str | None, Query(min_length=1, max_length=200)] = None,
    active: bool | None = None,
    q: Part = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> CatalogEntryPage:
    selection = CredentialSelection(
        track_id=track_id, level=level, provider=provider, active=active, text=q
    )
    page = list_credentials(selection, limit=limit, after=read_cursor(cursor), store=wiring.store)
    return CatalogEntryPage(
        items=[CatalogEntryOut.of(entry) for entry in page.items],
        next_cursor=write_cursor(page.next_cursor) if page.next_cursor else None,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
