"""Answers that people have graded: the sets that scoring is calibrated and measured on.

The files are not part of this project. `ASSAY_GRADED` names the folder that holds them; without it
an eval says so and skips what needs them.
"""

import csv
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local_stack.settings import ROOT

FOLDER_VARIABLE: Final = "ASSAY_GRADED"
USUAL_FOLDER: Final = ROOT.parent / "shared" / "handbook" / "data" / "graded"
BLANK: Final = re.compile(r"\s*$|(?:no|empty) (?:submission|response|answer)", re.IGNORECASE)
"""What stands for an answer that was not given; marked 0 by everybody, it flatters r."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedAnswer:
    question_id: str
    """Unique over all sets; an answer's fold follows from it."""
    prompt: str
    reference: str
    answer: str
    mark: float
    """0–10."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedSet:
    name: str
    title: str
    licence: str
    answers: tuple[GradedAnswer, ...]

    @property
    def questions(self) -> int:
        return len({a.question_id for a in self.answers})


def graded_folder() -> Path | None:
    """Return the folder with the graded answers, or None when there is none."""
    folder = Path(os.environ.get(FOLDER_VARIABLE, USUAL_FOLDER))
    return folder if (folder / "mohler_cs.csv").is_file() else None


def read_sets(folder: Path) -> tuple[GradedSet, ...]:
    return (
        GradedSet(
            name="mohler",
            title="Mohler, Bunescu and Mihalcea (ACL 2011): short answers, data structures",
            licence="for evaluation, with citation",
            answers=tuple(_mohler(folder / "mohler_cs.csv")),
        ),
        GradedSet(
            name="saf",
            title="SAF, Filighera et al. (ACL 2022): communication networks",
            licence="MIT",
            answers=tuple(_saf(folder / "saf_networks.csv")),
        ),
    )


def _mohler(path: Path) -> Iterator[GradedAnswer]:
    """Yield the answers that the authors kept, with the mean of both graders."""
    for row in _rows(path):
        if row["ignored_by_authors"] == "False":
            yield GradedAnswer(
                question_id=f"mohler/{row['qid']}",
                prompt=row["question"],
                reference=row["reference"],
                answer=row["answer"],
                mark=float(row["score_avg"]) * 2,
            )


def _saf(path: Path) -> Iterator[GradedAnswer]:
    """Yield the answers that were given; one id of the file stands for two questions."""
    for row in _rows(path):
        if not BLANK.match(row["answer"]):
            yield GradedAnswer(
                question_id=f"saf/{row['qid']}/{row['question'][:40]}",
                prompt=row["question"],
                reference=row["reference"],
                answer=row["answer"],
                mark=float(row["score01"]) * 10,
            )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
