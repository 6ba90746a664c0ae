"""Documented schemas of the analytics stream, as a warehouse reads them."""

import json
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator

from local_stack.event_schemas import path_of
from shared.domain.analytics import FactType


def documented(type: str) -> dict[str, Any]:
    return json.loads(path_of(FactType(type)).read_text("utf-8"))


def faults(type: str, detail: Mapping[str, Any]) -> list[str]:
    """Return what the documented schema finds, and every field that it does not name.

    Its readers pass over fields that they do not know; here, one that nobody documented is a fault.
    """
    schema = documented(type)
    for shape in (schema, *schema["$defs"].values()):
        if shape["type"] == "object":
            shape["additionalProperties"] = False
    checker = Draft202012Validator.FORMAT_CHECKER
    found = Draft202012Validator(schema, format_checker=checker).iter_errors(detail)
    return [f"{type}: {error.json_path} {error.message}" for error in found]
