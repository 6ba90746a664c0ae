"""`python -m evals calibrate`: fit the rubric engine on graded answers and print the figures."""

import sys
from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table

from evals.calibration import FEATURES, Calibration, SetFigures
from evals.graded import FOLDER_VARIABLE, graded_folder, read_sets
from evals.statistics import STATISTICS

ABSENT: Final = f"Skipped: no graded answers. Name the folder that has them in {FOLDER_VARIABLE}."


def main(words: Sequence[str]) -> int:
    if list(words) != ["calibrate"]:
        sys.stderr.write(f"{__doc__}\n")
        return 2
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
