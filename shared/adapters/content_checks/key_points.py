"""Key points that the prompt gives away, or that even the reference answer does not hold."""

from collections.abc import Iterator
from typing import Final

from shared.adapters.content_checks.finding import Finding, error, place, shown, warning
from shared.adapters.content_checks.prose import without_code
from shared.adapters.rubric_engine.answer import read
from shared.adapters.rubric_engine.coefficients import DEFAULT
from shared.adapters.rubric_engine.coverage import PointCoverage, cover
from shared.adapters.rubric_engine.mentions import Haystack
from shared.adapters.rubric_engine.reading import content_of, sentences_of
from shared.adapters.rubric_engine.rubric import Term, prepare
from shared.domain.question import KeyPoint, Question

GIVEN_AWAY: Final = 0.8
"""Share of a key point's content stems that one sentence of the prompt has: nothing to add."""
HINTED_AT: Final = 0.6
"""Share from which a key point is worth a second look."""
FEWEST_STEMS: Final = 4
"""Content stems of a key point; with fewer, what it says of them may lie in the other words."""
COVERED: Final = 0.7
"""The engine's share of a key point from which a reference answer holds it; less costs the
reference answer itself a mark."""
HALF_COVERED: Final = 0.4
"""Below it, the engine finds hardly anything of the key point."""


def check_key_points(question: Question) -> Iterator[Finding]:
    yield from check_given_away(question)
    yield from check_terms(question)
    yield from check_reference(question)


def check_given_away(question: Question) -> Iterator[Finding]:
    """Find key points that a sentence of the prompt has said.

    Words scattered over the prompt, or in the code that it shows, say no idea yet.
    """
    said = [s.content for s in sentences_of(without_code(question.prompt))]
    for key in question.rubric.key_points if question.rubric else ():
        stems = content_of(key.text)
        share = max((len(stems & s) / len(stems) for s in said), default=0.0) if stems else 0.0
        if share >= HINTED_AT:
            is_given = share >= GIVEN_AWAY and len(stems) >= FEWEST_STEMS
            found = error if is_given else warning
            yield found(
                "key-point-in-prompt",
                _at(question, key),
                f"{share:.0%} of its words stand in one sentence of the prompt; ask for the idea "
                "without saying it, or make the key point what a student has to add.",
            )


def check_terms(question: Question) -> Iterator[Finding]:
    """Find groups of terms that words of the prompt alone would meet."""
    if question.rubric is None or not question.rubric.key_points:
        return
    prompt = Haystack(sentences_of(question.prompt))
    for point in prepare(question).points:
        for number, group in enumerate(point.groups):
            given = [term.text for term in group if _stands_in(prompt, term)]
            if given and len(given) == len(group):
                yield warning(
                    "terms-in-prompt",
                    f"{_at(question, point.key)}/terms/{number}",
                    f"The prompt says {', '.join(map(shown, given))} itself, and the group has no "
                    "other wording; add what students would write of their own.",
                )


def check_reference(question: Question) -> Iterator[Finding]:
    """Find key points that the engine does not find in the reference answer."""
    if question.rubric is None:
        return
    rubric = prepare(question)
    answer = read(question.rubric.reference_answer, rubric)
    for covered in cover(
        rubric.points,
        Haystack(answer.own),
        vocabulary=rubric.vocabulary,
        coefficients=DEFAULT.coverage,
    ):
        if covered.share < COVERED:
            found = error if covered.share < HALF_COVERED else warning
            yield found(
                "key-point-uncovered",
                _at(question, covered.point.key),
                f"The reference answer covers {covered.share:.0%} of it by the engine's reading"
                f"{_why(covered, question.rubric.reference_answer)}; say it in the answer, or add "
                "the answer's wording to the terms.",
            )


def _why(covered: PointCoverage, answer: str) -> str:
    if covered.is_denied:
        return " (it is mentioned only within the reach of a negation, such as “instead of”)"
    haystack = Haystack(sentences_of(answer))
    groups = [
        shown(group[0].text)
        for group in covered.point.groups
        if not any(_stands_in(haystack, term) for term in group)
    ]
    return f" (no wording of the group {', '.join(groups)})" if groups else ""


def _stands_in(haystack: Haystack, term: Term) -> bool:
    return next(haystack.places(term), None) is not None


def _at(question: Question, key: KeyPoint) -> str:
    return place(question.slug, "rubric", "keyPoints", key.id)
