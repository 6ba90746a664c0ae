"""Sensible answers to whatever questions come: a capable student with gaps, from the seeds' keys.

The API shows no keys and numbers its questions anew, so questions are found by their wording.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from local_stack.errors import LocalStackError
from local_stack.student import Answer, Question

SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+")
ESSAYS: Final = (
    ("I would start with the cause.", 0.9),
    ("In a course project I met this once.", 0.7),
    ("I am not completely sure here, but I would look at it like this.", 0.5),
)
"""How each essay begins, and the share of the reference answer that the student knows."""
FREE_TEXT: Final = (
    "I would like to build a service that people in a small company use every day, because I "
    "enjoy finding out how a system behaves under real use. I learn best by building something "
    "and then reading up on what surprised me."
)


class SampleAnswers:
    """Answers to the questions of one track: most right, some wrong, essays with omissions."""

    def __init__(self, track: Path) -> None:
        self._seeds = {_plain(seed["prompt"]): seed for seed in _questions(track)}
        if not self._seeds:
            raise LocalStackError(
                f"There are no questions in {track}.", "Choose a track that has a folder in seeds/."
            )

    def answer_all(self, questions: Sequence[Question]) -> Mapping[str, Answer]:
        """Answer by question id."""
        answers = {}
        seen = {"theoretical": 0, "essay": 0, "profile": 0}
        for question in questions:
            turn = seen[question.type]
            seen[question.type] += 1
            answers[question.id] = self._answer(question, turn)
        return answers

    def _answer(self, question: Question, turn: int) -> Answer:
        seed = self._seeds.get(_plain(question.prompt), {})
        if question.type == "essay":
            return Answer(text=_essay(seed.get("rubric", {}).get("referenceAnswer", ""), turn))
        if not question.options:
            return Answer(text=FREE_TEXT[: question.max_length])
        if question.type == "profile":
            wanted = 2 if question.multiple else 1
            return Answer(selected=[option.id for option in question.options[turn % 2 :][:wanted]])
        return Answer(selected=_choice(question, seed, mistaken=turn == 2))  # noqa: PLR2004


def _choice(question: Question, seed: Mapping[str, Any], *, mistaken: bool) -> list[str]:
    """The right options, or when mistaken one that is not among them."""
    right = {_plain(option["text"]) for option in seed.get("options", ()) if option.get("correct")}
    options = question.options or []
    if mistaken:
        return [next(o.id for o in options if _plain(o.text) not in right)]
    return [o.id for o in options if _plain(o.text) in right] or [options[0].id]


def _essay(reference: str, turn: int) -> str:
    """The reference answer with less of it remembered each time, and never its end."""
    opening, remembered = ESSAYS[min(turn, len(ESSAYS) - 1)]
    sentences = SENTENCE_END.split(" ".join(reference.split()))
    return " ".join([opening, *sentences[: int(len(sentences) * remembered)]])


def _questions(track: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(track.glob("*.yaml")):
        content = yaml.load(path.read_text(), yaml.CSafeLoader)
        yield from content.get("questions", ())


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
