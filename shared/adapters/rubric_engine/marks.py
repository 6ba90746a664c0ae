"""Marking: what was read and found, as marks 0–10 with the doubts about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.adapters.rubric_engine.answer import Answer
from shared.adapters.rubric_engine.coefficients import Additive, Coefficients
from shared.adapters.rubric_engine.coverage import PointCoverage
from shared.adapters.rubric_engine.features import (
    accuracy_features,
    clarity_features,
    coherence_features,
    reference_features,
)
from shared.adapters.rubric_engine.reference import Meaning
from shared.adapters.rubric_engine.rubric import PreparedRubric
from shared.domain.question import CriterionName

COVERED_FROM: Final = 0.7
TOUCHED_FROM: Final = 0.3
"""Shares of a key point: covered, touched on, missing."""
FEW_WORDS: Final = 12
"""Fewer words than a sentence: what is said can hardly be told from what is named."""
LITTLE_ENGLISH: Final = 0.15
"""Share of English function words; notes have 0.2 and more, other languages next to none."""
MUCH_TOUCHED: Final = 0.35
"""Share of the key points' weight that is neither covered nor missing."""
MUCH_DISTRUSTED: Final = 0.15
"""Share of the key points' weight whose terms were found but not trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """One criterion: its mark, and the features (0–1) that made it, accuracy's mark aside."""

    name: CriterionName
    score: float
    features: Mapping[str, float]
    is_held_down: bool
    """Whether the mark was cut because too few of the key points are there."""
    unsure: bool


def mark(
    answer: Answer,
    rubric: PreparedRubric,
    coverage: Sequence[PointCoverage],
    coefficients: Coefficients,
    meaning: Meaning | None = None,
) -> dict[CriterionName, Marked]:
    """Mark the answer on each criterion, one decimal."""
    if rubric.is_derived:
        features = reference_features(answer, rubric, coverage, meaning)
        accuracy = coefficients.by_reference.mark(features) if answer.own else 0.0
    else:
        features = accuracy_features(answer, rubric, coverage)
        accuracy = coefficients.accuracy.mark(features)
    most = coefficients.most_beside_accuracy.at(accuracy)
    is_unreadable = _is_unreadable(answer)

    def beside(name: CriterionName, by: Additive, measured: Mapping[str, float]) -> Marked:
        own = by.mark({**measured, "accuracy": accuracy})
        return Marked(
            name=name,
            score=round(min(own, most), 1),
            features={feature: measured[feature] for feature in by.curves if feature in measured},
            is_held_down=own > most,
            unsure=is_unreadable,
        )

    return {
        CriterionName.ACCURACY: Marked(
            name=CriterionName.ACCURACY,
            score=round(accuracy, 1),
            features=features,
            is_held_down=False,
            unsure=is_unreadable or answer.prose < 1 or _is_doubtful(coverage),
        ),
        CriterionName.CLARITY: beside(
            CriterionName.CLARITY, coefficients.clarity, clarity_features(answer, rubric)
        ),
        CriterionName.COHERENCE: beside(
            CriterionName.COHERENCE, coefficients.coherence, coherence_features(answer, rubric)
        ),
    }


def _is_unreadable(answer: Answer) -> bool:
    return answer.words < FEW_WORDS or answer.english < LITTLE_ENGLISH


def _is_doubtful(coverage: Sequence[PointCoverage]) -> bool:
    """Tell whether the signs contradict each other or stay half-way too often."""
    total = sum(c.point.key.weight for c in coverage)
    touched = sum(c.point.key.weight for c in coverage if TOUCHED_FROM <= c.share < COVERED_FROM)
    distrusted = sum(c.point.key.weight * max(0.0, (c.terms or 0.0) - c.share) for c in coverage)
    return (
        total == 0
        or touched / total >= MUCH_TOUCHED
        or distrusted / total >= MUCH_DISTRUSTED
        or any(c.is_denied for c in coverage)
    )
