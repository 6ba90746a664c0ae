"""Essay marks: what an engine says, and what of it code has verified."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NewType

from shared.domain.assessment import Response, Snapshot
from shared.domain.question import CriterionName, Question, QuestionId, Rubric
from shared.domain.rounding import half_up

EssayScoreId = NewType("EssayScoreId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens that a model call cost; zero for engines without a model."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def total(self) -> int:
        return self.prompt_tokens + self.completion_tokens


NO_USAGE: Final = Usage()


PERSON: Final = "person"
"""The engine of marks that somebody gave or confirmed."""


UNREAD: Final = "unread"
"""In the engine's place where nobody has read the essay: it waits for a person's first marks."""
AI_SCORING_DECLINED: Final = "ai_scoring_declined"
"""The flag of such an essay, which is why a person looks at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What produced a piece of text or a mark."""

    engine: str
    """`openai`, `rubric`, `rule`, `person` or `unread` for essays, `openai` or `template` for
    summaries."""
    model: str | None = None
    prompt_version: str | None = None
    prompt_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionMark:
    """One criterion as the engine marked it; `quotes` are claims until code has found them."""

    name: CriterionName
    score: float
    """0–10."""
    feedback: str
    next_level: str
    """What would lift the answer to the next rubric level; empty at the top."""
    quotes: tuple[str, ...]
    unsure: bool = False
    certainty: float = 1.0
    """What the engine says of itself, 0–1; 1 where it says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EssayMarks:
    """What an engine answers for one essay."""

    criteria: tuple[CriterionMark, ...]
    feedback: str
    flags: tuple[str, ...]
    """Reasons for a person to look, such as `addresses_grader`; they never change a mark."""
    provenance: Provenance
    usage: Usage = NO_USAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A literal span of the answer: `answer[start:end] == quote`, in code points."""

    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionScore:
    name: CriterionName
    score: float
    feedback: str
    next_level: str
    evidence: tuple[Evidence, ...]
    unsure: bool
    certainty: float = 1.0
    """What the engine said of itself, 0–1. It can lower confidence and never raise it."""

    @property
    def trust(self) -> float:
        """How far the mark can be trusted, 0–1: nothing said counts against what code has seen."""
        return 0.0 if self.unsure else self.certainty


ENGINES_DISAGREE: Final = "engines_disagree"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondReading:
    """What another engine made of the same answer: it changes no mark, only how far one is sure."""

    score: float
    """0–10, the criteria weighted by the rubric."""
    provenance: Provenance
    bound: float
    """Difference of the two scores, 0–10, beyond which a person looks; one decimal, as they."""

    def disagrees_with(self, score: float) -> bool:
        return round(abs(score - self.score), 1) > self.bound


@dataclass(frozen=True, slots=True, kw_only=True)
class EssayScore:
    """One scoring event, append-only; the newest of a question is the one that counts."""

    id: EssayScoreId
    assessment_id: str
    question_id: QuestionId
    score: float
    """0–10, the criteria weighted by the rubric."""
    criteria: tuple[CriterionScore, ...]
    feedback: str
    flags: tuple[str, ...]
    provenance: Provenance
    rubric_hash: str
    question_version: int
    attempt: int
    created_at: datetime
    second_reading: SecondReading | None = None

    @property
    def is_unsure(self) -> bool:
        return any(c.unsure for c in self.criteria)

    @property
    def needs_review(self) -> bool:
        return bool(self.flags) or self.is_unsure

    @property
    def is_by_person(self) -> bool:
        return self.provenance.engine == PERSON

    @property
    def is_unread(self) -> bool:
        """Whether it only holds the essay's place in the queue: its `score` is no mark."""
        return self.provenance.engine == UNREAD

    @property
    def trust(self) -> float:
        """How far the score can be trusted, 0–1: not at all where two engines disagree."""
        if ENGINES_DISAGREE in self.flags:
            return 0.0
        return sum(c.trust for c in self.criteria) / len(self.criteria)


@dataclass(frozen=True, slots=True, kw_only=True)
class EssayTask:
    """Everything an engine may see of an essay: the question and the answer, no identity."""

    question: Question
    answer: str

    @property
    def rubric(self) -> Rubric:
        if self.question.rubric is None:
            raise ValueError(f"question {self.question.id} has no rubric")
        return self.question.rubric


def task_of(
    question_id: QuestionId | None,
    snapshots: Sequence[Snapshot],
    responses: Mapping[QuestionId, Response],
) -> EssayTask:
    """Return the essay as it was asked and answered; an essay without a response is blank."""
    question = next(s.question for s in snapshots if s.question.id == question_id)
    response = responses.get(question.id)
    return EssayTask(question=question, answer=(response.answer.text or "") if response else "")


def find_evidence(answer: str, quotes: Sequence[str]) -> tuple[Evidence, ...]:
    """Return the quotes that stand in the answer, as the answer spells them.

    Only white space may differ: models fold line breaks. A quote of fewer than two characters
    proves nothing and is dropped; a repeated one counts once.
    """
    found: dict[tuple[int, int], Evidence] = {}
    for quote in quotes:
        words = quote.split()
        if len("".join(words)) < 2:  # noqa: PLR2004
            continue
        match = re.search(r"\s+".join(map(re.escape, words)), answer)
        if match:
            start, end = match.span()
            found[start, end] = Evidence(quote=match.group(), start=start, end=end)
    return tuple(found.values())


def verify_marks(marks: EssayMarks, answer: str) -> tuple[CriterionScore, ...]:
    """Turn an engine's marks into scores whose evidence code has found in the answer.

    A criterion whose quotes cannot all be found, or that quotes nothing from an answer that is
    not blank, becomes unsure: its mark stands, and a person looks.
    """
    return tuple(_verify(mark, answer) for mark in marks.criteria)


def _verify(mark: CriterionMark, answer: str) -> CriterionScore:
    evidence = find_evidence(answer, mark.quotes)
    claims = {" ".join(quote.split()) for quote in mark.quotes}
    is_unproven = len(evidence) < len(claims) or (not evidence and bool(answer.strip()))
    return CriterionScore(
        name=mark.name,
        score=min(10.0, max(0.0, mark.score)),
        feedback=mark.feedback,
        next_level=mark.next_level,
        evidence=evidence,
        unsure=mark.unsure or is_unproven,
        certainty=mark.certainty,
    )


def weigh(criteria: Sequence[CriterionScore], rubric: Rubric) -> float:
    """Return the total 0–10: the criteria's marks by the rubric's weights, one decimal, half up."""
    weights = {c.name: c.weight for c in rubric.criteria}
    total = sum(weights.values())
    return half_up(sum(c.score * weights[c.name] for c in criteria) / total, digits=1)


def certainty_of(criteria: Sequence[CriterionScore], rubric: Rubric) -> float:
    """Return how far an essay's score can be trusted, 0.5–1, two decimals.

    The trust in its criteria by the rubric's weights; half of it stays, since an unsure mark is
    usually near.
    """
    weights = {c.name: c.weight for c in rubric.criteria}
    sure = sum(weights[c.name] * c.trust for c in criteria)
    return round(0.5 + 0.5 * sure / sum(weights.values()), 2)


def score_of(
    marks: EssayMarks,
    task: EssayTask,
    *,
    id: EssayScoreId,
    assessment_id: str,
    attempt: int,
    at: datetime,
    second: SecondReading | None = None,
) -> EssayScore:
    """Make the scoring event of verified marks; the total is computed here, never by an engine."""
    criteria = verify_marks(marks, task.answer)
    score = weigh(criteria, task.rubric)
    disagreement = (ENGINES_DISAGREE,) if second and second.disagrees_with(score) else ()
    return EssayScore(
        id=id,
        assessment_id=assessment_id,
        question_id=task.question.id,
        score=score,
        criteria=criteria,
        feedback=marks.feedback,
        flags=tuple(sorted({*marks.flags, *disagreement})),
        provenance=marks.provenance,
        rubric_hash=task.rubric.hash,
        question_version=task.question.version,
        attempt=attempt,
        created_at=at,
        second_reading=second,
    )


def blank_marks(rubric: Rubric) -> EssayMarks:
    """Return the marks of an answer that was not given: no engine needs to read it."""
    return EssayMarks(
        criteria=tuple(
            CriterionMark(
                name=criterion.name,
                score=0.0,
                feedback="No answer was given.",
                next_level=criterion.levels[0].description if criterion.levels else "",
                quotes=(),
            )
            for criterion in rubric.criteria
        ),
        feedback="No answer was given.",
        flags=(),
        provenance=Provenance(engine="rule"),
    )


def unread_score(
    task: EssayTask, *, id: EssayScoreId, assessment_id: str, at: datetime
) -> EssayScore:
    """Return what stands for an essay that no engine may read until a person has marked it.

    It has no criteria and attempt 0, so that a person's marks are the first.
    """
    return EssayScore(
        id=id,
        assessment_id=assessment_id,
        question_id=task.question.id,
        score=0.0,
        criteria=(),
        feedback="",
        flags=(AI_SCORING_DECLINED,),
        provenance=Provenance(engine=UNREAD),
        rubric_hash=task.rubric.hash,
        question_version=task.question.version,
        attempt=0,
        created_at=at,
    )
