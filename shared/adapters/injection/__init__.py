"""Text in an answer that is meant for the grader and not for the question.

A flag asks a person to look. It never changes a mark, and it says nothing about intent: students
quote, joke and paste. Each flag names one thing that was seen:

- `addresses_grader`: a passage that speaks to whoever marks the answer, or steers the mark: orders,
  pleas, threats, claims in the name of staff or system, marks in the form that a grader gives
- `hidden_characters`: characters that a reader cannot see
- `encoded_text`: such a passage in base64, hex, ROT13, reversed and the like
"""

from typing import Final

from shared.adapters.injection.address import addresses_grader
from shared.adapters.injection.disguises import undisguised
from shared.adapters.injection.reading import fold, has_hidden_characters, hidden_text

LONGEST: Final = 20_000
"""Characters that are looked at; answers have at most 10,000."""


def find_flags(text: str) -> tuple[str, ...]:
    """Return the names of what was found, sorted; deterministic and linear in the text."""
    text = text[:LONGEST]
    flags: set[str] = set()
    if addresses_grader(fold(text)):
        flags.add("addresses_grader")
    if has_hidden_characters(text) or addresses_grader(fold(hidden_text(text))):
        flags.add("hidden_characters")
    if any(addresses_grader(fold(passage)) for passage in undisguised(text)):
        flags.add("encoded_text")
    return tuple(sorted(flags))
