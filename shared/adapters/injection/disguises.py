"""Sentences that were disguised, so that a model reads them and a person does not."""

import base64
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from html import unescape
from string import ascii_lowercase
from typing import Final
from urllib.parse import unquote

COMMON: Final = frozenset(
    {"the", "and", "are", "for", "this", "that", "with", "you", "your", "all", "give", "must"}
    | {"not", "full", "mark", "marks", "grade", "score", "answer", "please", "every", "points"}
    | {"award", "rubric", "ignore"}
)
"""Words that a plain sentence has, and that hardly another word becomes in another alphabet."""
ENOUGH_COMMON: Final = 2
SENTENCE: Final = re.compile(
    r"(?<![^\W\d_])[^\W\d_]{2,30}(?:[ ,.:;!?'-]{1,3}[^\W_]{1,30}){2}(?![^\W_])"
)
"""Tokens, hashes and keys decode to noise or JSON, not to three words in a row."""
LINE: Final = re.compile(r"[^\n]+")

_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{16,}(?:\s?[A-Za-z0-9+/_-]{16,})*={0,2}")
_BASE32: Final = re.compile(r"\b[A-Z2-7]{24,}={0,6}")
_HEX: Final = re.compile(r"(?:(?:0x|\\x)?[0-9a-f]{2}[ :,]?){12,}", re.IGNORECASE)
_BINARY: Final = re.compile(r"(?:[01]{8}[ ,]?){8,}")
_DECIMALS: Final = re.compile(r"(?:\b\d{2,3}\b[ ,]{1,2}){11,}\d{2,3}")
_ESCAPE: Final = re.compile(r"\\u[0-9a-f]{4}|&#x?[0-9a-f]{2,5};|%[0-9a-f]{2}", re.IGNORECASE)
_FEWEST_ESCAPES: Final = 8
_MORSE: Final = re.compile(
    r"[.\u00b7_\u2212\u2013-]{1,5}(?:[ /|]+[.\u00b7_\u2212\u2013-]{1,5}){7,}"
)
_DOTS: Final = str.maketrans("\u00b7_\u2212\u2013", ".---")
_MORSE_CODES: Final = (
    ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- "
    ".-- -..- -.-- --.. ----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----."
)
_MORSE_LETTERS: Final[Mapping[str, str]] = dict(
    zip(_MORSE_CODES.split(), ascii_lowercase + "0123456789", strict=True)
)
_LEET: Final = str.maketrans("01345789@$!", "oieastbgasi")
_LEET_WORD: Final = re.compile(r"\b(?=\w*[a-z])(?=\w*[013457@$])[\w@$!]{2,}")
_FEWEST_LEET: Final = 3
_ALPHABETS: Final = (
    *(ascii_lowercase[n:] + ascii_lowercase[:n] for n in range(1, 26)),
    ascii_lowercase[::-1],
)
"""ROT13 and its relatives, and Atbash: what stands for a, b, c …"""
_TURNED: Final = len(_ALPHABETS)
"""Stands for a line written backwards."""
_WORD: Final = re.compile(r"[a-z]+")


def undisguised(text: str) -> Iterator[str]:
    """Yield what disguised passages of the text say, where they say a sentence."""
    for passage in _decoded(text):
        if SENTENCE.search(passage):
            yield passage
    for line in LINE.findall(text.lower()):
        yield from _rewritten(line)


def _decoded(text: str) -> Iterator[str]:
    for pattern, decode in _CODES:
        for match in pattern.finditer(text):
            yield decode(match.group())
    if len(_ESCAPE.findall(text)) >= _FEWEST_ESCAPES:
        yield _unescape(text)


def _rewritten(line: str) -> Iterator[str]:
    """Yield the line turned round, or in another alphabet, where that makes more of it plain."""
    words = _WORD.findall(line)
    known = sum(word in COMMON for word in words)
    forms = _disguised_forms()
    met = Counter(disguise for word in words for disguise in forms.get(word, ()))
    for disguise, count in met.items():
        if count >= max(ENOUGH_COMMON, known):
            yield line[::-1] if disguise == _TURNED else line.translate(_plain(disguise))
    if len(_LEET_WORD.findall(line)) >= _FEWEST_LEET:
        yield line.translate(_LEET)


@cache
def _disguised_forms() -> Mapping[str, Sequence[int]]:
    """Return in which disguises each form is a common word."""
    forms: dict[str, list[int]] = {}
    for word in COMMON:
        for number, alphabet in enumerate(_ALPHABETS):
            form = word.translate(str.maketrans(ascii_lowercase, alphabet))
            forms.setdefault(form, []).append(number)
        forms.setdefault(word[::-1], []).append(_TURNED)
    return forms


def _plain(disguise: int) -> dict[int, int]:
    return str.maketrans(_ALPHABETS[disguise], ascii_lowercase)


def _from_base64(passage: str) -> str:
    letters = re.sub(r"\s", "", passage).rstrip("=").replace("-", "+").replace("_", "/")
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return _text_of(base64.b64decode(letters + "=" * (-len(letters) % 4)))


def _from_base32(passage: str) -> str:
    letters = passage.rstrip("=")
    return _text_of(base64.b32decode(letters[: len(letters) // 8 * 8]))


def _from_hex(passage: str) -> str:
    return _text_of(bytes.fromhex(re.sub(r"0x|\\x|[ :,]", "", passage, flags=re.IGNORECASE)))


def _from_binary(passage: str) -> str:
    return _text_of(bytes(int(octet, 2) for octet in re.findall("[01]{8}", passage)))


def _from_decimals(passage: str) -> str:
    codes = [int(number) for number in re.findall(r"\d+", passage)]
    return _text_of(bytes(codes)) if max(codes) < 256 else ""  # noqa: PLR2004 - a byte


def _from_morse(passage: str) -> str:
    words = re.split(r" *[/|] *|  +", passage.translate(_DOTS))
    return " ".join(
        "".join(_MORSE_LETTERS.get(code, "") for code in word.split()) for word in words
    )


def _unescape(text: str) -> str:
    points = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)
    return unquote(unescape(points))


def _text_of(decoded: bytes) -> str:
    """Return UTF-8 as text; wrong bytes make it no sentence."""
    return decoded.decode(errors="replace")


_CODES: Final[tuple[tuple[re.Pattern[str], Callable[[str], str]], ...]] = (
    (_BASE64, _from_base64),
    (_BASE32, _from_base32),
    (_HEX, _from_hex),
    (_BINARY, _from_binary),
    (_DECIMALS, _from_decimals),
    (_MORSE, _from_morse),
)
