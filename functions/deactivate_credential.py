"""DELETE /admin/credentials/{credentialId}: recommend a credential no more."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.dry_run import DryRun
from shared.api.problem import answers, problems
from shared.api.schemas.catalog import CatalogChangeOut
from shared.domain.recommendation import CredentialId
from shared.ports.edited_catalog import CatalogEditor
from shared.usecases.edit_catalog import deactivate_credential
from shared.wiring import wiring

api = build_api()


@api.delete(
    "/api/v1/admin/credentials/<credentialId>",
    tags=["Content"],
    summary="Deactivate a credential",
    description="Recommendations that were given keep their copy. "
    "The last one of a track and level stays.",
    responses=answers(CatalogChangeOut) | problems(401, 403, 404, 409, 422),
)
def delete_credential(
    *,
    credentialId: str,
    dry_run: DryRun = False,
) -> CatalogChangeOut:
    change = deactivate_credential(
        CredentialId(credentialId),
        CatalogEditor(
            caller=current_caller(api),
            is_dry_run=dry_run,
            store=wiring.store,
            review=wiring.content_review,
            clock=wiring.clock,
            embedder=wiring.instant_embedder,
        ),
    )
    return CatalogChangeOut.of(change, dry_run=dry_run)


lambda_handler = handler_of(api, lambda: wiring.metrics)
