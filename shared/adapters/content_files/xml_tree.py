"""XML from anybody, as a tree: no document type, so no entities, and no depth.

The standard library's tree takes document types, and with them entities that multiply or read
files. Here expat's own events build the tree, and the first sign of a document type ends it.
"""

from collections.abc import Mapping
from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from shared.adapters.content_files.faults import UnreadableError

DEEPEST: Final = 50
MOST_ELEMENTS: Final = 20_000
"""An essay with its rubric has about a hundred."""


def parse(content: bytes) -> Element:
    """Return the root; names are `{namespace}local` as in `xml.etree`.

    Raises `UnreadableError`.
    """
    reading = _Reading()
    try:
        reading.parser.Parse(content, True)  # noqa: FBT003 - expat has no name for it
    except expat.ExpatError as error:
        raise UnreadableError(f"not XML: {error}") from None
    except (LookupError, ValueError) as error:
        raise UnreadableError(f"not XML: {error}; save the file as UTF-8") from None
    return reading.tree.close()


class _Reading:
    def __init__(self) -> None:
        self.tree = TreeBuilder()
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = _refuse_document_type
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.tree.data
        self._depth = 0
        self._elements = 0

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST:
            raise UnreadableError(f"nested over {DEEPEST} elements deep; no QTI item needs that")
        if self._elements > MOST_ELEMENTS:
            raise UnreadableError(f"over {MOST_ELEMENTS} elements; put one item into a file")
        self.tree.start(_named(name), {_named(key): text for key, text in attributes.items()})

    def _end(self, name: str) -> None:
        self._depth -= 1
        self.tree.end(_named(name))


def _refuse_document_type(*_: object) -> None:
    raise UnreadableError("a document type (<!DOCTYPE …>) is not read; remove it: QTI 3 has none")


def _named(name: str) -> str:
    return f"{{{name}" if "}" in name else name
