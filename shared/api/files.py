"""Files as bodies of requests and answers."""

import base64
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.types import (
    OpenAPIResponse,
    OpenAPIResponseContentSchema,
)

from shared.api.body import MAX_FILE_BYTES, Accepted, media_type, raw_body
from shared.domain.errors import ExportTooLargeError
from shared.ports.content_files import Download, FileType, Upload

OTHER_NAMES: Final[Mapping[str, FileType]] = {
    "application/x-yaml": FileType.YAML,
    "text/yaml": FileType.YAML,
    "text/x-yaml": FileType.YAML,
    "text/xml": FileType.XML,
    "application/x-zip-compressed": FileType.ZIP,
}
"""By which clients call the types as well."""


def accept_files(*types: FileType) -> Accepted:
    aliases = {name for name, kind in OTHER_NAMES.items() if kind in types}
    return Accepted(
        media_types=frozenset({*types, *aliases}),
        max_bytes=MAX_FILE_BYTES,
        remedy="split the file, or use `assay content import`",
    )


def upload_of(api: APIGatewayHttpResolver) -> Upload:
    event = api.current_event.raw_event
    said = media_type(event)
    # What is neither is a request without a body, which every reader refuses as empty.
    kind = OTHER_NAMES.get(said) or (FileType(said) if said in set(FileType) else FileType.JSON)
    return Upload(type=kind, content=raw_body(event))


def download(file: Download) -> Response[Any]:
    """Answer with the file; raise `ExportTooLargeError` for what no answer can carry."""
    if len(file.content) > MAX_FILE_BYTES:
        raise ExportTooLargeError(
            f"the file has {len(file.content)} bytes, and an answer at most {MAX_FILE_BYTES}; "
            "ask for one track, or use `assay content export`"
        )
    response = Response(
        status_code=HTTPStatus.OK,
        content_type=file.type,
        # Encoded here: as bytes the body would not come whole through the check of the answer.
        body=base64.b64encode(file.content).decode(),
        headers={"Content-Disposition": f'attachment; filename="{file.name}"'},
    )
    response.base64_encoded = True
    return response


def sends_files(*types: FileType) -> dict[int, OpenAPIResponse]:
    """Document an answer that is a file of one of these types."""
    return {200: OpenAPIResponse(description="The file", content=_as_content(types))}


def reads_files(*types: FileType) -> dict[str, Any]:
    """Document a body that is a file of one of these types."""
    return {"requestBody": {"required": True, "content": _as_content(types)}}


LIST: Final = {"type": "array", "items": {"type": "object"}}


def _object_with(name: str) -> dict[str, Any]:
    return {"type": "object", "required": [name], "properties": {name: LIST}}


CONTENT: Final[Mapping[FileType, OpenAPIResponseContentSchema]] = {
    FileType.YAML: {"schema": _object_with("questions")},
    FileType.JSON: {"schema": {"anyOf": [_object_with("credentials"), LIST]}},
    FileType.CSV: {"schema": {"type": "string"}},
    FileType.XML: {"schema": {"type": "string"}},
    # Bytes that are no text have no schema in OpenAPI 3.1.
    FileType.ZIP: {"schema": {}},
}
"""What a file of each type is to who has read it; the rest is the seeds' format and QTI's."""


def _as_content(types: Sequence[FileType]) -> dict[str, Any]:
    return {kind.value: CONTENT[kind] for kind in types}
