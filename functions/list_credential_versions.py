"""GET /admin/credentials/{credentialId}/versions: a credential's history."""

from shared.api.app import build_api, handler_of
from shared.api.paging import Cursor, Limit, page_of
from shared.api.problem import answers, problems
from shared.api.schemas.catalog import CredentialVersionOut, CredentialVersionPage
from shared.domain.recommendation import CredentialId
from shared.usecases.read_catalog import list_credential_versions
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/admin/credentials/<credentialId>/versions",
    tags=["Content"],
    summary="All versions of a credential, newest first",
    responses=answers(CredentialVersionPage) | problems(401, 403, 404, 422),
)
def get_versions(
    credentialId: str,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> CredentialVersionPage:
    versions = list_credential_versions(CredentialId(credentialId), store=wiring.store)
    items, next_cursor = page_of(
        versions, key=lambda v: str(v.entry.version), limit=limit, cursor=cursor
    )
    return CredentialVersionPage(
        items=[CredentialVersionOut.of(version) for version in items], next_cursor=next_cursor
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
