"""POST /admin/credentials: add a credential to the catalog."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller, idempotency_of
from shared.api.dry_run import DryRun
from shared.api.problem import BODY, answers, problems
from shared.api.replay import reply
from shared.api.schemas.catalog import CatalogChangeOut, CredentialIn
from shared.ports.edited_catalog import CatalogEditor
from shared.usecases.edit_catalog import create_credential
from shared.wiring import wiring

api = build_api()


@api.post(
    "/api/v1/admin/credentials",
    tags=["Content"],
    summary="Add a credential",
    description="Held to the rules and checks of the seeds: their errors are faults of the body, "
    "their warnings are in the answer. A dry run answers 200.",
    status_code=HTTPStatus.CREATED,
    responses=answers(CatalogChangeOut, "Created", status=HTTPStatus.CREATED)
    | answers(CatalogChangeOut, "What would be created")
    | problems(401, 403, 409, *BODY),
)
def post_credential(
    *,
    credential: CredentialIn,
    dry_run: DryRun = False,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Response[CatalogChangeOut]:
    caller = current_caller(api)
    change = create_credential(
        credential.as_written(),
        CatalogEditor(
            caller=caller,
            is_dry_run=dry_run,
            store=wiring.store,
            review=wiring.content_review,
            clock=wiring.clock,
            embedder=wiring.instant_embedder,
        ),
        ids=wiring.ids,
        idempotency=idempotency_of(api, idempotency_key, scope=caller.user_id),
    )
    return reply(
        CatalogChangeOut.of(change, dry_run=dry_run),
        status=HTTPStatus.OK if dry_run else HTTPStatus.CREATED,
        is_replay=change.is_replay,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
