"""`aws` for the runbooks: as much of the AWS command line as they use, over boto3.

Run as a program; it is told where the emulator is by the environment, as the real one is.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
import jmespath
from botocore import xform_name


def main(words: Sequence[str]) -> int:
    service, operation, *rest = words
    given, positional = _read(rest)
    query, output = given.pop("query", None), given.pop("output", ["json"])
    given.pop("cli-binary-format", None)
    client: Any = boto3.client(service)  # pyrefly: ignore
    method = operation.replace("-", "_")
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
    members = {xform_name(name, "-"): (name, s) for name, s in model.input_shape.members.items()}
    asked = {members[o][0]: _value(v, members[o][1].type_name) for o, v in given.items()}
    reply = getattr(client, method)(**asked)
    reply.pop("ResponseMetadata", None)
    if positional:  # `lambda invoke` writes what the function answered into a file
        Path(positional[0]).write_bytes(reply.pop("Payload").read())
        if "FunctionError" in reply:
            return 255
    found = jmespath.search(query[0], reply) if query else reply
    shown = _text(found) if output == ["text"] else json.dumps(found, default=str, indent=2)
    sys.stdout.write(f"{shown}\n")
    return 0


def _read(words: Sequence[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Return the values of each option; an argument after the first value of one is positional."""
    options: dict[str, list[str]] = {}
    positional: list[str] = []
    name = ""
    for word in words:
        if word.startswith("--"):
            name = word[2:]
            options[name] = []
        elif name and not options[name]:
            options[name].append(word)
        else:
            positional.append(word)
    return options, positional


def _value(values: Sequence[str], type_name: str) -> Any:
    match type_name:
        case "list":
            return list(values)
        case "integer" | "long":
            return int(values[0])
        case "boolean":
            return True
        case "structure" | "map":
            return json.loads(values[0])
        case _:
            return values[0]


def _text(found: Any) -> str:
    match found:
        case None:
            return "None"
        case Mapping():
            return _text(list(found.values()))
        case list() if any(isinstance(item, list) for item in found):
            return "\n".join(map(_text, found))
        case list():
            return "\t".join(map(_text, found))
        case _:
            return str(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
