"""Calibrate accuracy by a reference answer on graded answers, out of fold, and keep the result.

`python -m evals calibrate` fits on everything and writes `reference.json` beside the engine, with
what it was made of. The figures it prints are of fits that never saw the question.
"""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

from evals.additive_fit import Matrix, additive_as_json, fit_additive
from evals.folds import FOLDS, SetFigures, figures_as_json, figures_of, folds
from evals.graded import GradedAnswer, GradedSet
from evals.statistics import Marks
from local_stack.cases import Case, task_of
from shared.adapters.offline_embedder import OfflineEmbedder
from shared.adapters.offline_essay_scorer import OfflineEssayScorer
from shared.adapters.rubric_engine.coefficients import (
    DEFAULT,
    FITTED,
    Additive,
    ByReference,
    read_by_reference,
)
from shared.adapters.rubric_engine.features import reference_features

OFF_TOPIC: Final = 10
"""Answers to other questions of its set that each question is given, which ought to earn little."""
FEATURES: Final[Mapping[str, tuple[str, ...]]] = {
    "wording": (
        "overlap",
        "found",
        "precision",
        "letters",
        "sequence",
        "length",
        "agreement",
    ),
    "meaning": (
        "overlap",
        "letters",
        "sequence",
        "length",
        "agreement",
        "points",
        "word_recall",
        "word_precision",
    ),
}
"""By kind of fit: without and with an embedder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    set_name: str
    question_id: str
    donor_id: str
    """The question that the answer was given to; another one for an off-topic answer."""
    mark: float
    """0–10."""
    answer_words: int
    features: Mapping[str, Mapping[str, float]]
    """By kind of fit; empty for an answer that says nothing of its own, which earns nothing."""

    @property
    def is_graded(self) -> bool:
        return self.question_id == self.donor_id


@dataclass(frozen=True)
class Calibration:
    sets: tuple[GradedSet, ...]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        scorers = {
            "wording": OfflineEssayScorer(),
            "meaning": OfflineEssayScorer(embedder=OfflineEmbedder()),
        }
        graded = [_row(scorers, set_.name, a, a) for set_ in self.sets for a in set_.answers]
        off_topic = [
            _row(scorers, set_.name, asked, donor)
            for set_ in self.sets
            for asked, donor in _off_topic(set_.answers)
        ]
        return (*graded, *off_topic)

    @cached_property
    def graded(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.is_graded)

    def marks_out_of_fold(self, kind: str) -> tuple[Marks, Marks]:
        """Return marks of graded and off-topic answers by fits that saw nothing of their fold."""
        fold_of = folds({row.question_id for row in self.rows})
        fits = [
            _with(kind, _fit(kind, seen))
            for seen in (
                [r for r in self.graded if fold_of[r.question_id] != fold] for fold in range(FOLDS)
            )
        ]
        marks = np.array(
            [
                fits[fold_of[r.question_id]].mark(r.features[kind]) if r.features[kind] else 0.0
                for r in self.rows
                if r.is_graded or fold_of[r.question_id] == fold_of[r.donor_id]
            ]
        )
        return marks[: len(self.graded)], marks[len(self.graded) :]

    def baselines(self) -> Mapping[str, Marks]:
        """Return what anyone would try first, each between answer and reference answer."""
        answers = [a for set_ in self.sets for a in set_.answers]
        embed = OfflineEmbedder().embed
        vectors = [(embed([a.answer])[0], embed([a.reference])[0]) for a in answers]
        return {
            "TF-IDF cosine": 10 * _tf_idf(self.sets),
            "embedding cosine": 10 * np.array([np.dot(x, y) for x, y in vectors]),
        }

    def engine_figures(self) -> list[SetFigures]:
        """Return the engine's figures out of fold, for each kind of fit and set."""
        measured = {kind: self.marks_out_of_fold(kind)[0] for kind in FEATURES}
        return self._figures({f"rubric engine, {kind}": m for kind, m in measured.items()})

    def baseline_figures(self) -> list[SetFigures]:
        return self._figures(self.baselines())

    def _figures(self, marks: Mapping[str, Marks]) -> list[SetFigures]:
        return [
            self._figures_of(method, given, set_)
            for method, given in marks.items()
            for set_ in self.sets
        ]

    def _figures_of(self, method: str, marks: Marks, set_: GradedSet) -> SetFigures:
        chosen = np.array([row.set_name == set_.name for row in self.graded])
        given = np.array([row.mark for row in self.graded])[chosen]
        clusters = [row.question_id for row in self.graded if row.set_name == set_.name]
        return figures_of(method, set_.name, marks[chosen], given, clusters)

    def write(self, figures: Sequence[SetFigures]) -> None:
        """Fit on everything and keep the coefficients with their provenance."""
        fitted = {kind: additive_as_json(_fit(kind, self.graded)) for kind in FEATURES}
        provenance = {
            "command": "python -m evals calibrate",
            "sets": [
                {
                    "title": s.title,
                    "licence": s.licence,
                    "answers": len(s.answers),
                    "questions": s.questions,
                }
                for s in self.sets
            ],
            "outOfFold": figures_as_json(figures),
        }
        text = json.dumps({**fitted, "provenance": provenance}, indent=1, ensure_ascii=False)
        read_by_reference(text)
        FITTED.write_text(text + "\n", "utf-8")


def _off_topic(answers: Sequence[GradedAnswer]) -> list[tuple[GradedAnswer, GradedAnswer]]:
    rng = random.Random(0)  # noqa: S311 - a sample, not secrets
    asked = {a.question_id: a for a in answers}
    return [
        (one, donor)
        for one in asked.values()
        for donor in rng.sample(answers, OFF_TOPIC)
        if donor.question_id != one.question_id
    ]


def _row(
    scorers: Mapping[str, OfflineEssayScorer],
    set_name: str,
    asked: GradedAnswer,
    donor: GradedAnswer,
) -> Row:
    case = Case(prompt=asked.prompt, reference_answer=asked.reference, answer=donor.answer)
    return Row(
        set_name=set_name,
        question_id=asked.question_id,
        donor_id=donor.question_id,
        mark=asked.mark if asked is donor else 0.0,
        answer_words=len(donor.answer.split()),
        features={kind: _features(scorer, case) for kind, scorer in scorers.items()},
    )


def _features(scorer: OfflineEssayScorer, case: Case) -> Mapping[str, float]:
    seen = scorer.examine(task_of(case))
    if not seen.answer.own:
        return {}
    return reference_features(seen.answer, seen.rubric, seen.coverage, seen.meaning)


def _with(kind: str, fitted: Additive) -> ByReference:
    present = DEFAULT.by_reference
    if kind == "meaning":
        return replace(present, meaning=fitted)
    return replace(present, wording=fitted)


def _fit(kind: str, rows: Sequence[Row]) -> Additive:
    names = FEATURES[kind]
    readable = [row for row in rows if row.features[kind]]
    values: Matrix = np.array([[row.features[kind][name] for name in names] for row in readable])
    return fit_additive(names, values, np.array([row.mark for row in readable]))


def _tf_idf(sets: Sequence[GradedSet]) -> Marks:
    cosines: list[Marks] = []
    for set_ in sets:
        answers = [a.answer for a in set_.answers]
        references = [a.reference for a in set_.answers]
        vectorizer = TfidfVectorizer().fit(answers + list(dict.fromkeys(references)))
        pairs = cosine_similarity(vectorizer.transform(answers), vectorizer.transform(references))
        cosines.append(np.diagonal(pairs))
    return np.concatenate(cosines)
