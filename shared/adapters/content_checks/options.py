"""Options that give their key away: by number, by length, by position."""

import re
from collections.abc import Iterator, Sequence
from statistics import mean
from typing import Final

from shared.adapters.content_checks.chance import is_often, is_seldom
from shared.adapters.content_checks.finding import Finding, error, place, warning
from shared.domain.question import Option, Question

LONGEST_KEY: Final = 1.6
"""Times the mean length of the other options; a key beyond it is seen without reading."""
SHORT_OPTION: Final = 12
"""Characters; below this mean length (numbers, names) a ratio of lengths says nothing."""
ALL_THAT_APPLY: Final = "all that apply"
_ASKS_FOR_SEVERAL: Final = re.compile(
    rf"\b{ALL_THAT_APPLY}\b|\b(?:select|choose|mark|pick|tick|name) (?:all|two|three|four)\b"
)
"""What tells students that several options are right."""


def check_keys(question: Question) -> Iterator[Finding]:
    """Find a wrong number of correct options, and a prompt that does not say which it is."""
    where = place(question.slug, "options")
    correct, total = len(question.correct_options), len(question.options)
    prompt = " ".join(question.prompt.casefold().split())
    if not question.multiple and correct != 1:
        yield error(
            "key-count", where, f"{correct} options are correct; a single choice has exactly one."
        )
    if question.multiple and not 1 < correct < total:
        yield error(
            "key-count",
            where,
            f"{correct} of {total} options are correct; a multiple choice has at least two, and "
            "at least one that is not.",
        )
    if question.multiple and not _ASKS_FOR_SEVERAL.search(prompt):
        yield error(
            "key-count",
            place(question.slug, "prompt"),
            "Several options are correct and the prompt does not say so; end it with “Select all "
            "that apply.”",
        )
    if not question.multiple and ALL_THAT_APPLY in prompt:
        yield error(
            "key-count",
            place(question.slug, "prompt"),
            "The prompt asks for all that apply, but only one option can be chosen; ask for one.",
        )


def check_key_length(question: Question) -> Iterator[Finding]:
    """Find a single key that stands out by its length."""
    keys = [o for o in question.options if o.correct]
    others = [len(o.text) for o in question.options if not o.correct]
    if len(keys) != 1 or not others or mean(others) < SHORT_OPTION:
        return
    ratio = len(keys[0].text) / mean(others)
    if ratio > LONGEST_KEY:
        yield warning(
            "key-length",
            place(question.slug, "options", keys[0].id),
            f"The key is {ratio:.1f} times as long as the others on average (more than "
            f"{LONGEST_KEY}); shorten it, or say as much in the others.",
        )


def check_key_lengths(pool: str, questions: Sequence[Question]) -> Iterator[Finding]:
    """Find a pool in which “take the longest” beats chance, or the shortest: exact bounds.

    With several keys, chance is their share of the options. The longest is what students are told
    to guess, so that it is the error.
    """
    chances = [len(q.correct_options) / len(q.options) for q in questions]
    for sign, name, found in ((1, "longest", error), (-1, "shortest", warning)):
        hits = [q for q in questions if _stands_out(q.options, sign)]
        if is_often(len(hits), chances):
            yield found(
                f"{name}-is-key",
                pool,
                f"In {len(hits)} of {len(questions)} questions the {name} option is correct; "
                f"chance gives {sum(chances):.0f}. Reword keys or other options of some of "
                f"{', '.join(q.slug for q in hits)}.",
            )


def _stands_out(options: Sequence[Option], sign: int) -> bool:
    """Tell whether the one longest option (shortest, with a negative sign) is correct."""
    first, second = sorted(options, key=lambda o: -sign * len(o.text))[:2]
    return first.correct is True and len(first.text) != len(second.text)


def check_positions(pool: str, questions: Sequence[Question]) -> Iterator[Finding]:
    """Find positions that hold the key too often or too seldom: exact bound for each of them.

    A chi-square test would say the same of the whole; this one names the position, and holds for
    small pools and for questions with more options than others.
    """
    for position in range(max((len(q.options) for q in questions), default=0)):
        offered = [q for q in questions if position < len(q.options)]
        chances = [len(q.correct_options) / len(q.options) for q in offered]
        hits = sum(q.options[position].correct is True for q in offered)
        often = is_often(hits, chances)
        if often or is_seldom(hits, chances):
            yield error(
                "key-position",
                pool,
                f"Option {chr(ord('a') + position)} is correct in {hits} of {len(offered)} "
                f"questions; chance gives {sum(chances):.0f}. Reorder the options of some "
                f"questions so that it is {'less' if often else 'more'} often the key.",
            )
