"""Does a text say more than the facts it was made from? Numbers, titles, providers, links."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

LINK: Final = re.compile(
    r"https?:|www\.|\b[\w.+-]+@\w|\b[a-z0-9-]+\.(?:com|edu|org)\b", re.IGNORECASE
)
NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
EXAM_CODE: Final = re.compile(r"\b[A-Z]{2,4}-[A-Z]?\d{2,4}\b")
QUOTED: Final = re.compile(r"[“\"«]([^“”\"«»]+)[”\"»]")
NAME: Final = re.compile(
    r"[A-Z][\w+#./-]*(?:(?:,? |: | [-–—&] )(?:(?:a|an|and|for|from|in|of|on|the|to|with) )*"
    r"[A-Z][\w+#./-]*)+"
)
"""Two or more capitalised words, with the small words that titles have between them."""
SENTENCE_START: Final = re.compile(r"(?:^|[.!?:]\s*)$")
SMALL_WORDS: Final = re.compile(r"^(?:[a-z]+ )+")
JOINT: Final = re.compile(r",? (?:and|by|from|on|or|then|with) ")
CREDENTIAL_WORDS: Final = frozenset(
    {"academy", "associate", "bootcamp", "certificate", "certification", "certified", "course"}
    | {"degree", "diploma", "exam", "fundamentals", "nanodegree", "practitioner", "professional"}
    | {"program", "programme", "specialization"}
)
PLATFORMS: Final = re.compile(
    r"\b(codecademy|coursera|datacamp|edx|freecodecamp|futurelearn|khan academy|linkedin learning|"
    r"pluralsight|skillshare|udacity|udemy)\b",
    re.IGNORECASE,
)


def find_inventions(text: str, facts: str) -> tuple[str, ...]:
    """Return what the text names and the facts do not.

    It errs on the side of finding: a refused summary costs a template, an invented certificate a
    student's trust.
    """
    known = f" {_plain(facts)} "
    numbers = set(NUMBER.findall(facts))
    found = [match.group() for match in LINK.finditer(text)]  # not even those in the facts
    found += [number for number in NUMBER.findall(text) if number not in numbers]
    found += [
        name for name in (*_plain_names(text), *_titles(text, known)) if not _is_in(known, name)
    ]
    return tuple(dict.fromkeys(found))


def _plain_names(text: str) -> Iterator[str]:
    for pattern in (EXAM_CODE, PLATFORMS):
        yield from (match.group() for match in pattern.finditer(text))
    yield from (quoted for quoted in QUOTED.findall(text) if len(quoted.split()) > 1)


def _titles(text: str, known: str) -> Iterator[str]:
    for match in NAME.finditer(text):
        name = match.group()
        if SENTENCE_START.search(text[: match.start()]):
            name = _without_verb(name, known)
        for part in [name] if _is_in(known, name) else JOINT.split(name):
            title = SMALL_WORDS.sub("", part)
            words = _plain(title).split()
            if len(words) > 1 and not CREDENTIAL_WORDS.isdisjoint(words):
                yield title


def _without_verb(name: str, known: str) -> str:
    """Drop the first word of a sentence, which is capitalised anyway: "Take AWS Certified …"."""
    rest = name.split(maxsplit=1)[1]
    return name if _is_in(known, name) else rest


def _is_in(known: str, name: str) -> bool:
    return f" {_plain(name)} " in known


def _plain(text: str) -> str:
    """Fold case and width and drop dashes and quotes, so that only the words count."""
    return " ".join(re.findall(r"[\w+#]+", unicodedata.normalize("NFKC", text).casefold()))
