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

DISCUSSED: Final = re.compile(
    r"zero.width|invisible|homoglyph|look.?alike|confusable|punycode|right-to-left|bidi|cyrillic"
    r"|u\+[0-9a-f]{4}|soft hyphen|code ?point|control character|byte order mark|variation sel",
    re.IGNORECASE,
)
SHOWN: Final = 8
"""Hidden characters that an essay about them needs as examples, at most."""

_FLAG: Final = re.compile("\U0001f3f4[\U000e0061-\U000e007a]{3,6}\U000e007f")
"""England, Scotland and Wales are a black flag and tags."""
_TAGS: Final = 0xE0000
_TAG: Final = re.compile("[\U000e0020-\U000e007e]")
_SELECTOR: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_TURNED: Final = re.compile("[\u202e\u2067]([^\u202c\u2069\n]+)")
_BITS: Final = re.compile("[\u200b-\u200d\u2060-\u2064\ufeff]{8,}")
_DROP: Final = re.compile(f"[{INVISIBLE}]|{CONTROL.pattern}")
_ACCENT: Final = re.compile("[\u0300-\u036f\u064b-\u0652]")
_SPELLED: Final = re.compile(r"\b(?:[^\W\d_][.*_-]){2,}[^\W\d_]\b")
_SPACED: Final = re.compile(r"\b(?:[^\W\d_] ){3,}[^\W\d_]\b")
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
    return _SPACES.sub(" ", _SPACED.sub(_join, _SPELLED.sub(_join, folded.replace("`", '"'))))


def hidden_text(text: str) -> str:
    """Return what invisible characters spell: tags, selectors, zero-width bits, turned text."""
    if text.isascii():
        return ""
    tags = "".join(chr(ord(tag) - _TAGS) for tag in _TAG.findall(text))
    selectors = bytes(map(_selected, _SELECTOR.findall(text))).decode(errors="ignore")
    turned = " ".join(run[::-1] for run in _TURNED.findall(text))
    return " ".join((tags, selectors, turned, _from_bits(text))).strip()


def has_hidden_characters(text: str) -> bool:
    if text.isascii():
        return len(CONTROL.findall(text)) > TOLERATED
    text = _FLAG.sub("", text)
    if DISCUSSED.search(text):
        return len(SMUGGLED.findall(text)) > SHOWN or len(SPLIT_WORD.findall(text)) > SHOWN
    bidirectional = RIGHT_TO_LEFT.search(text)
    smuggled = [m for m in SMUGGLED.findall(text) if not (bidirectional and m < "\U000e0000")]
    return (
        bool(smuggled)
        or bool(ZERO_WIDTH_RUN.search(text))
        or len(SPLIT_WORD.findall(text)) > TOLERATED
        or len(MIXED_SCRIPT.findall(text)) > TOLERATED
        or len(CONTROL.findall(text)) > TOLERATED
    )


def _selected(selector: str) -> int:
    """Return the byte for which a variation selector stands, as the smuggling tools count them."""
    code = ord(selector)
    return code - 0xFE00 if code < _TAGS else code - 0xE0100 + 16


def _from_bits(text: str) -> str:
    """Read runs of two zero-width characters as the bits of letters, either one as nought."""
    bits = "".join(_BITS.findall(text))
    kinds = sorted(set(bits))
    if len(kinds) != 2:  # noqa: PLR2004 - a bit has two values
        return ""
    as_digits = (bits.translate(str.maketrans("".join(kinds), digits)) for digits in ("01", "10"))
    return " ".join(map(_from_octets, as_digits))


def _from_octets(digits: str) -> str:
    octets = (digits[i : i + 8] for i in range(0, len(digits) - 7, 8))
    return bytes(int(octet, 2) for octet in octets).decode(errors="ignore")


def _unmask(word: re.Match[str]) -> str:
    """Read Cyrillic and Greek lookalikes as Latin letters, in words that have Latin letters."""
    letters = word.group()
    if letters.isascii() or not _LATIN.search(letters):
        return letters
    return letters.translate(_LOOKALIKES)


def _join(spaced: re.Match[str]) -> str:
    """Read `g i v e` as a word."""
    return re.sub(r"[ .*_-]", "", spaced.group())
