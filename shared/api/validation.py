"""Validation faults, each with a JSON pointer to where it stands."""

from collections.abc import Iterable, Mapping
from typing import Any


def field_errors(errors: Iterable[Mapping[str, Any]]) -> list[Mapping[str, str]]:
    """Turn pydantic's faults into pointers and sentences; what was sent is never echoed."""
    return [{"pointer": _pointer(error["loc"]), "detail": _detail(error)} for error in errors] or [
        {"pointer": "", "detail": "the request is not valid"}
    ]


def _pointer(location: Iterable[object]) -> str:
    where, *path = [str(part) for part in location] or [""]
    if where != "body":
        return "/".join([where, *path]) if path else where
    return "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in path)


def _detail(error: Mapping[str, Any]) -> str:
    match error["type"]:
        case "json_invalid":
            return f"the body is not valid JSON: {(error.get('ctx') or {}).get('error', '')}"
        case "missing":
            return "this field is required"
        case "extra_forbidden":
            return "there is no such field"
        case "string_unicode":
            return "the text is not valid Unicode: it has a lone surrogate"
        case _:
            return str(error["msg"]).removeprefix("Value error, ")
