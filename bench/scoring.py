"""What the rubric engine takes to mark an essay, with and without embeddings."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bench.figures import Figures
from bench.goals import ESSAY_MS, ESSAY_WITH_EMBEDDINGS_MS
from bench.machine import Load, LoadWatch
from evals.essays.answers import ANSWERS, essay_questions
from evals.json_lines import read_lines
from shared.adapters.offline_embedder import OfflineEmbedder
from shared.adapters.offline_essay_scorer import OfflineEssayScorer
from shared.domain.essay import EssayTask

ROUNDS: Final = 3
LONGEST: Final = 10_000
"""Characters of the longest answer that the API takes."""
LONGEST_COUNT: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringTime:
    engine: str
    answers: str
    """Which ones."""
    goal_ms: float
    is_met: bool
    """By the 95th percentile."""
    figures: Figures
    a_second: float
    """Answers, one after the other on one core."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringReport:
    times: Sequence[ScoringTime]
    load: Load


def measure_scoring() -> ScoringReport:
    """Mark all graded answers with both engines in turns; of each the fastest round counts."""
    watch = LoadWatch()
    engines = {
        "without embeddings": (OfflineEssayScorer(), ESSAY_MS),
        "with embeddings": (
            OfflineEssayScorer(embedder=OfflineEmbedder()),
            ESSAY_WITH_EMBEDDINGS_MS,
        ),
    }
    tasks = {
        "graded answers": [*_answers()],
        f"of {LONGEST:,} characters": [*_longest()],
    }
    times: list[ScoringTime] = []
    for answers, of_kind in tasks.items():
        best: dict[str, list[float]] = {name: [float("inf")] * len(of_kind) for name in engines}
        for number in range(ROUNDS + 1):
            for name, (engine, _goal) in engines.items():
                taken = [_milliseconds(engine, task) for task in of_kind]
                if number:  # the first round warms up
                    best[name] = [min(pair) for pair in zip(best[name], taken, strict=True)]
            watch.tick()
        times += [
            _time(name, answers, goal, best[name]) for name, (_engine, goal) in engines.items()
        ]
    return ScoringReport(times=times, load=watch.read())


def _time(engine: str, answers: str, goal: float, milliseconds: Sequence[float]) -> ScoringTime:
    figures = Figures.of(milliseconds)
    return ScoringTime(
        engine=engine,
        answers=answers,
        goal_ms=goal,
        is_met=figures.p95 < goal,
        figures=figures,
        a_second=1000 * len(milliseconds) / sum(milliseconds),
    )


def _milliseconds(engine: OfflineEssayScorer, task: EssayTask) -> float:
    started = time.perf_counter()
    engine.score(task)
    return (time.perf_counter() - started) * 1000


def _answers() -> Iterator[EssayTask]:
    questions = essay_questions()
    for line in sorted(read_lines(ANSWERS), key=lambda line: line["id"].partition("/")[2]):  # mixed
        yield EssayTask(question=questions[line["question"]], answer=line["answer"])


def _longest() -> Iterator[EssayTask]:
    """Yield answers made of all that were given: no student writes so much."""
    text = " ".join(line["answer"] for line in read_lines(ANSWERS))
    for number, task in enumerate(_answers()):
        if number < LONGEST_COUNT:
            start = number * LONGEST
            yield EssayTask(question=task.question, answer=text[start : start + LONGEST])
