"""Rubrics whose levels do not tell an answer at one mark from an answer at another."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from shared.adapters.content_checks.finding import Finding, error, place, warning
from shared.adapters.content_checks.likeness import first_of_each, jaccard
from shared.adapters.rubric_engine.reading import words_in
from shared.domain.question import Question, RubricCriterion

SAME_LEVEL: Final = 0.7
"""Jaccard index of the words of two levels: about one word in six is another, which may be no more
than "some" for "most"."""
NEAR_LEVEL: Final = 0.5
"""Of the three first tracks, written level by level, no pair reaches 0.35."""


def check_levels(question: Question) -> Iterator[Finding]:
    """Find two levels of a criterion that say nearly the same."""
    for criterion in question.rubric.criteria if question.rubric else ():
        for low, high in combinations(criterion.levels, 2):
            likeness = jaccard(set(words_in(low.description)), set(words_in(high.description)))
            if likeness >= NEAR_LEVEL:
                found = error if likeness >= SAME_LEVEL else warning
                yield found(
                    "levels-alike",
                    _at(question, criterion),
                    f"The levels {low.score:g} and {high.score:g} share {likeness:.0%} of their "
                    "words; say what an answer at each mark shows that the other does not.",
                )


def check_reused_levels(questions: Sequence[Question]) -> Iterator[Finding]:
    """Find criteria with levels that stand word for word in an earlier criterion.

    One phrase may happen to fit twice; a criterion taken over as a whole fits neither question.
    """
    held = [
        (question, criterion, level)
        for question in questions
        if question.rubric
        for criterion in question.rubric.criteria
        for level in criterion.levels
    ]
    reused: dict[str, list[tuple[RubricCriterion, Question]]] = {}
    for number, earlier in first_of_each(level.description for _, _, level in held).items():
        question, criterion, _ = held[number]
        reused.setdefault(_at(question, criterion), []).append((criterion, held[earlier][0]))
    for where, levels in reused.items():
        criterion, source = levels[0]
        found = error if len(levels) == len(criterion.levels) else warning
        yield found(
            "levels-reused",
            where,
            f"{len(levels)} of {len(criterion.levels)} levels stand word for word in "
            f"{source.slug}; say what an answer to this very question shows.",
        )


def _at(question: Question, criterion: RubricCriterion) -> str:
    return place(question.slug, "rubric", "criteria", criterion.name)
