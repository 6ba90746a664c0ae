"""The JSON Schemas of the analytics stream, out of the types; `--check` compares instead."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import CoreSchema
from typing_extensions import override

from local_stack.generated import ROOT, keep
from shared.adapters.analytics_detail import detail_of
from shared.domain.analytics import SCHEMA_VERSION, SHAPES, FactType

FOLDER: Final = ROOT / "docs" / "events"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
SLUGS: Final = frozenset({"trackId"})
"""Ids that are no UUIDs."""


class _Generate(GenerateJsonSchema):
    @override
    def field_title_should_be_set(self, schema: Any) -> bool:
        """Titles that only spell the name in another way say nothing."""
        return False

    @override
    def generate(self, schema: CoreSchema, mode: Any = "validation") -> dict[str, Any]:
        document = super().generate(schema, mode)
        for shape in (document, *document.get("$defs", {}).values()):
            shape.get("properties", {}).update(_ids(shape))
        return document


def _ids(shape: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties that are ids, which the domain types as strings of their own."""
    return {
        name: _as_id(value)
        for name, value in shape.get("properties", {}).items()
        if name.endswith(("Id", "Ids")) and name not in SLUGS
    }


def _as_id(value: dict[str, Any]) -> dict[str, Any]:
    if value.get("type") == "string":
        return value | {"format": "uuid"}
    inner = {"items": _as_id(value["items"])} if "items" in value else {}
    choices = {"anyOf": [_as_id(choice) for choice in value["anyOf"]]} if "anyOf" in value else {}
    return value | inner | choices


def schema_of(type: FactType) -> dict[str, Any]:
    """Return the schema of the `detail` of this type's events."""
    schema = detail_of(type).model_json_schema(mode="serialization", schema_generator=_Generate)
    return schema | {
        "$schema": DIALECT,
        "$id": path_of(type).name,
        "title": type.value,
        "description": SHAPES[type].__doc__,
    }


def path_of(type: FactType) -> Path:
    return FOLDER / f"{type}.v{SCHEMA_VERSION}.json"


def main() -> int:
    schemas = {path_of(fact): schema_of(fact) for fact in SHAPES}
    texts = {
        path: json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for path, schema in schemas.items()
    }
    return keep(texts, target="schemas")


if __name__ == "__main__":
    raise SystemExit(main())
