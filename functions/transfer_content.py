"""/admin/questions and /admin/credentials, …/export and …/import: content as files.

One function for all four, as they need the same time and memory, and an admin calls them rarely.
"""

from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.dry_run import Apply, DryRunOfImport, is_preview
from shared.api.files import accept_files, download, reads_files, sends_files, upload_of
from shared.api.problem import BODY, answers, problems
from shared.api.schemas.transfer import ImportOut
from shared.domain.catalog import CredentialSelection
from shared.domain.level import Level
from shared.domain.question import QuestionType
from shared.domain.track import TrackId
from shared.ports.content_files import CatalogFormat, Defaults, FileType, QuestionFormat
from shared.ports.edited_catalog import CatalogEditor
from shared.ports.edited_questions import QuestionEditor
from shared.usecases.export_content import export_credentials, export_questions
from shared.usecases.import_credentials import import_credentials
from shared.usecases.import_questions import import_questions
from shared.wiring import wiring

api = build_api()

QUESTION_FILES: Final = (FileType.YAML, FileType.XML, FileType.ZIP)
CREDENTIAL_FILES: Final = (FileType.CSV, FileType.JSON)
ANSWER: Final[dict[int, Any]] = answers(ImportOut, "What was done, or would be")

OfTrack = Annotated[str | None, Query(alias="trackId", min_length=1, max_length=100)]
Domain = Annotated[str | None, Query(min_length=1, max_length=100)]


@api.get(
    "/api/v1/admin/questions/export",
    tags=["Content"],
    summary="Active questions as files",
    description="`yaml` is a zip of the seeds' folders, or the one file of a track and type; `qti` "
    "is a package of QTI 3.0 items.",
    responses=sends_files(FileType.ZIP, FileType.YAML) | problems(401, 403, 422),
)
def get_questions_file(
    *,
    format: QuestionFormat = QuestionFormat.YAML,
    track_id: OfTrack = None,
    type: QuestionType | None = None,
) -> Response[str]:
    return download(
        export_questions(
            format,
            track_id=TrackId(track_id) if track_id else None,
            kind=type,
            files=wiring.content_files,
            store=wiring.store,
        )
    )


@api.post(
    "/api/v1/admin/questions/import",
    tags=["Content"],
    summary="Create and update questions from a file, all or none",
    description="YAML as in the seeds (of `trackId` and `type`), a QTI 3.0 item, or a zip of such "
    "files. A preview unless `apply=true`. Questions are told by their slugs; what is the same "
    "stays as it is, so that the same file once more changes nothing. The parameters say what the "
    "files do not.",
    responses=ANSWER | problems(401, 403, 409, *BODY),
    openapi_extensions=reads_files(*QUESTION_FILES),
)
def post_questions_file(
    *,
    track_id: OfTrack = None,
    type: QuestionType | None = None,
    domain: Domain = None,
    level: Level | None = None,
    apply: Apply = None,
    dry_run: DryRunOfImport = None,
) -> ImportOut:
    is_dry_run = is_preview(apply=apply, dry_run=dry_run)
    defaults = Defaults(track_id=track_id, kind=type, domain=domain, level=level)
    report = import_questions(
        wiring.content_files.read_questions(upload_of(api), defaults),
        QuestionEditor(
            caller=current_caller(api),
            is_dry_run=is_dry_run,
            store=wiring.store,
            review=wiring.content_review,
            clock=wiring.clock,
        ),
        ids=wiring.ids,
    )
    return ImportOut.of(report, dry_run=is_dry_run)


@api.get(
    "/api/v1/admin/credentials/export",
    tags=["Content"],
    summary="Active credentials as a file",
    responses=sends_files(*CREDENTIAL_FILES) | problems(401, 403, 422),
)
def get_credentials_file(
    *,
    format: CatalogFormat = CatalogFormat.CSV,
    track_id: OfTrack = None,
    level: Level | None = None,
) -> Response[str]:
    selection = CredentialSelection(track_id=track_id, level=level)
    files, store = wiring.content_files, wiring.store
    return download(export_credentials(format, selection, files=files, store=store))


@api.post(
    "/api/v1/admin/credentials/import",
    tags=["Content"],
    summary="Create and update credentials from a file, all or none",
    description="CSV with the columns of the export, or JSON. A preview unless `apply=true`. "
    "Credentials are told by their slugs; what is the same stays as it is, so that the same file "
    "once more changes nothing.",
    responses=ANSWER | problems(401, 403, 409, *BODY),
    openapi_extensions=reads_files(*CREDENTIAL_FILES),
)
def post_credentials_file(*, apply: Apply = None, dry_run: DryRunOfImport = None) -> ImportOut:
    is_dry_run = is_preview(apply=apply, dry_run=dry_run)
    report = import_credentials(
        wiring.content_files.read_credentials(upload_of(api)),
        CatalogEditor(
            caller=current_caller(api),
            is_dry_run=is_dry_run,
            store=wiring.store,
            review=wiring.content_review,
            clock=wiring.clock,
            embedder=wiring.instant_embedder,
        ),
        ids=wiring.ids,
    )
    return ImportOut.of(report, dry_run=is_dry_run)


lambda_handler = handler_of(
    api,
    lambda: wiring.metrics,
    {
        "POST /api/v1/admin/questions/import": accept_files(*QUESTION_FILES),
        "POST /api/v1/admin/credentials/import": accept_files(*CREDENTIAL_FILES),
    },
)
