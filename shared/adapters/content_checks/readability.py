"""Prompts that are harder to read than what they ask."""

from collections.abc import Iterator
from typing import Final

from shared.adapters.content_checks.finding import Finding, error, place, warning
from shared.adapters.content_checks.prose import grade_of
from shared.domain.question import Question

HARD: Final = 10.0
"""School grade (Flesch–Kincaid). Students read against the clock, and many of them in a second
language; half of the prompts of the first three tracks stay below 6."""
TOO_HARD: Final = 14.0
"""College: such a prompt tests reading first."""


def check_reading_level(question: Question) -> Iterator[Finding]:
    grade = grade_of(question.prompt)
    if grade is not None and grade > HARD:
        found = error if grade > TOO_HARD else warning
        yield found(
            "reading-level",
            place(question.slug, "prompt"),
            f"Its prose reads at grade {grade:.1f} (over {HARD:.0f}); split sentences and use "
            "shorter words.",
        )
