"""Sentences in an answer that were encoded, so that a model reads them and a person does not."""

import base64
import codecs
import re
from collections.abc import Iterator
from html import unescape
from typing import Final
from urllib.parse import unquote

BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{20,}(?:\s?[A-Za-z0-9+/_-]{20,})*={0,2}")
HEX: Final = re.compile(r"(?:(?:0x|\\x)?[0-9a-f]{2}[ :,]?){12,}", re.IGNORECASE)
BINARY: Final = re.compile(r"(?:[01]{8}[ ,]?){8,}")
ESCAPES: Final = re.compile(
    r"(?:\\u[0-9a-f]{4}|&#x?[0-9a-f]{2,5};|%[0-9a-f]{2}){8,}", re.IGNORECASE
)
TELLING: Final = ("ignor", "instruct", "grade", "score", "marks", "rubric", "award", "points")
"""Stems of which two must occur before a whole text is read backwards or by ROT13."""
WORDS: Final = re.compile(r"[^\W\d_]+(?:[ ,.:;!?'-]+[^\W\d_]+){3,}")
"""Tokens, hashes and keys decode to noise or JSON, not to four words in a row."""

_REVERSED: Final = tuple(stem[::-1] for stem in TELLING)
_ROTATED: Final = tuple(codecs.encode(stem, "rot13") for stem in TELLING)


def decoded_passages(text: str) -> Iterator[str]:
    """Yield each passage that decodes to a sentence."""
    for passage in _candidates(text):
        if WORDS.search(passage):
            yield passage
    folded = text.lower()
    if _has_two(_REVERSED, folded):
        yield text[::-1]
    if _has_two(_ROTATED, folded):
        yield codecs.decode(text, "rot13")


def _candidates(text: str) -> Iterator[str]:
    for match in BASE64.finditer(text):
        yield _base64(re.sub(r"\s", "", match.group()))
    for match in HEX.finditer(text):
        yield _text_of(
            bytes.fromhex(re.sub(r"0x|\\x|[ :,]", "", match.group(), flags=re.IGNORECASE))
        )
    for match in BINARY.finditer(text):
        yield _text_of(bytes(int(bits, 2) for bits in re.findall("[01]{8}", match.group())))
    for match in ESCAPES.finditer(text):
        yield _unescape(match.group())


def _base64(letters: str) -> str:
    letters = letters.rstrip("=").replace("-", "+").replace("_", "/")
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return _text_of(base64.b64decode(letters + "=" * (-len(letters) % 4)))


def _unescape(escapes: str) -> str:
    points = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), escapes)
    return unquote(unescape(points))


def _text_of(decoded: bytes) -> str:
    """Return UTF-8 as text; wrong bytes make it no sentence."""
    return decoded.decode(errors="replace")


def _has_two(stems: tuple[str, ...], text: str) -> bool:
    return sum(stem in text for stem in stems) > 1
