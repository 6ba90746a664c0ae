"""The OpenAPI document, out of the handlers and the route table; `--check` compares instead."""

import json
from typing import Any, Final

from aws_lambda_powertools.event_handler.openapi.merge import OpenAPIMerge

from local_stack.generated import ROOT, keep
from shared.api.problem import DESCRIPTIONS
from shared.api.routes import BASE_PATH, ROUTES
from shared.version import VERSION

DOCUMENT: Final = ROOT / "docs" / "openapi.json"
DESCRIPTION: Final = """Assess an IT student in fifteen minutes. Say what to learn next, and why.

Log in, start an assessment of a track, save answers, submit, follow the status, read the result.
Errors are RFC 9457 problem documents with a stable `code`. A `POST` that creates or triggers takes
an `Idempotency-Key`: the same key with the same body gets the first answer again. Times are RFC
3339 in UTC; ids are UUIDs; a track's id is its slug."""
TAGS: Final = {
    "Auth": "Accounts and sessions",
    "Account": "The caller's own account",
    "Tracks": "What can be taken",
    "Assessments": "From start to submission",
    "Results": "Profile, scores with evidence, recommendation",
    "Reviews": "Essays that a person should look at",
    "Administration": "Users, accommodations, erasure and the audit log, for admins",
    "Dashboards": "What goes on, what it costs, and what staff see of everybody together",
    "Webhooks": "Who is told of events, and what was sent",
    "Content": "What admins keep: tracks, questions, the catalog of credentials and its index",
    "Operations": "Health, keys and this document",
}
EVERYWHERE: Final = (413, 415)
"""What the edge may answer on every route, before it looks who serves it."""
SECONDS: Final = {"schema": {"type": "integer", "minimum": 1}, "required": True}
HEADERS: Final = {
    "401": {"WWW-Authenticate": {"schema": {"const": "Bearer"}, "required": True}},
    "429": {"Retry-After": SECONDS | {"description": "Seconds until there is room again"}},
    "503": {"Retry-After": SECONDS | {"description": "Seconds"}},
}
REPLAYED: Final = {
    "Idempotency-Replayed": {
        "description": "That this is the first answer again, to the same Idempotency-Key",
        "schema": {"const": "true"},
    }
}


def build_document() -> dict[str, Any]:
    merge = OpenAPIMerge(
        title="Assay",
        version=VERSION,
        openapi_version="3.1.0",
        description=DESCRIPTION,
        on_conflict="error",
    )
    for function in sorted({route.function for route in ROUTES}):
        merge.add_file(ROOT / "functions" / f"{function}.py", "api")
    document: dict[str, Any] = json.loads(merge.get_openapi_json_schema())
    document["servers"] = [{"url": "/"}]
    document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    schemes = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    document.setdefault("components", {})["securitySchemes"] = schemes
    for route in ROUTES:
        operation = document["paths"][f"{BASE_PATH}{route.path}"][route.method.lower()]
        operation["operationId"] = _operation_id(route.function, operation["operationId"])
        _correct_errors(operation)
        _describe_headers(operation)
        if route.roles is None:
            continue
        operation["security"] = [{"bearer": []}]
        operation["x-roles"] = sorted(route.roles)
    return _without_unused_schemas(document)


def _operation_id(function: str, default: str) -> str:
    """Name an operation after its function, and where that serves several after its part of it.

    Powertools' own name is that of the part, then path and method.
    """
    served = [route for route in ROUTES if route.function == function]
    return function if len(served) == 1 else default.partition("_api_v1")[0]


def _correct_errors(operation: dict[str, Any]) -> None:
    """Replace what Powertools documents of faults, in shapes that this API does not answer with.

    And add what any route may answer.
    """
    responses = operation["responses"]
    responses["500"] = responses["503"] | {"description": DESCRIPTIONS[500]}
    if "application/json" in responses.get("422", {}).get("content", {}):
        del responses["422"]
    for status in EVERYWHERE:
        responses[str(status)] = responses["500"] | {"description": DESCRIPTIONS[status]}


def _describe_headers(operation: dict[str, Any]) -> None:
    takes_key = any(p["name"] == "idempotency-key" for p in operation.get("parameters", ()))
    for status, response in operation["responses"].items():
        headers = HEADERS.get(status, REPLAYED if takes_key and status < "300" else {})
        if headers:
            response.setdefault("headers", {}).update(headers)


def _without_unused_schemas(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    while unused := [s for s in schemas if f'schemas/{s}"' not in json.dumps(document)]:
        for name in unused:
            del schemas[name]
    return document


def main() -> int:
    text = json.dumps(build_document(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    return keep({DOCUMENT: text}, target="openapi")


if __name__ == "__main__":
    raise SystemExit(main())
