"""Essays marked without a model: the embedded default, and the path when a model fails."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.adapters.injection import find_flags
from shared.adapters.rubric_engine.answer import Answer, read
from shared.adapters.rubric_engine.coefficients import DEFAULT, Coefficients
from shared.adapters.rubric_engine.coverage import PointCoverage, cover
from shared.adapters.rubric_engine.feedback import (
    accuracy_feedback,
    next_level,
    summary,
    text_feedback,
)
from shared.adapters.rubric_engine.marks import Marked, mark
from shared.adapters.rubric_engine.mentions import Haystack
from shared.adapters.rubric_engine.quotes import (
    accuracy_quotes,
    clarity_quotes,
    coherence_quotes,
)
from shared.adapters.rubric_engine.reference import Meaning, content_words
from shared.adapters.rubric_engine.rubric import PreparedRubric, prepare
from shared.domain.errors import EngineError
from shared.domain.essay import CriterionMark, EssayMarks, EssayTask, Provenance
from shared.domain.question import CriterionName, RubricCriterion
from shared.ports.embedder import Embedder

ENGINE: Final = "rubric"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """An essay as it was read and compared, before it is marked."""

    rubric: PreparedRubric
    answer: Answer
    meaning: Meaning | None
    coverage: Sequence[PointCoverage]


class OfflineEssayScorer:
    """Marks by the rubric's key points: deterministic, and it never raises.

    Accuracy follows the weighted share of the key points that the answer covers, by their terms,
    their wording and, with an embedder, their meaning. Clarity and coherence follow accuracy as
    graders' marks do, and features of the text to a tenth. An embedder that fails is done without.
    """

    def __init__(
        self, *, embedder: Embedder | None = None, coefficients: Coefficients = DEFAULT
    ) -> None:
        self._embedder = embedder
        self._coefficients = coefficients

    def score(self, task: EssayTask) -> EssayMarks:
        seen = self.examine(task)
        answer, coverage = seen.answer, seen.coverage
        marks = mark(answer, seen.rubric, coverage, self._coefficients, seen.meaning)
        flags = find_flags(task.answer)
        return EssayMarks(
            criteria=tuple(
                _explain(criterion, marks[criterion.name], answer, coverage, flags)
                for criterion in task.rubric.criteria
            ),
            feedback=summary(marks[CriterionName.ACCURACY].score, answer),
            flags=flags,
            provenance=Provenance(engine=ENGINE, model=self._model(seen.meaning is not None)),
        )

    def examine(self, task: EssayTask) -> Examined:
        """Return what marks are made of; evals fit them on the same."""
        rubric = prepare(task.question)
        answer = read(task.answer, rubric)
        meaning = self._compare(rubric, answer)
        coverage = cover(
            rubric.points,
            Haystack(answer.own),
            vocabulary=rubric.vocabulary,
            coefficients=self._coefficients.coverage,
            similarities=meaning.points if meaning else None,
        )
        return Examined(rubric=rubric, answer=answer, meaning=meaning, coverage=coverage)

    def _compare(self, rubric: PreparedRubric, answer: Answer) -> Meaning | None:
        """Return cosines with the key points and the reference; None without an embedder."""
        if self._embedder is None or not answer.own:
            return None
        points = [p.key.text for p in rubric.points]
        words = content_words(answer.own) if rubric.is_derived else ()
        reference = rubric.reference.content if rubric.is_derived else ()
        try:
            return Meaning(
                points=self._cosines(points, [s.text for s in answer.own]),
                words=self._cosines(reference, words),
            )
        except EngineError:
            return None

    def _cosines(self, left: Sequence[str], right: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return the cosine of each text on the left with each on the right."""
        if self._embedder is None or not left:
            return []
        if not right:
            return [[] for _ in left]
        import numpy as np  # noqa: PLC0415 - an embedder has paid for it

        cosines = np.asarray(self._embedder.embed(left)) @ np.asarray(self._embedder.embed(right)).T
        rows: list[list[float]] = cosines.tolist()
        return rows

    def _model(self, is_semantic: bool) -> str:  # noqa: FBT001
        name = self._coefficients.name
        return f"{name}+{self._embedder.model}" if self._embedder and is_semantic else name


def _explain(
    criterion: RubricCriterion,
    marked: Marked,
    answer: Answer,
    coverage: Sequence[PointCoverage],
    flags: Sequence[str],
) -> CriterionMark:
    match criterion.name:
        case CriterionName.ACCURACY:
            quotes, feedback = accuracy_quotes(answer, coverage), accuracy_feedback(coverage)
        case CriterionName.CLARITY:
            quotes, feedback = clarity_quotes(answer), text_feedback(marked)
        case CriterionName.COHERENCE:
            quotes, feedback = coherence_quotes(answer), text_feedback(marked)
    return CriterionMark(
        name=criterion.name,
        score=marked.score,
        feedback=feedback,
        next_level=next_level(criterion, marked.score),
        quotes=quotes,
        unsure=marked.unsure or bool(flags),
    )
