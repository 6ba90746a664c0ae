"""Plain text as the HTML of QTI, and back."""

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, SubElement

from shared.adapters.content_files.faults import UnreadableError

BLOCKS: Final = frozenset(
    {
        "address",
        "article",
        "blockquote",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "ul",
        "qti-content-body",
        "qti-prompt",
    }
)
MORE_THAN_TEXT: Final = frozenset(
    {
        "audio",
        "iframe",
        "img",
        "math",
        "object",
        "picture",
        "svg",
        "table",
        "video",
        "qti-printed-variable",
        "qti-feedback-block",
        "qti-feedback-inline",
        "qti-template-block",
        "qti-template-inline",
    }
)

BREAK: Final = ""


class _Verbatim(str):
    """Text whose white space counts."""

    __slots__ = ()


def write_blocks(parent: Element, text: str) -> None:
    """Add the text as paragraphs; as one `pre` where its white space says more than paragraphs."""
    paragraphs = text.split("\n\n")
    if not all(map(_is_plain, paragraphs)):
        SubElement(parent, "pre").text = text
        return
    for paragraph in paragraphs:
        SubElement(parent, "p").text = paragraph


def write_words(parent: Element, text: str) -> None:
    """Make the text what the element says."""
    if _is_plain(text):
        parent.text = text
    else:
        SubElement(parent, "pre").text = text


def read_text(element: Element) -> str:
    """Return what the element says: its paragraphs, with a blank line between two of them.

    Raises `UnreadableError` for what is more than text.
    """
    paragraphs: list[str] = []
    inline: list[str] = []
    for piece in (*_pieces(element), BREAK):
        if piece and not isinstance(piece, _Verbatim):
            inline.append(piece)
            continue
        if text := " ".join("".join(inline).split()):
            paragraphs.append(text)
        inline = []
        if piece:
            paragraphs.append(piece)
    return "\n\n".join(paragraphs)


def local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _is_plain(text: str) -> bool:
    return bool(text) and text == " ".join(text.split())


def _pieces(element: Element) -> Iterator[str]:
    """Yield the texts within, and `BREAK` where a paragraph begins or ends."""
    name = local(element)
    if name in MORE_THAN_TEXT:
        raise UnreadableError(f"<{name}> is more than text, which is all that questions have")
    if name == "pre":
        yield _Verbatim("".join(element.itertext()))
        return
    if name == "br":
        yield " "
    if name in BLOCKS:
        yield BREAK
    yield from filter(None, [element.text])
    for child in element:
        yield from _pieces(child)
        yield from filter(None, [child.tail])
    if name in BLOCKS:
        yield BREAK
