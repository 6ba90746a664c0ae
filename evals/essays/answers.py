"""Graded answers to the seeded essays, as the rubric engine sees them."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from evals.additive_fit import Matrix
from evals.json_lines import read_lines
from local_stack.settings import ROOT
from shared.adapters.offline_embedder import OfflineEmbedder
from shared.adapters.offline_essay_scorer import OfflineEssayScorer
from shared.adapters.rubric_engine.features import (
    accuracy_features,
    clarity_features,
    coherence_features,
)
from shared.domain.essay import EssayTask
from shared.domain.question import CriterionName, Question
from shared.wiring import wiring

ANSWERS: Final = Path(__file__).with_name("answers.jsonl")
SET: Final = "essays"
OFF_TOPIC: Final = 4
"""Answers to other questions of its track that each question is given; their accuracy is 0."""
CRITERIA: Final = tuple(CriterionName)


@dataclass(frozen=True, slots=True, kw_only=True)
class EssayRow:
    question: Question
    donor_id: str
    """The question that the answer was given to; another one for an off-topic answer."""
    answer_words: int
    grades: Matrix
    """Graders × criteria, 0–10, in the order of `CRITERIA`; without rows for an off-topic one."""
    features: Mapping[CriterionName, Mapping[str, float]]
    point_shares: Mapping[str, float]
    """What the engine finds of each key point, 0–1."""
    point_grades: Mapping[str, float]
    """What the graders found, likewise."""

    @property
    def is_graded(self) -> bool:
        return len(self.grades) > 0

    @property
    def fold_key(self) -> str:
        return f"{SET}/{self.question.slug}"

    @property
    def donor_key(self) -> str:
        return f"{SET}/{self.donor_id}"


def essay_questions() -> Mapping[str, Question]:
    """Return the seeded questions that have a rubric, by slug."""
    seeds = wiring.seed_source(ROOT / "seeds").read()
    return {seed.content.slug: seed.content for seed in seeds.questions if seed.content.rubric}


def essay_rows() -> tuple[EssayRow, ...]:
    """Return the graded answers, and after them the off-topic ones."""
    questions = essay_questions()
    lines = [*read_lines(ANSWERS)]
    scorer = OfflineEssayScorer(embedder=OfflineEmbedder())
    graded = [_row(scorer, questions[line["question"]], line) for line in lines]
    off_topic = [
        _row(scorer, questions[asked], line) for asked, line in _off_topic(lines, questions)
    ]
    return (*graded, *off_topic)


def _off_topic(
    lines: Sequence[Mapping[str, Any]], questions: Mapping[str, Question]
) -> list[tuple[str, Mapping[str, Any]]]:
    rng = random.Random(0)  # noqa: S311 - a sample, not secrets
    track = {slug: question.track_id for slug, question in questions.items()}
    return [
        (asked, line)
        for asked in dict.fromkeys(line["question"] for line in lines)
        for line in rng.sample(
            [x for x in lines if x["question"] != asked and track[x["question"]] == track[asked]],
            OFF_TOPIC,
        )
    ]


def _row(scorer: OfflineEssayScorer, question: Question, line: Mapping[str, Any]) -> EssayRow:
    seen = scorer.examine(EssayTask(question=question, answer=line["answer"]))
    grades = line["grades"] if line["question"] == question.slug else []
    return EssayRow(
        question=question,
        donor_id=line["question"],
        answer_words=len(line["answer"].split()),
        grades=np.array([[grade[name] for name in CRITERIA] for grade in grades]),
        features={
            CriterionName.ACCURACY: accuracy_features(seen.answer, seen.rubric, seen.coverage),
            CriterionName.CLARITY: clarity_features(seen.answer, seen.rubric),
            CriterionName.COHERENCE: coherence_features(seen.answer, seen.rubric),
        },
        point_shares={c.point.key.id: c.share for c in seen.coverage},
        point_grades=_mean_points(grades),
    )


def _mean_points(grades: Sequence[Mapping[str, Any]]) -> Mapping[str, float]:
    points = grades[0]["points"] if grades else ()
    return {point: float(np.mean([grade["points"][point] for grade in grades])) for point in points}
