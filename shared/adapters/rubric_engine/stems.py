"""Word stems, so that `caches`, `cached` and `caching` count as one word."""

from functools import lru_cache
from typing import Final

ENDINGS: Final = (
    "izations", "isations", "ization", "isation", "ations", "ements", "ingly", "ation", "ement",
    "ities", "ments", "ators", "ables", "ating", "izing", "ising", "ances", "ences", "ance",
    "ence", "able", "ible", "ment", "ness", "ions", "ings", "ator", "ated", "ates", "ized", "ised",
    "izes", "ises", "ally", "ical", "ants", "ents", "ive", "ion", "ing", "ies", "ied", "ity", "ers",
    "ors", "ate", "ize", "ise", "ant", "ent", "al", "ed", "er", "or", "es", "ly", "s", "e", "y",
)  # fmt: skip
"""English inflections and the commonest derivations, longest first."""
SHORTEST_STEM: Final = 3
"""Fewer letters than this say too little to be compared; longer endings ask for longer stems."""
MOST_ENDINGS: Final = 2


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the lower-case word without its endings.

    A light stemmer in the manner of Lovins (1968): the longest ending goes, twice at most
    (`connections`, `connected`, `connect`). It only has to map the forms of a word to one string,
    so that string need not be a word. What is not plain letters stays as it is.
    """
    if not (word.isascii() and word.isalpha()):
        return word
    for _ in range(MOST_ENDINGS):
        ending = next((e for e in ENDINGS if word.endswith(e) and _can_lose(word, e)), None)
        if ending is None:
            break
        word = word[: -len(ending)]
    is_doubled = len(word) > SHORTEST_STEM and word[-1] == word[-2]
    return word[:-1] if is_doubled else word


def _can_lose(word: str, ending: str) -> bool:
    if ending == "s" and word.endswith(("ss", "us", "is")):
        return False
    left = len(word) - len(ending)
    return left >= SHORTEST_STEM + (len(ending) > 1) + ending.startswith(("ant", "ent"))
