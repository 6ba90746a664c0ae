"""Text as a reader takes it in: folded for matching, and what a reader cannot see in it."""

import re
import unicodedata
from typing import Final

INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
SMUGGLED: Final = re.compile("[\U000e0000-\U000e007f\U000e0100-\U000e01ef]|[\u202d\u202e]")
"""Tag characters and variation selectors that spell text, and overrides of the direction."""
SPLIT_WORD: Final = re.compile("[A-Za-z][\u200b-\u200d\u2060-\u2064\ufeff]+(?=[A-Za-z])")
ZERO_WIDTH_RUN: Final = re.compile("[\u200b-\u200d\u2060-\u2064\ufeff\u3164]{8,}")
"""Eight characters are one byte, when zero-width ones stand for bits."""
CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
"""Not those of 0x80–0x9f: they are what a wrong character set makes of quotation marks."""
RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff]")
MIXED_SCRIPT: Final = re.compile("[a-z][\u0430-\u045f]|[\u0430-\u045f][a-z]", re.IGNORECASE)

TOLERATED: Final = 2
"""Pasting from a web page leaves a zero-width space or a Cyrillic letter here and there."""

_DROP: Final = re.compile(f"[{INVISIBLE}]|{CONTROL.pattern}")
_ACCENT: Final = re.compile("[\u0300-\u036f\u064b-\u0652]")
_SPACED: Final = re.compile(r"\b(?:[^\W\d_][ .*_-]){3,}[^\W\d_]\b")
_LOOKALIKES: Final = str.maketrans(
    "авеикмнорстухѕіјһԁԛԝαεικνορτυχ", "abeukmhopctyxsijhdqwaeiknoptux"
)
_DOUBLE_QUOTES: Final = re.compile("[\u201c-\u201f\u00ab\u00bb`]")
_SINGLE_QUOTES: Final = re.compile("[\u2018-\u201b\u00b4]")
_WORD: Final = re.compile(r"\w+")
_LATIN: Final = re.compile("[a-z]")
_SPACES: Final = re.compile(r"[^\S\n]+")


def fold(text: str) -> str:
    """Return the text in one spelling: no case, accents, lookalikes or hidden characters."""
    if text.isascii():
        folded = text.lower()
    else:
        folded = _DROP.sub("", unicodedata.normalize("NFKD", text)).casefold()
        folded = unicodedata.normalize("NFC", _ACCENT.sub("", folded))
        folded = _DOUBLE_QUOTES.sub('"', _SINGLE_QUOTES.sub("'", folded))
        folded = _WORD.sub(_unmask, folded)
    return _SPACES.sub(" ", _SPACED.sub(_join, folded.replace("`", '"')))


def has_hidden_characters(text: str) -> bool:
    if text.isascii():
        return len(CONTROL.findall(text)) > TOLERATED
    bidirectional = RIGHT_TO_LEFT.search(text)
    smuggled = [m for m in SMUGGLED.findall(text) if not (bidirectional and m < "\U000e0000")]
    return (
        bool(smuggled)
        or bool(ZERO_WIDTH_RUN.search(text))
        or len(SPLIT_WORD.findall(text)) > TOLERATED
        or len(MIXED_SCRIPT.findall(text)) > TOLERATED
        or len(CONTROL.findall(text)) > TOLERATED
    )


def _unmask(word: re.Match[str]) -> str:
    """Read Cyrillic and Greek lookalikes as Latin letters, in words that have Latin letters."""
    letters = word.group()
    if letters.isascii() or not _LATIN.search(letters):
        return letters
    return letters.translate(_LOOKALIKES)


def _join(spaced: re.Match[str]) -> str:
    """Read `g i v e` as a word."""
    return re.sub(r"[ .*_-]", "", spaced.group())
