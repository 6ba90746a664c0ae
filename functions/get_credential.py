"""GET /admin/credentials/{credentialId}: one credential as it stands in the catalog."""

from shared.api.app import build_api, handler_of
from shared.api.problem import answers, problems
from shared.api.schemas.catalog import CatalogEntryOut
from shared.domain.recommendation import CredentialId
from shared.usecases.read_catalog import get_credential
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/admin/credentials/<credentialId>",
    tags=["Content"],
    summary="A credential, active or not",
    responses=answers(CatalogEntryOut) | problems(401, 403, 404),
)
def get_one(
    credentialId: str,
) -> CatalogEntryOut:
    return CatalogEntryOut.of(get_credential(CredentialId(credentialId), store=wiring.store))


lambda_handler = handler_of(api, lambda: wiring.metrics)
