"""`make eval`: measure everything that can be measured here and write `docs/evals/report.md`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from evals.calibration import Calibration
from evals.essays.answers import CRITERIA, SET
from evals.essays.calibration import LICENCE, TITLE, EssayCalibration
from evals.folds import SetFigures
from evals.graded import FOLDER_VARIABLE, GradedSet
from evals.injection.eval_injection import Rate
from evals.plots import plot_by_bin, plot_calibration, plot_retrieval
from evals.retrieval.eval_retrieval import RetrievalFigures
from evals.statistics import STATISTICS, Marks
from local_stack.settings import ROOT
from shared.domain.question import CriterionName

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
RATE_HEADINGS: Final = ("split", "essays", "kind", "flagged", "share")
LENGTHS: Final = (0, 10, 20, 40, 80, 160, 400)
"""Words."""
BANDS: Final = (0, 2, 4, 6, 8, 10)
"""Grades 0–10."""
ABOUT: Final = """Written by `make eval`. Intervals are of 95 %: for scores bootstrapped over
questions, for recommendations over situations; for flags they are Wilson's, as if essays by one
writer were independent. Scores are out of fold: no question was seen by the fit that marks it."""
SCALE: Final = """Marks, errors and bias are on the scale 0–10; on Mohler's own scale, 0–5, RMSE is
half of the table's."""
ESSAYS: Final = """Mean error of the total by the grade given: {bands}. The answers were written by
language models that saw the prompt alone, four to each question from weak to strong in many
manners; two other models graded each blind, by the rubric without its terms. No person has. The
wide range of quality makes r higher than on answers as they come in; RMSE and bias do not gain by
it. An answer to another question of its track earns {off_topic:.1f} for accuracy; over single key
points the engine agrees with the graders at r = {points:.2f}. A model's score that is more than
{bound} points from this engine's goes to a person: nineteen of twenty of this engine's are nearer
to the graders'."""
FITTED: Final = """What was fitted: with key points of one's own, accuracy by coverage and shared
words, and clarity and coherence by accuracy and features of the text; by a reference answer alone,
rising curves of wording and meaning features, summed. What was not: how signs in the text become
the coverage of a key point, and the limits that graded answers cannot teach (hardly any support,
hardly any coverage, fluent text about something else)."""
WEAK: Final = """Where it is weak: with key points, answers are marked too low (above), and clarity
and coherence are mostly what accuracy predicts (the graders' are as well). By a reference answer
alone, an answer to another question of the same course still earns {off_topic:.1f} of 10 on
average (key points of one's own bring that down); answers that people grade under 4 are marked far
too high, and marks under 7 are one to two points lower than the mean grade of their answers; the
two human graders of Mohler agree at r = 0.60 themselves, and half of its grades are the top one."""
MODEL: Final = """Not measured: no model was called. Score graded answers with
`assay score --engine openai` to measure one."""
JUDGED: Final = """Constants were chosen on `fit`; `test` was held out. A credential counts for
precision from grade 2 on; “of any use” counts grade 1 as well. One judge graded, without looking at
any ranking. The situations for which nothing fits are those where no near credential names what is
wanted, which is also how the search abstains."""
INJECTION: Final = """A flagged hostile essay is caught, a flagged honest one is a false alarm. All
essays were written by language models; those of `test` by two that saw neither the detector nor
what it learned from. They were looked at twice: 172 of 182 and 3 of 200 were flagged by the first
fit; then reading the code showed faults that the shipped one has no more. Honest essays talk of
prompts, instructions, grading, roles, encodings and the like, but for a fifth that is
ordinary."""
PUBLISHED: Final = (
    ("Mohler et al. 2011, best", "0.518", "0.978"),
    ("Sultan et al. 2016", "0.592", "0.887"),
    ("BERT cosine", "0.318", "1.057"),
    ("GPT-3.5, three examples", "0.592", "1.120"),
    ("BERT fine-tuned", "0.625", "0.814"),
)
"""Pearson r and RMSE (0–5) on Mohler, as published; protocols differ."""
ABSENT: Final = f"""## Scores: the rubric engine by a reference answer

Not measured: no graded answers. `{FOLDER_VARIABLE}` names the folder that has them."""
PLOTS: Final = (
    "![Calibration curve](calibration.png)",
    "![Error by grade](error_by_band.png)",
    "![Bias by length of the answer](bias_by_length.png)",
)
Series = Mapping[str, tuple[Marks, Marks, Marks]]
"""Marks out of fold, grades and words of the answers, by set."""


def write_report(
    own: EssayCalibration,
    by_reference: Calibration | None,
    injection: Sequence[Rate],
    retrieval: Sequence[RetrievalFigures],
    folder: Path = FOLDER,
) -> Path:
    """Write the report with its plots; without graded sets, say so and leave that part out."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [
        "# How good the scores and the recommendations are",
        ABOUT,
    ]
    parts += _essays(own)
    parts += _by_reference(by_reference) if by_reference else [ABSENT]
    _plot_scoring(_series(own, by_reference), folder)
    parts += PLOTS
    parts += _card(own, by_reference)
    parts += _injection(injection)
    parts += _retrieval(retrieval, folder)
    report = folder / "report.md"
    report.write_text("\n\n".join(parts) + "\n", "utf-8")
    return report


def _essays(own: EssayCalibration) -> Iterator[str]:
    yield "## Scores: the rubric engine by key points, against graded answers to the own essays"
    yield _figures([*own.figures(), *own.grader_figures()])
    yield ESSAYS.format(
        bands=", ".join(f"{bias:+.1f} from {low} to {high}" for low, high, bias in _bands(own)),
        off_topic=own.out_of_fold[1][:, CRITERIA.index(CriterionName.ACCURACY)].mean(),
        points=own.point_agreement,
        bound=own.error_bound,
    )


def _bands(own: EssayCalibration) -> Iterator[tuple[int, int, float]]:
    """Yield bands of grades with the mean error of the totals in them."""
    given = own.total(own.given)
    errors = own.total(own.out_of_fold[0]) - given
    for low, high in pairwise(BANDS):
        inside = (given >= low) & ((given < high) | (high == BANDS[-1]))
        yield low, high, float(errors[inside].mean())


def _by_reference(calibration: Calibration) -> Iterator[str]:
    yield "## Scores: the rubric engine by a reference answer, against human grades"
    yield _figures([*calibration.engine_figures(), *calibration.baseline_figures()])
    published = "; ".join(f"{name} {r}, {rmse}" for name, r, rmse in PUBLISHED)
    yield f"{SCALE} Published on Mohler (r, RMSE on 0–5; protocols differ): {published}."


def _card(own: EssayCalibration, by_reference: Calibration | None) -> Iterator[str]:
    yield "## Calibration card: rubric engine"
    sets = [(s.title, len(s.answers), s.questions, s.licence) for s in _sets(by_reference)]
    sets.append((TITLE, len(own.graded), own.questions, LICENCE))
    yield _table(("set", "answers", "questions", "licence"), (tuple(map(str, row)) for row in sets))
    yield FITTED
    if by_reference:
        yield WEAK.format(off_topic=by_reference.marks_out_of_fold("meaning")[1].mean())
    yield f"## Calibration card: model engine\n\n{MODEL}"


def _sets(calibration: Calibration | None) -> Sequence[GradedSet]:
    return calibration.sets if calibration else ()


def _series(own: EssayCalibration, by_reference: Calibration | None) -> Series:
    marks = own.total(own.out_of_fold[0])
    words = np.array([row.answer_words for row in own.graded], dtype=float)
    series = {SET: (marks, own.total(own.given), words)}
    if by_reference is None:
        return series
    marks, _ = by_reference.marks_out_of_fold("meaning")
    given = np.array([row.mark for row in by_reference.graded])
    words = np.array([row.answer_words for row in by_reference.graded], dtype=float)
    for set_ in by_reference.sets:
        chosen = np.array([row.set_name == set_.name for row in by_reference.graded])
        series[set_.name] = (marks[chosen], given[chosen], words[chosen])
    return series


def _plot_scoring(series: Series, folder: Path) -> None:
    plot_calibration(
        folder / "calibration.png",
        {name: (marks, given) for name, (marks, given, _) in series.items()},
    )
    plot_by_bin(
        folder / "error_by_band.png",
        {name: (given, np.abs(marks - given)) for name, (marks, given, _) in series.items()},
        edges=BANDS,
        unit="grade given",
        value="mean absolute error",
    )
    plot_by_bin(
        folder / "bias_by_length.png",
        {name: (words, marks - given) for name, (marks, given, words) in series.items()},
        edges=LENGTHS,
        unit="words of the answer",
        value="mark minus grade",
    )


def _injection(figures: Sequence[Rate]) -> Iterator[str]:
    yield "## Text that is meant for the grader: catch rate and false alarms"
    yield _table(RATE_HEADINGS, map(rate_cells, figures))
    yield INJECTION


def rate_cells(rate: Rate) -> tuple[str, ...]:
    return rate.split, rate.label, rate.kind or "all", f"{rate.flagged} of {rate.essays}", str(rate)


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


def _figures(figures: Sequence[SetFigures]) -> str:
    rows = sorted(figures, key=lambda row: row.set_name)
    return _table(("method", "set", "answers (questions)", *STATISTICS), map(_cells, rows))


def _cells(row: SetFigures) -> tuple[str, ...]:
    size = f"{row.answers} ({row.questions})"
    return (row.method, row.set_name, size, *map(str, row.figures.values()))


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
