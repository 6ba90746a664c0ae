"""The rubric engine marks alike in every process, whatever order its sets happen to have there."""

import os
import subprocess
import sys

from local_stack.settings import ROOT

COVERAGE = """
from pathlib import Path
from shared.adapters.rubric_engine.coefficients import DEFAULT
from shared.adapters.rubric_engine.coverage import cover
from shared.adapters.rubric_engine.mentions import Haystack
from shared.adapters.rubric_engine.reading import sentences_of
from shared.adapters.rubric_engine.rubric import prepare
from shared.adapters.seed_files.source import SeedFolder
from shared.adapters.system import Uuid7Ids

for question in (s.content for s in SeedFolder(Path("seeds"), Uuid7Ids()).read().questions):
    if question.rubric:
        rubric = prepare(question)
        answer = Haystack(sentences_of(question.rubric.reference_answer))
        for point in cover(
            rubric.points, answer, vocabulary=rubric.vocabulary, coefficients=DEFAULT.coverage
        ):
            print(question.slug, repr(point.overlap), repr(point.share))
"""


def coverage_with(hash_seed: int) -> str:
    run = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", COVERAGE],
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": f"{hash_seed}"},
        text=True,
    )
    return run.stdout


def test_coverage_is_the_same_to_the_last_digit() -> None:
    first = coverage_with(1)

    assert first.count("\n") > 100
    assert coverage_with(2) == first
