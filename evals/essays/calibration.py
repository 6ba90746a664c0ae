"""Calibrate marks by a rubric with key points on graded answers to the seeded essays.

`python -m evals calibrate` fits on all of them and writes `essays.json` beside the engine. The
figures are of fits that never saw the question.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from evals.additive_fit import Matrix, additive_as_json, fit_additive
from evals.essays.answers import CRITERIA, SET, EssayRow, essay_rows
from evals.folds import FOLDS, SetFigures, figures_as_json, figures_of, folds
from evals.statistics import Marks
from shared.adapters.rubric_engine.coefficients import (
    DEFAULT,
    FITTED_ESSAYS,
    Additive,
    ByKeyPoints,
    by_key_points,
)
from shared.domain.question import CriterionName

TITLE: Final = "Assay's own essays: answers written by language models, graded blind by two more"
LICENCE: Final = "ours"
GRADED_COUNT: Final = 2
"""A graded answer counts as much as so many off-topic ones, of which there are as many: with equal
weights partial answers would be marked down by half a point."""
BOUND_SHARE: Final = 0.95
ACCURACY_FEATURES: Final = ("coverage", "both")
ACCURACY: Final = "accuracy"
"""The feature of clarity and coherence that is accuracy's mark."""
LENGTH: Final = "length"
"""Left out: graders like long answers, and padding must add nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EssayFit:
    """One fit of all criteria."""

    accuracy: ByKeyPoints
    beside: Mapping[CriterionName, Additive]

    def marks(self, row: EssayRow) -> Marks:
        """Return the marks as the engine gives them, in the order of `CRITERIA`."""
        accuracy = self.accuracy.mark(row.features[CriterionName.ACCURACY])
        most = DEFAULT.most_beside_accuracy.at(accuracy)
        marks = {CriterionName.ACCURACY: accuracy} | {
            name: min(most, fitted.mark({**row.features[name], ACCURACY: accuracy}))
            for name, fitted in self.beside.items()
        }
        return np.array([marks[name] for name in CRITERIA])


@dataclass(frozen=True)
class EssayCalibration:
    """Over the answers in `answers.jsonl`."""

    @cached_property
    def rows(self) -> tuple[EssayRow, ...]:
        return essay_rows()

    @cached_property
    def graded(self) -> tuple[EssayRow, ...]:
        return tuple(row for row in self.rows if row.is_graded)

    @cached_property
    def given(self) -> Matrix:
        """Mean grades: answers × criteria."""
        return np.array([row.grades.mean(axis=0) for row in self.graded])

    @property
    def questions(self) -> int:
        return len({row.question.slug for row in self.graded})

    @cached_property
    def out_of_fold(self) -> tuple[Matrix, Matrix]:
        """Return marks of graded and off-topic answers by fits that saw nothing of the question.

        What an off-topic answer earned where it belongs, the fit may have seen.
        """
        fold_of = folds({row.fold_key for row in self.rows} | {row.donor_key for row in self.rows})
        fits = [
            _fit(
                [
                    row
                    for row in self.rows
                    if fold not in {fold_of[row.fold_key], fold_of[row.donor_key]}
                ]
            )
            for fold in range(FOLDS)
        ]
        marks = np.array([fits[fold_of[r.fold_key]].marks(r) for r in self.rows])
        return marks[: len(self.graded)], marks[len(self.graded) :]

    def figures(self) -> list[SetFigures]:
        """Return the engine's figures out of fold by criterion, and in total by the weights."""
        marks, _ = self.out_of_fold
        return [
            *(
                self._figures(f"rubric engine, {name}", marks[:, n], self.given[:, n])
                for n, name in enumerate(CRITERIA)
            ),
            self._figures("rubric engine, total", self.total(marks), self.total(self.given)),
        ]

    def grader_figures(self) -> list[SetFigures]:
        """Return how the second grader agrees with the first: no engine can be asked for more."""
        first, second = (np.array([row.grades[n] for row in self.graded]) for n in (0, 1))
        return [self._figures("second grader, total", self.total(second), self.total(first))]

    def total(self, marks: Matrix) -> Marks:
        """Return the totals 0–10 of marks (answers × criteria) by each rubric's weights."""
        return (marks * self._weights).sum(axis=1) / self._weights.sum(axis=1)

    @cached_property
    def error_bound(self) -> float:
        """The distance from the grades that 19 of 20 totals keep, out of fold."""
        errors = np.abs(self.total(self.out_of_fold[0]) - self.total(self.given))
        return round(float(np.quantile(errors, BOUND_SHARE)), 1)

    @cached_property
    def point_agreement(self) -> float:
        """Pearson's r of the engine's and the graders' shares over all key points."""
        pairs = [
            (row.point_shares[point], grade)
            for row in self.graded
            for point, grade in row.point_grades.items()
        ]
        return float(np.corrcoef(np.array(pairs).T)[0, 1])

    def coefficients(self) -> dict[str, Any]:
        """Return what a fit on everything gives, as `essays.json` holds it."""
        fit = _fit(self.rows)
        return {
            "accuracy": additive_as_json(fit.accuracy.fitted),
            **{name.value: additive_as_json(fitted) for name, fitted in fit.beside.items()},
            "errorBound": self.error_bound,
        }

    def write(self, figures: Sequence[SetFigures]) -> None:
        """Keep the coefficients with their provenance."""
        provenance = {
            "command": "python -m evals calibrate",
            "sets": [
                {
                    "title": TITLE,
                    "licence": LICENCE,
                    "answers": len(self.graded),
                    "questions": self.questions,
                }
            ],
            "outOfFold": figures_as_json(figures),
        }
        kept = {**self.coefficients(), "provenance": provenance}
        FITTED_ESSAYS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")

    @cached_property
    def _weights(self) -> Matrix:
        rubrics = [row.question.rubric for row in self.graded]
        weights = [{c.name: c.weight for c in r.criteria} if r else {} for r in rubrics]
        return np.array([[w[name] for name in CRITERIA] for w in weights])

    def _figures(self, method: str, marks: Marks, given: Marks) -> SetFigures:
        return figures_of(method, SET, marks, given, [row.question.slug for row in self.graded])


def _fit(rows: Sequence[EssayRow]) -> EssayFit:
    graded = [row for row in rows if row.is_graded]
    given = np.array([row.grades.mean(axis=0) for row in graded])
    off_topic = [row for row in rows if not row.is_graded]
    repeated = [row for row in graded for _ in range(GRADED_COUNT)]
    fitted = _fit_one(
        [
            {name: row.features[CriterionName.ACCURACY][name] for name in ACCURACY_FEATURES}
            for row in (*repeated, *off_topic)
        ],
        np.concatenate(
            [
                np.repeat(given[:, CRITERIA.index(CriterionName.ACCURACY)], GRADED_COUNT),
                np.zeros(len(off_topic)),
            ]
        ),
    )
    accuracy = by_key_points(fitted)
    beside: dict[CriterionName, Additive] = {}
    for name in (CriterionName.CLARITY, CriterionName.COHERENCE):
        features = [
            {
                **{n: x for n, x in r.features[name].items() if n != LENGTH},
                ACCURACY: accuracy.mark(r.features[CriterionName.ACCURACY]),
            }
            for r in graded
        ]
        beside[name] = _fit_one(features, given[:, CRITERIA.index(name)])
    return EssayFit(accuracy=accuracy, beside=beside)


def _fit_one(features: Sequence[Mapping[str, float]], marks: Marks) -> Additive:
    names = tuple(features[0])
    return fit_additive(names, np.array([[f[name] for name in names] for f in features]), marks)
