"""PUT /admin/credentials/{credentialId}: replace the content of a credential."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.dry_run import DryRun
from shared.api.problem import BODY, answers, problems
from shared.api.schemas.catalog import CatalogChangeOut, CredentialIn
from shared.domain.recommendation import CredentialId
from shared.ports.edited_catalog import CatalogEditor
from shared.usecases.edit_catalog import update_credential
from shared.wiring import wiring

api = build_api()


@api.put(
    "/api/v1/admin/credentials/<credentialId>",
    tags=["Content"],
    summary="Replace the content of a credential",
    description="Makes it active, and an admin's work that loading the seeds leaves alone. "
    "The slug stays.",
    responses=answers(CatalogChangeOut) | problems(401, 403, 404, 409, *BODY),
)
def put_credential(
    *,
    credentialId: str,
    credential: CredentialIn,
    dry_run: DryRun = False,
) -> CatalogChangeOut:
    change = update_credential(
        CredentialId(credentialId),
        credential.as_written(),
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
