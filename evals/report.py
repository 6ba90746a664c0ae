"""`make eval`: measure everything that can be measured here and write `docs/evals/report.md`."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from evals.calibration import Calibration, SetFigures
from evals.graded import FOLDER_VARIABLE
from evals.plots import plot_by_bin, plot_calibration, plot_retrieval
from evals.retrieval.eval_retrieval import RetrievalFigures
from evals.statistics import STATISTICS, Marks
from local_stack.settings import ROOT

FOLDER: Final = ROOT / "docs" / "evals"
RETRIEVAL_HEADINGS: Final = (
    "split",
    "method",
    "situations",
    "precision@3",
    "of any use",
    "nDCG@5",
    "coverage",
    "providers",
    "abstained rightly",
    "abstained wrongly",
)
LENGTHS: Final = (0, 10, 20, 40, 80, 160, 400)
"""Words."""
BANDS: Final = (0, 2, 4, 6, 8, 10)
"""Grades 0–10."""
ABOUT: Final = """Written by `make eval`. Every interval is a 95 % bootstrap interval: over
questions for scores, over situations for recommendations. Scores are out of fold: no question was
seen by the fit that marks it."""
SCALE: Final = """Marks, errors and bias are on the scale 0–10; on Mohler's own scale, 0–5, RMSE is
half of the table's."""
FITTED: Final = """What was fitted: rising curves of wording and meaning features, summed, for
rubrics whose key points come from the reference answer. What was not: the curves of rubrics with
key points of their own, clarity and coherence; nobody has graded answers to these yet."""
WEAK: Final = """Where it is weak: an answer to another question of the same course still earns
{off_topic:.1f} of 10 on average by a reference answer alone (key points of one's own bring that
down); answers that people grade under 4 are marked far too high, and marks under 7 are one to two
points lower than the mean grade of their answers; the two human graders of Mohler agree at r = 0.60
themselves, and half of its grades are the top one."""
MODEL: Final = """Not measured: no model was called. Score graded answers with
`assay score --engine openai` to measure one."""
JUDGED: Final = """Constants were chosen on `fit`; `test` was held out. A credential counts for
precision from grade 2 on; “of any use” counts grade 1 as well. One judge graded, without looking at
any ranking. The situations for which nothing fits are those where no near credential names what is
wanted, which is also how the search abstains."""
PUBLISHED: Final = (
    ("Mohler et al. 2011, best", "0.518", "0.978"),
    ("Sultan et al. 2016", "0.592", "0.887"),
    ("BERT cosine", "0.318", "1.057"),
    ("GPT-3.5, three examples", "0.592", "1.120"),
    ("BERT fine-tuned", "0.625", "0.814"),
)
"""Pearson r and RMSE (0–5) on Mohler, as published; protocols differ."""


def write_report(
    calibration: Calibration | None, retrieval: Sequence[RetrievalFigures], folder: Path = FOLDER
) -> Path:
    """Write the report with its plots; without graded answers, say so and leave that part out."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [
        "# How good the scores and the recommendations are",
        ABOUT,
    ]
    if calibration is None:
        parts.append(f"## Scores\nNot measured: no graded answers. `{FOLDER_VARIABLE}` names them.")
    else:
        parts += _scoring(calibration, folder)
    parts += _retrieval(retrieval, folder)
    report = folder / "report.md"
    report.write_text("\n\n".join(parts) + "\n", "utf-8")
    return report


def _scoring(calibration: Calibration, folder: Path) -> Iterator[str]:
    rows = [*calibration.engine_figures(), *calibration.baseline_figures()]
    marks, off_topic = calibration.marks_out_of_fold("meaning")
    _plot_scoring(calibration, marks, folder)
    yield "## Scores: the rubric engine by a reference answer, against human grades"
    yield _table(
        ("method", "set", "answers (questions)", *STATISTICS),
        map(_cells, sorted(rows, key=lambda r: r.set_name)),
    )
    published = "; ".join(f"{name} {r}, {rmse}" for name, r, rmse in PUBLISHED)
    yield f"{SCALE} Published on Mohler (r, RMSE on 0–5; protocols differ): {published}."
    yield "![Calibration curve](calibration.png)"
    yield "![Error by grade](error_by_band.png)"
    yield "![Bias by length of the answer](bias_by_length.png)"
    yield from _card(calibration, off_topic)


def _card(calibration: Calibration, off_topic: Marks) -> Iterator[str]:
    yield "## Calibration card: rubric engine"
    yield _table(
        ("set", "answers", "questions", "licence"),
        ((s.title, f"{len(s.answers)}", f"{s.questions}", s.licence) for s in calibration.sets),
    )
    yield FITTED
    yield WEAK.format(off_topic=off_topic.mean())
    yield f"## Calibration card: model engine\n\n{MODEL}"


def _plot_scoring(calibration: Calibration, marks: Marks, folder: Path) -> None:
    given = np.array([row.mark for row in calibration.graded])
    words = np.array([row.answer_words for row in calibration.graded], dtype=float)
    of = {
        s.name: np.array([row.set_name == s.name for row in calibration.graded])
        for s in calibration.sets
    }
    plot_calibration(folder / "calibration.png", {n: (marks[m], given[m]) for n, m in of.items()})
    plot_by_bin(
        folder / "error_by_band.png",
        {n: (given[m], np.abs(marks - given)[m]) for n, m in of.items()},
        edges=BANDS,
        unit="grade given by people",
        value="mean absolute error",
    )
    plot_by_bin(
        folder / "bias_by_length.png",
        {n: (words[m], (marks - given)[m]) for n, m in of.items()},
        edges=LENGTHS,
        unit="words of the answer",
        value="mark minus grade",
    )


def _retrieval(figures: Sequence[RetrievalFigures], folder: Path) -> Iterator[str]:
    held_out = [f for f in figures if f.split == "test"]
    plot_retrieval(folder / "retrieval.png", held_out)
    yield "## Recommendations: judged situations"
    yield _table(RETRIEVAL_HEADINGS, map(retrieval_cells, figures))
    yield JUDGED
    yield "![Retrieval compared](retrieval.png)"


def retrieval_cells(row: RetrievalFigures) -> tuple[str, ...]:
    shares = (row.providers, row.abstained, row.silent)
    figures = (row.precision, row.any_use, row.ndcg, row.coverage)
    return (
        row.split,
        row.method,
        f"{row.situations}",
        *map(str, figures),
        *(f"{share:.2f}" for share in shares),
    )


def _cells(row: SetFigures) -> tuple[str, ...]:
    size = f"{row.answers} ({row.questions})"
    return (row.method, row.set_name, size, *map(str, row.figures.values()))


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
