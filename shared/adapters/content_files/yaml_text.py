"""YAML from anybody: no aliases, no depth, no types of its own."""

import json
from typing import Any, Final

import yaml

from shared.adapters.content_files.faults import UnreadableError

# The C versions are ten times as fast; some builds of PyYAML come without them.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
DEEPEST: Final = 20
"""Levels; a rubric's terms stand at the ninth."""
WIDTH: Final = 100


def load(text: str) -> Any:
    """Return what the text says.

    Raises `UnreadableError`, also for aliases: a few lines of them stand for more than any memory
    holds once something walks along them.
    """
    try:
        _ensure_plain(text)
        return yaml.load(text, LOADER)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise UnreadableError(f"not YAML: {' '.join(str(error).split())}") from None
    except ValueError as error:  # a date that is none, a number of thousands of digits
        raise UnreadableError(f"a value cannot be read: {error}; put it in quotes") from None


def dump(content: object) -> bytes:
    """Return the text of what JSON could say as well."""
    # YAML gives what stands in two places an alias; of a copy each place has its own.
    copied = json.loads(json.dumps(content))
    text: str = yaml.dump(copied, Dumper=DUMPER, sort_keys=False, allow_unicode=True, width=WIDTH)
    return text.encode()


def _ensure_plain(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise UnreadableError(f"an alias (*{event.anchor}) is not read; write it out")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise UnreadableError(f"nested over {DEEPEST} levels deep; see seeds/README.md")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
