"""What a capable student with gaps would answer, and the keys to mark it by."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from local_stack.sample_answers import SampleAnswers
from local_stack.student import Question

TRACKS: Final = Path(__file__).parents[2] / "seeds" / "tracks"

Response = dict[str, Any]
"""`{"questionId", "answer"}`, as the API takes it."""


def respond(track: str, questions: Sequence[Mapping[str, Any]]) -> list[Response]:
    """Return a response to each question, in their order."""
    asked = [Question.model_validate(question) for question in questions]
    answers = _sample_answers(track).answer_all(asked)
    return [
        {"questionId": q.id, "answer": answers[q.id].model_dump(exclude_none=True)} for q in asked
    ]


@cache
def _sample_answers(track: str) -> SampleAnswers:
    return SampleAnswers(TRACKS / track)


@cache
def seeded_questions(track: str) -> Mapping[str, Mapping[str, Any]]:
    """Return what the author wrote of each question, by its prompt."""
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted((TRACKS / track).glob("*.yaml")):
        for question in yaml.safe_load(path.read_text()).get("questions", ()):
            found[question["prompt"].strip()] = question
    return found


@cache
def domain_weights(track: str) -> Mapping[str, float]:
    content = yaml.safe_load((TRACKS / track / "track.yaml").read_text())
    return {domain["id"]: domain["weight"] for domain in content["domains"]}
