"""Prose: a prompt without its code, and how hard it is to read."""

import re
from typing import Final

from shared.adapters.rubric_engine.reading import sentences_of

SHORTEST: Final = 12
"""Words; of fewer a grade says nothing."""
SYMBOLS: Final = 0.2
"""Share of a line's characters from which it is code, whatever its indent."""

_FENCED: Final = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_INDENTED: Final = re.compile(r"^(?: {2,}|\t)\s*\S.*$", re.MULTILINE)
_SYMBOL: Final = re.compile(r"[{}()\[\];=<>|&$#*_\\/+]")
_WORD: Final = re.compile(r"[A-Za-z]+(?:['\u2019-][A-Za-z]+)*")
_TOKEN: Final = re.compile(r"\S+")
_PLAIN: Final = re.compile(
    r"[\"'\u201c\u2018(]*[A-Za-z]?[a-z]*(?:['\u2019-][A-Za-z]?[a-z]+)*[\"'\u201d\u2019).,:;!?\u2026]*"
)
_VOWELS: Final = re.compile(r"[aeiouy]+")
_SILENT: Final = re.compile(r"(?:[^laeiouy]e|[^aeiouytd]ed|[^aeiouysxzcg]es)$")


def without_code(text: str) -> str:
    """Return the text without blocks of code; a block ends the sentence before it."""
    without_blocks = _INDENTED.sub(".", _FENCED.sub(".", text))
    return "\n".join(line for line in without_blocks.split("\n") if not _is_code(line))


def prose_of(text: str) -> str:
    """Return the text without code blocks and identifiers."""
    lines = without_code(text).split("\n")
    return "\n".join(" ".join(_TOKEN.sub(_unless_identifier, line).split()) for line in lines)


def grade_of(text: str) -> float | None:
    """Return the school grade of the prose after Flesch and Kincaid; None if it is too short.

    0.39 words per sentence + 11.8 syllables per word - 15.59 (Kincaid, Fishburne, Rogers and
    Chissom, 1975, Research Branch Report 8-75).
    """
    prose = prose_of(text)
    words = _WORD.findall(prose)
    if len(words) < SHORTEST:
        return None
    sentences = sum(s.is_end for s in sentences_of(prose)) or 1
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word: str) -> int:
    """Return about how many syllables an English word has: its groups of vowels, less silent e."""
    return sum(
        max(1, len(_VOWELS.findall(part)) - (_SILENT.search(part) is not None))
        for part in re.split(r"[^a-z]+", word.casefold())
        if part
    )


def _is_code(line: str) -> bool:
    marks = "".join(line.split())
    return bool(marks) and len(_SYMBOL.findall(marks)) / len(marks) >= SYMBOLS


def _unless_identifier(token: re.Match[str]) -> str:
    """Keep a plain word; of names, numbers and acronyms keep the mark that ends a sentence."""
    text = token.group()
    if _PLAIN.fullmatch(text):
        return text
    return text[-1] if text[-1] in ".!?:;" else ""
