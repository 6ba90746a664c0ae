"""What all calibrations share: folds by question, and the figures of a method on a set."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from evals.statistics import STATISTICS, Figure, Marks, clustered_figure

FOLDS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFigures:
    method: str
    set_name: str
    answers: int
    questions: int
    figures: Mapping[str, Figure]


def folds(question_ids: set[str]) -> Mapping[str, int]:
    """Deal the questions out to folds, each set evenly; the same every time.

    An id is `set/question`.
    """
    by_set: dict[str, list[str]] = {}
    for question_id in sorted(question_ids):
        by_set.setdefault(question_id.partition("/")[0], []).append(question_id)
    dealt: dict[str, int] = {}
    for members in by_set.values():
        random.Random(0).shuffle(members)  # noqa: S311 - folds, not secrets
        dealt |= {question_id: number % FOLDS for number, question_id in enumerate(members)}
    return dealt


def figures_of(
    method: str, set_name: str, marks: Marks, given: Marks, question_ids: Sequence[str]
) -> SetFigures:
    return SetFigures(
        method=method,
        set_name=set_name,
        answers=len(given),
        questions=len(set(question_ids)),
        figures={
            name: clustered_figure(statistic, marks, given, question_ids)
            for name, statistic in STATISTICS.items()
        },
    )


def figures_as_json(figures: Sequence[SetFigures]) -> list[dict[str, Any]]:
    return [
        {
            "method": f.method,
            "set": f.set_name,
            "figures": {
                name: {k: round(v, 3) for k, v in asdict(figure).items()}
                for name, figure in f.figures.items()
            },
        }
        for f in figures
    ]
