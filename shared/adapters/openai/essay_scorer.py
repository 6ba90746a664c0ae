"""Essays marked by a chat model: one call for all criteria of the rubric."""

from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from pydantic import BaseModel

from shared.adapters.injection import find_flags
from shared.adapters.openai.essay_prompt import render_task
from shared.adapters.openai.provider import OpenAIProvider
from shared.adapters.openai.quoting import EmailMask, marker_for, new_marker, tidy
from shared.adapters.prompts import load_prompt
from shared.domain.errors import EngineRefusedError
from shared.domain.essay import CriterionMark, EssayMarks, EssayTask, Provenance
from shared.domain.question import CriterionName, Rubric

PROMPT_VERSION: Final = "score_essay.v1"
MAX_TOKENS: Final = 4000
"""A full reply takes about 1,000; the rest is for models that reason before they answer."""
MAX_MARK: Final = 10
MAX_QUOTES: Final = 5
MAX_QUOTE_LENGTH: Final = 400
MAX_FEEDBACK_LENGTH: Final = 800
"""Characters; what the prompt asks for fits twice."""


class Certainty(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


CERTAINTY: Final = {Certainty.HIGH: 1.0, Certainty.MEDIUM: 0.75, Certainty.LOW: 0.0}
"""Set by hand: models say `medium` of much that they mark well, and nobody has measured ours."""


class CriterionReply(BaseModel):
    """Models write in this order: what they saw, what they make of it, and only then the mark."""

    name: CriterionName
    quotes: list[str]
    feedback: str
    score: float
    next_level: str
    certainty: Certainty


class EssayReply(BaseModel):
    criteria: list[CriterionReply]
    feedback: str


class OpenAIEssayScorer:
    def __init__(
        self, provider: OpenAIProvider, *, model: str, draw_marker: Callable[[], str] = new_marker
    ) -> None:
        self._provider = provider
        self._model = model
        self._draw_marker = draw_marker
        self._prompt = load_prompt(PROMPT_VERSION)

    def score(self, task: EssayTask) -> EssayMarks:
        answer = EmailMask(task.answer)
        marker = marker_for(answer.masked, self._draw_marker)
        completion = self._provider.complete(
            render_task(self._prompt, task, answer=answer.masked, marker=marker),
            model=self._model,
            reply_type=EssayReply,
            max_tokens=MAX_TOKENS,
        )
        return EssayMarks(
            criteria=_read(completion.reply, task.rubric, answer),
            feedback=tidy(completion.reply.feedback, MAX_FEEDBACK_LENGTH),
            flags=find_flags(task.answer),
            provenance=Provenance(
                engine="openai",
                model=completion.model,
                prompt_version=self._prompt.version,
                prompt_hash=self._prompt.hash,
            ),
            usage=completion.usage,
        )


def _read(reply: EssayReply, rubric: Rubric, answer: EmailMask) -> tuple[CriterionMark, ...]:
    """Return the marks in the rubric's order, or refuse a reply that does not fit it."""
    if Counter(c.name for c in reply.criteria) != Counter(c.name for c in rubric.criteria):
        raise EngineRefusedError("the model marked other criteria", reason="invalid_output")
    if not all(0 <= c.score <= MAX_MARK for c in reply.criteria):
        raise EngineRefusedError("a mark is outside 0–10", reason="invalid_output")
    marks = {c.name: _mark(c, answer) for c in reply.criteria}
    return tuple(marks[c.name] for c in rubric.criteria)


def _mark(reply: CriterionReply, answer: EmailMask) -> CriterionMark:
    return CriterionMark(
        name=reply.name,
        score=reply.score,
        feedback=tidy(reply.feedback, MAX_FEEDBACK_LENGTH),
        next_level=tidy(reply.next_level, MAX_FEEDBACK_LENGTH),
        quotes=tuple(answer.reveal(q)[:MAX_QUOTE_LENGTH] for q in reply.quotes[:MAX_QUOTES]),
        unsure=reply.certainty is Certainty.LOW,
        certainty=CERTAINTY[reply.certainty],
    )
