"""Reading: a text cut into sentences, and each sentence into words and stems.

Every step is one pass over the text, so that 10,000 characters of anything take linear time.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Final

from shared.adapters.rubric_engine.lexicon import FUNCTION_WORDS
from shared.adapters.rubric_engine.stems import stem

LONGEST_PIECE: Final = 40
"""Words; a longer sentence is read in pieces, since nearness within it then says little."""
MOST_SENTENCES: Final = 300
"""10,000 characters of prose have about 100; more are fragments that nobody reads either."""
ABBREVIATIONS: Final = ("e.g", "i.e", "vs", "etc", "cf", "approx", "incl", "resp")
STRAIGHT: Final = str.maketrans("\u2018\u2019`\u201c\u201d\u2010\u2011\u2013\u2014", "'''\"\"----")
"""Curly quotation marks and the longer dashes, to what a keyboard has."""

_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['\u2019][^\W_]+)*")
_BREAK = re.compile(
    # The look-behind tries a run of marks once, not from each of them: a run stays linear.
    r"(?<![.!?…\u3002\uff01\uff1f])[.!?…\u3002\uff01\uff1f]++[\"'\u201d\u2019)\]]*+(?=\s|$)"
    r"|;(?=\s)|[\r\n]+"
)
_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Sentence:
    """A sentence, a bullet, or a piece of a very long one; `text` stands in the answer as it is."""

    text: str
    start: int
    is_end: bool = True
    """False for a piece that the sentence goes on after."""

    @cached_property
    def folded(self) -> str:
        return fold(self.text)

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(_WORD.findall(self.folded))

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """Stems of the content words, in order."""
        return tuple(stem(w) for w in self.words if w not in FUNCTION_WORDS)

    @cached_property
    def content(self) -> frozenset[str]:
        return frozenset(self.stems)


def fold(text: str) -> str:
    """Return the text as it is compared: compatible characters, lower case, plain marks.

    Single characters may stand for eighteen; text that grows much by this is cut.
    """
    plain = unicodedata.normalize("NFKC", text)[: 2 * len(text) + 20]
    plain = plain.translate(STRAIGHT).casefold()
    plain = _HYPHEN.sub(" ", plain.replace("e-mail", "email"))
    return _SPACE.sub(" ", plain).strip()


def words_in(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold(text)))


def content_of(text: str) -> frozenset[str]:
    """Return the stems of the text's content words."""
    return frozenset(stem(w) for w in words_in(text) if w not in FUNCTION_WORDS)


def sentences_of(text: str) -> tuple[Sentence, ...]:
    """Return the sentences that hold a word, in order; at most `MOST_SENTENCES`."""
    sentences = (
        Sentence(text=text[start:end], start=start, is_end=is_end)
        for first, last in _spans(text)
        for start, end, is_end in _pieces(text, first, last)
    )
    return tuple(islice(sentences, MOST_SENTENCES))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _BREAK.finditer(text):
        if _ends_sentence(text, match):
            yield start, match.end()
            start = match.end()
    yield start, len(text)


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    """Tell an end from an abbreviation, and from a line that is wrapped in mid-sentence."""
    before = text[max(0, match.start() - 12) : match.start()].casefold()
    if match.group().startswith("."):
        return not before.endswith(ABBREVIATIONS)
    is_one_line_break = match.group() in {"\n", "\r\n", "\r"}
    after = text[match.end() : match.end() + 1]
    return not (is_one_line_break and after.islower() and before[-1:] not in {".", ":", "!", "?"})


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Yield spans of at most `LONGEST_PIECE` words without white space around them, and if last."""
    words = [match.span() for match in _WORD.finditer(text, start, end)]
    for number in range(0, len(words), LONGEST_PIECE):
        is_last = number + LONGEST_PIECE >= len(words)
        first = start if number == 0 else words[number][0]
        last = end if is_last else words[number + LONGEST_PIECE][0]
        piece = text[first:last]
        yield first + len(piece) - len(piece.lstrip()), first + len(piece.rstrip()), is_last
