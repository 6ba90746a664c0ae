"""`assay score`: answers that people bring along, a JSON object a line, scored without a stack."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Final, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    model_validator,
)
from pydantic.alias_generators import to_camel

from shared.adapters.rubric_engine.reading import content_of
from shared.adapters.rubric_engine.rubric import derive_key_points
from shared.domain.essay import (
    EssayTask,
    blank_marks,
    certainty_of,
    verify_marks,
    weigh,
)
from shared.domain.level import Level
from shared.domain.question import (
    CriterionName,
    KeyPoint,
    Question,
    QuestionId,
    QuestionType,
    Rubric,
    RubricCriterion,
    RubricLevel,
)
from shared.ports.essay_scorer import EssayScorer

LONGEST: Final = 20_000
"""Characters of a text; the API takes answers of half of that."""
LEVELS: Final = (
    RubricLevel(score=2, description="Little of what the reference answer says is there."),
    RubricLevel(score=5, description="Some of what the reference answer says is there."),
    RubricLevel(score=8, description="Most of what the reference answer says is there, and right."),
    RubricLevel(score=10, description="All that the reference answer says is there, and right."),
)
"""For those who bring none."""
WEIGHTS: Final = {
    CriterionName.ACCURACY: 1.0,
    CriterionName.CLARITY: 0.0,
    CriterionName.COHERENCE: 0.0,
}
"""For those who bring none: people's grades of short answers are grades of their content."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]


class _Line(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, populate_by_name=True
    )


class CaseKeyPoint(_Line):
    text: Text
    weight: Annotated[float, Field(gt=0, le=10)] = 1.0
    terms: tuple[tuple[Text, ...], ...] = ()


class CaseLevel(_Line):
    score: Annotated[float, Field(ge=0, le=10)]
    description: Text


class Case(_Line):
    """One answer with what it is to be marked by."""

    id: str | int | None = None
    prompt: Text
    reference_answer: Text
    key_points: tuple[CaseKeyPoint, ...] = ()
    levels: tuple[CaseLevel, ...] = ()
    weights: Mapping[CriterionName, Annotated[float, Field(ge=0, le=1)]] = WEIGHTS
    answer: Annotated[str, StringConstraints(max_length=LONGEST)]

    @model_validator(mode="after")
    def _can_be_marked(self) -> Self:
        if not sum(self.weights.values()):
            raise ValueError("the weights add up to nothing")
        if not (self.key_points or content_of(self.reference_answer)):
            raise ValueError("the reference answer has no telling word; give keyPoints")
        return self


def task_of(case: Case, *, derives: bool = False) -> EssayTask:
    """Return the case as an essay.

    Key points that are not given are left to the engine, or derived here for one that cannot.
    """
    levels = tuple(
        RubricLevel(score=level.score, description=level.description) for level in case.levels
    )
    points = tuple(
        KeyPoint(id=f"k{number}", text=p.text, weight=p.weight, terms=p.terms)
        for number, p in enumerate(case.key_points, start=1)
    )
    criteria = tuple(
        RubricCriterion(name=name, weight=case.weights.get(name, 0.0), levels=levels or LEVELS)
        for name in CriterionName
    )
    identity = case.model_dump_json(exclude={"id", "answer"})
    key = sha256(identity.encode("utf-8", "replace")).hexdigest()
    rubric = Rubric(
        criteria=criteria,
        key_points=points or (tuple(derive_key_points(case.reference_answer)) if derives else ()),
        reference_answer=case.reference_answer,
        hash=key,
    )
    question = Question(
        id=QuestionId(key),
        version=1,
        slug=key,
        track_id="",
        type=QuestionType.ESSAY,
        domain="",
        level=Level.INTERMEDIATE,
        prompt=case.prompt,
        rubric=rubric,
    )
    return EssayTask(question=question, answer=case.answer)


def score_case(case: Case, scorer: EssayScorer, *, derives: bool = False) -> dict[str, JsonValue]:
    """Score one case as a submission is: evidence verified, total by code. Raises `EngineError`."""
    task = task_of(case, derives=derives)
    marks = scorer.score(task) if task.answer.strip() else blank_marks(task.rubric)
    criteria = verify_marks(marks, task.answer)
    return {
        "id": case.id,
        "score": weigh(criteria, task.rubric),
        "criteria": {c.name.value: c.score for c in criteria},
        "evidence": [
            {"criterion": c.name.value, "quote": e.quote, "start": e.start, "end": e.end}
            for c in criteria
            for e in c.evidence
        ],
        "flags": list(marks.flags),
        "confidence": certainty_of(criteria, task.rubric),
    }
