"""`python -m evals calibrate` or `python -m evals retrieval`: measure quality, print figures.

`calibrate` fits the rubric engine on graded answers; `retrieval` serves the judged situations.
"""

import sys
from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table

from evals.calibration import FEATURES, Calibration, SetFigures
from evals.graded import FOLDER_VARIABLE, graded_folder, read_sets
from evals.retrieval.eval_retrieval import METHODS, figures_of, read_cases, seeded_store
from evals.statistics import STATISTICS

ABSENT: Final = f"Skipped: no graded answers. Name the folder that has them in {FOLDER_VARIABLE}."


def main(words: Sequence[str]) -> int:
    match list(words):
        case ["calibrate"]:
            return calibrate()
        case ["retrieval"]:
            return retrieval()
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2


def retrieval() -> int:
    with seeded_store() as (store, embedder):
        cases = read_cases(store)
        figures = [
            figures_of(method, split, cases, store=store, embedder=embedder)
            for split in ("fit", "test")
            for method in METHODS
        ]
    table = Table(title="Judged situations, 95 % intervals over situations")
    for heading in (
        "split", "method", "situations", "precision@3", "of any use", "nDCG@5", "coverage",
        "providers", "abstained rightly", "wrongly",
    ):  # fmt: skip
        table.add_column(heading)
    for f in figures:
        table.add_row(
            f.split,
            f.method,
            f"{f.situations}",
            *map(str, (f.precision, f.any_use, f.ndcg, f.coverage)),
            *(f"{share:.2f}" for share in (f.providers, f.abstained, f.silent)),
        )
    Console(width=200).print(table)
    return 0


def calibrate() -> int:
    folder = graded_folder()
    if folder is None:
        sys.stderr.write(f"{ABSENT}\n")
        return 0
    calibration = Calibration(read_sets(folder))
    figures: list[SetFigures] = []
    for kind in FEATURES:
        marks, off_topic = calibration.marks_out_of_fold(kind)
        figures += calibration.figures(f"rubric engine, {kind}", marks)
        print(
            f"{kind}: answers to other questions of the set earn {off_topic.mean():.1f} on average"
        )
    compared = [
        row
        for method, marks in calibration.baselines().items()
        for row in calibration.figures(method, marks)
    ]
    calibration.write(figures)
    show([*figures, *compared])
    return 0


def show(figures: Sequence[SetFigures]) -> None:
    table = Table(title="Marks 0–10 against human grades, out of fold, 95 % intervals by question")
    for heading in ("method", "set", "answers", *STATISTICS):
        table.add_column(heading)
    for row in sorted(figures, key=lambda f: f.set_name):
        cells = map(str, (row.figures[name] for name in STATISTICS))
        table.add_row(row.method, row.set_name, f"{row.answers} ({row.questions})", *cells)
    Console(width=200).print(table)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
