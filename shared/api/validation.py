"""Validation faults, each with a JSON pointer to where it stands."""

from collections.abc import Iterable, Mapping
from typing import Any


def field_errors(errors: Iterable[Mapping[str, Any]]) -> list[Mapping[str, str]]:
    """Turn pydantic's faults into pointers and sentences; what was sent is never echoed."""
    return [{"pointer": _pointer(error), "detail": _detail(error)} for error in errors] or [
        {"pointer": "", "detail": "the request is not valid"}
    ]


def _pointer(error: Mapping[str, Any]) -> str:
    if error["type"] == "json_invalid":
        return ""  # its location is a character, which is no place in a document that is none
    where, *path = [str(part) for part in error["loc"]] or [""]
    if where != "body":
        return "/".join([where, *path]) if path else where
    return "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in path)


def _detail(error: Mapping[str, Any]) -> str:
    match error["type"]:
        case "json_invalid":
            fault = (error.get("ctx") or {}).get("error", "")
            return f"the body is not valid JSON: {fault} at character {error['loc'][-1]}"
        case "missing":
            return "this field is required"
        case "extra_forbidden":
            return "there is no such field"
        case "too_long" if error["ctx"]["field_type"] == "Value":  # a text of this API
            found, most = error["ctx"]["actual_length"], error["ctx"]["max_length"]
            return f"the text has {found} characters; at most {most} are allowed"
        case "too_short" if error["ctx"]["field_type"] == "Value":
            found, fewest = error["ctx"]["actual_length"], error["ctx"]["min_length"]
            return f"the text has {found} characters; at least {fewest} are needed"
        case _:
            return str(error["msg"]).removeprefix("Value error, ")
