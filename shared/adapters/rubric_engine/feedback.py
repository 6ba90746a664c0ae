"""Feedback: marks in plain words to the student."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from shared.adapters.rubric_engine.answer import Answer
from shared.adapters.rubric_engine.coverage import PointCoverage
from shared.adapters.rubric_engine.lexicon import FUNCTION_WORDS
from shared.adapters.rubric_engine.marks import COVERED_FROM, TOUCHED_FROM, Marked
from shared.domain.question import RubricCriterion

MOST_NAMED: Final = 3
"""Key points that one sentence of feedback names; a longer list is not read."""
LONGEST_NAME: Final = 10
"""Words by which a key point is named: enough to look it up, not enough to copy it."""
FEWEST_NAME: Final = 3
WEAK: Final = 0.6
"""A feature under this is worth a word of advice."""
NEARLY: Final = 0.5
"""A mark this near to a level has reached it."""

_CLAUSE = re.compile(r"[,;:(.]| (?:because|so that|although|even if|even though|that is) ")

_PRAISE: Final[Mapping[str, str]] = {
    "length": "You wrote enough for your thoughts to be followed.",
    "sentences": "Your sentences are short enough to be read easily.",
    "precision": "You choose precise words.",
    "concreteness": "You tie what you say to concrete cases and terms.",
    "connection": "Your sentences are well connected.",
    "reasons": "You give reasons and consequences.",
    "cohesion": "Each thought takes up the one before.",
    "focus": "You stay with the question from beginning to end.",
}
_ADVICE: Final[Mapping[str, str]] = {
    "length": "The answer is short: say one or two sentences more about each point.",
    "sentences": "Write full sentences of one thought each; split the long ones.",
    "precision": "Replace general words such as “thing” or “good” by what you mean exactly.",
    "concreteness": "Add an example, a number or the exact term where you speak in general.",
    "connection": "Say how your points belong together: what follows from what, what differs.",
    "reasons": "Say why: a “because” or “so that” turns a statement into an explanation.",
    "cohesion": "Take up the last thought before you start the next one.",
    "focus": "Keep to what is asked, and use its terms.",
}
_SUMMARIES: Final = (
    (8.5, "A strong answer: what matters here is there."),
    (6.5, "A good answer that leaves something out."),
    (4.0, "A start: some of what matters is there, some is missing."),
    (1.5, "Little of what matters here was found in your answer."),
    (0.0, "What the question asks for was not found in your answer."),
)


def name_of(text: str) -> str:
    """Return the beginning of a key point: enough to know it by, never the whole."""
    ends = [m.start() for m in _CLAUSE.finditer(text)]
    heads = [text[:end] for end in ends if len(text[:end].split()) >= FEWEST_NAME]
    words = (heads[0] if heads else text).split()
    words = words[: min(LONGEST_NAME, max(FEWEST_NAME, 2 * len(text.split()) // 3))]
    while len(words) > FEWEST_NAME and words[-1].casefold() in FUNCTION_WORDS:
        words.pop()
    return f"“{' '.join(words).rstrip('.')} …”"


def accuracy_feedback(coverage: Sequence[PointCoverage]) -> str:
    """Say which key points were covered, touched on, denied and missed, weightiest first."""
    ordered = sorted(coverage, key=lambda c: -c.point.key.weight)
    covered = [c for c in ordered if c.share >= COVERED_FROM]
    denied = [c for c in ordered if c.is_denied and c.share < COVERED_FROM]
    touched = [c for c in ordered if TOUCHED_FROM <= c.share < COVERED_FROM and c not in denied]
    missing = [c for c in ordered if c.share < TOUCHED_FROM and c not in denied]
    if not ordered:
        return "There is nothing to compare the answer with, so a person has to mark it."
    if not (covered or touched or denied):
        return f"None of the key points was found. A full answer speaks of {_names(missing)}."
    parts = [
        (covered, f"Found {_count(len(covered), len(ordered))}: {{}}."),
        (touched, "Only touched on: {}."),
        (denied, "You seem to deny, so check it: {}."),
        (missing, "Missing: {}."),
    ]
    return " ".join(text.format(_names(points)) for points, text in parts if points)


def _count(some: int, of: int) -> str:
    if some == of:
        return "every key point"
    return f"{some} of {of} key points"


def _names(points: Sequence[PointCoverage]) -> str:
    names = [name_of(p.point.key.text) for p in points[:MOST_NAMED]]
    more = len(points) - len(names)
    if more:
        names.append(f"{more} more")
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def text_feedback(marked: Marked) -> str:
    """Say what is best in the text, and what would help it most."""
    best = max(marked.features, key=lambda name: marked.features[name])
    worst = min(marked.features, key=lambda name: marked.features[name])
    parts: list[str] = []
    if marked.features[best] >= WEAK:
        parts.append(_PRAISE[best])
    if marked.features[worst] < WEAK:
        parts.append(_ADVICE[worst])
    if marked.is_held_down:
        parts.append("The mark is limited because few of the key points are there.")
    return " ".join(parts) or "There is too little text to judge."


def next_level(criterion: RubricCriterion, score: float) -> str:
    """Return what the next level of the rubric asks for; empty at the top.

    The lowest level is never the next: it says what is wrong, not what to aim for.
    """
    levels = sorted(criterion.levels, key=lambda level: level.score)[1:]
    above = (level for level in levels if level.score - score >= NEARLY)
    return next((level.description for level in above), "")


def summary(accuracy: float, answer: Answer) -> str:
    """Sum up in a sentence or two."""
    if answer.sentences and not answer.own:
        return "Your answer repeats the question or lists terms. Say in sentences what you know."
    return next((text for floor, text in _SUMMARIES if accuracy >= floor), _SUMMARIES[-1][1])
