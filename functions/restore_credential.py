"""POST /admin/credentials/{credentialId}/restore: return to an earlier version."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.dry_run import DryRun
from shared.api.problem import BODY, answers, problems
from shared.api.schemas.catalog import CatalogChangeOut, VersionIn
from shared.domain.recommendation import CredentialId
from shared.ports.edited_catalog import CatalogEditor
from shared.usecases.edit_catalog import restore_credential
from shared.wiring import wiring

api = build_api()


@api.post(
    "/api/v1/admin/credentials/<credentialId>/restore",
    tags=["Content"],
    summary="Make an earlier version the present one",
    description="It becomes a new version, active, and the seeds' own again where they "
    "wrote it. Once more changes nothing.",
    responses=answers(CatalogChangeOut) | problems(401, 403, 404, 409, *BODY),
)
def post_credential(
    *,
    credentialId: str,
    wanted: VersionIn,
    dry_run: DryRun = False,
) -> CatalogChangeOut:
    change = restore_credential(
        CredentialId(credentialId),
        wanted.version,
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
