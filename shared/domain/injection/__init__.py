"""Text in an answer that is meant for the grader and not for the question.

A flag asks a person to look. It never changes a mark, and it says nothing about intent: students
quote, joke and paste. Each flag names one thing that was seen:

- `instructs_grader`: orders on how to mark, or to drop the rubric or earlier instructions
- `assigns_role`: tells the grader to be someone else
- `forged_message`: claims to come from a teacher, the system or the other side of a chat
- `forged_output`: marks in the form in which a grader gives them
- `forged_delimiter`: pretends that the answer ends here
- `pressures_grader`: flattery, pleas, threats and bribes
- `hidden_characters`: characters that a reader cannot see
- `encoded_text`: sentences in base64, hex, reversed and the like
"""

from typing import Final

from shared.domain.injection.encoding import decoded_passages
from shared.domain.injection.phrases import phrases_in
from shared.domain.injection.reading import fold, has_hidden_characters

LONGEST: Final = 20_000
"""Characters that are looked at; answers have at most 10,000."""


def find_flags(text: str) -> tuple[str, ...]:
    """Return the names of what was found, sorted; deterministic and linear in the text."""
    text = text[:LONGEST]
    flags = phrases_in(fold(text))
    if has_hidden_characters(text):
        flags.add("hidden_characters")
    for passage in decoded_passages(text):
        flags |= {"encoded_text"} | phrases_in(fold(passage))
    return tuple(sorted(flags))
