"""`python -m evals calibrate | calibrate-injection | retrieval | report`: measure quality.

`calibrate` fits the rubric engine on graded answers, `calibrate-injection` the detector of text for
the grader on passages of both kinds; `retrieval` serves the judged situations. All print figures.
`report` writes the report with its plots and changes no coefficient.
"""

import sys
from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table

from evals.calibration import FEATURES, Calibration
from evals.essays.calibration import EssayCalibration
from evals.folds import SetFigures
from evals.graded import FOLDER_VARIABLE, graded_folder, read_sets
from evals.injection import fitting
from evals.injection.eval_injection import ESSAYS, rates
from evals.json_lines import read_lines
from evals.report import (
    RATE_HEADINGS,
    RETRIEVAL_HEADINGS,
    rate_cells,
    retrieval_cells,
    write_report,
)
from evals.retrieval.eval_retrieval import (
    METHODS,
    RetrievalFigures,
    figures_of,
    read_cases,
    seeded_store,
)
from evals.statistics import STATISTICS
from local_stack.settings import ROOT
from shared.adapters.injection.address import fitted

ABSENT: Final = f"Skipped: no graded answers. Name the folder that has them in {FOLDER_VARIABLE}."


def main(words: Sequence[str]) -> int:
    match list(words):
        case ["calibrate"]:
            return calibrate()
        case ["calibrate-injection"]:
            return calibrate_injection()
        case ["retrieval"]:
            return retrieval()
        case ["report"]:
            return report()
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2


def calibrate_injection() -> int:
    learned = [*fitting.samples()]
    tuning = [essay for essay in read_lines(ESSAYS) if essay["split"] == "tuning"]
    honest = [essay["text"] for essay in tuning if essay["label"] == "honest"]
    fitting.write(fitting.with_threshold(fitting.fit(learned), honest), learned)
    fitted.cache_clear()
    table = Table(title="Flagged essays of the split for tuning, 95 % intervals")
    for heading in RATE_HEADINGS:
        table.add_column(heading)
    for rate in rates(tuning):
        table.add_row(*rate_cells(rate))
    Console(width=120).print(table)
    return 0


def report() -> int:
    folder = graded_folder()
    calibration = Calibration(read_sets(folder)) if folder else None
    if calibration is None:
        sys.stderr.write(f"{ABSENT}\n")
    path = write_report(
        EssayCalibration(),
        calibration,
        rates(read_lines(ESSAYS)),
        _retrieval_figures(),
    )
    print(path.relative_to(ROOT))
    return 0


def _retrieval_figures() -> list[RetrievalFigures]:
    with seeded_store() as (store, embedder):
        cases = read_cases(store)
        return [
            figures_of(method, split, cases, store=store, embedder=embedder)
            for split in ("fit", "test")
            for method in METHODS
        ]


def retrieval() -> int:
    figures = _retrieval_figures()
    table = Table(title="Judged situations, 95 % intervals over situations")
    for heading in RETRIEVAL_HEADINGS:
        table.add_column(heading)
    for row in figures:
        table.add_row(*retrieval_cells(row))
    Console(width=200).print(table)
    return 0


def calibrate() -> int:
    essays = EssayCalibration()
    own = essays.figures()
    essays.write(own)
    show([*own, *essays.grader_figures()])
    print(f"Two engines disagree from {essays.error_bound} points on.")
    print(f"Over single key points r is {essays.point_agreement:.2f}.")
    folder = graded_folder()
    if folder is None:
        sys.stderr.write(f"{ABSENT}\n")
        return 0
    calibration = Calibration(read_sets(folder))
    figures = calibration.engine_figures()
    for kind in FEATURES:
        earned = calibration.marks_out_of_fold(kind)[1].mean()
        print(f"{kind}: answers to other questions of the set earn {earned:.1f} on average")
    calibration.write(figures)
    show([*figures, *calibration.baseline_figures()])
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
