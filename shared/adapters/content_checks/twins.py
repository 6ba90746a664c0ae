"""Questions that ask nearly the same."""

from collections.abc import Iterator, Sequence
from typing import Final

from shared.adapters.content_checks.finding import Finding, error, place, warning
from shared.adapters.content_checks.likeness import alike_in_content, alike_in_wording
from shared.domain.question import Question, QuestionType

SAME_WORDING: Final = 0.5
"""Jaccard index of the prompts' three-word sequences: two thirds of them are the same."""
NEAR_WORDING: Final = 0.25
"""Scored questions of the first three tracks stay at or below 0.11."""
SAME_CONTENT: Final = 0.75
"""Cosine of the weighted content stems of prompt and key."""
NEAR_CONTENT: Final = 0.5
"""The likest scored questions of the first three tracks, on one fault of outer joins, have 0.40."""


def check_twins(questions: Sequence[Question]) -> Iterator[Finding]:
    """Find pairs, each reported at its later question.

    Profile questions of different tracks may be the same: a student meets one track.
    """
    wording = alike_in_wording([q.prompt for q in questions], NEAR_WORDING)
    content = alike_in_content([_prompt_and_key(q) for q in questions], NEAR_CONTENT)
    reasons: dict[tuple[int, int], list[tuple[bool, str]]] = {}
    for left, right, index in wording:
        reason = index >= SAME_WORDING, f"{index:.0%} of the wording of the prompts"
        reasons.setdefault((left, right), []).append(reason)
    for left, right, cosine in content:
        reason = cosine >= SAME_CONTENT, f"{cosine:.0%} of the content of prompt and key"
        reasons.setdefault((left, right), []).append(reason)
    for (left, right), found in sorted(reasons.items()):
        first, second = questions[left], questions[right]
        if _may_be_the_same(first, second):
            continue
        report = error if any(is_same for is_same, _ in found) else warning
        yield report(
            "near-identical",
            place(second.slug),
            f"Shares {' and '.join(text for _, text in found)} with {first.slug}; ask for another "
            "idea, or remove one of them.",
        )


def _prompt_and_key(question: Question) -> str:
    """Return what a question is about; all options of one that has no key."""
    keys = [o.text for o in question.options if o.correct is not False]
    points = [k.text for k in question.rubric.key_points] if question.rubric else []
    return "\n".join([question.prompt, *keys, *points])


def _may_be_the_same(first: Question, second: Question) -> bool:
    is_profile = QuestionType.PROFILE in {first.type, second.type}
    return is_profile and first.track_id != second.track_id
