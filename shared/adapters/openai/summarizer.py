"""Summaries by a chat model, which may say what the facts say and nothing else."""

from collections import Counter
from collections.abc import Callable
from typing import Final

from pydantic import BaseModel

from shared.adapters.openai.grounding import find_inventions
from shared.adapters.openai.provider import OpenAIProvider
from shared.adapters.openai.quoting import marker_for, new_marker, tidy
from shared.adapters.openai.summary_prompt import facts_as_json
from shared.adapters.prompts import load_prompt
from shared.domain.errors import EngineRefusedError
from shared.domain.essay import Provenance
from shared.domain.recommendation import Summary, SummaryFacts

PROMPT_VERSION: Final = "summarize.v1"
MAX_TOKENS: Final = 3000
"""A full reply takes about 600; the rest is for models that reason before they answer."""
MAX_TEXT_LENGTH: Final = 1500
MAX_WHY_LENGTH: Final = 600
"""Characters; what the prompt asks for fits twice."""


class ReasonReply(BaseModel):
    item: int
    why: str


class SummaryReply(BaseModel):
    text: str
    reasons: list[ReasonReply]


class OpenAISummarizer:
    def __init__(
        self, provider: OpenAIProvider, *, model: str, draw_marker: Callable[[], str] = new_marker
    ) -> None:
        self._provider = provider
        self._model = model
        self._draw_marker = draw_marker
        self._prompt = load_prompt(PROMPT_VERSION)

    def summarize(self, facts: SummaryFacts) -> Summary:
        known = facts_as_json(facts)
        marker = marker_for(known, self._draw_marker)
        completion = self._provider.complete(
            self._prompt.render(facts=known, marker=marker),
            model=self._model,
            reply_type=SummaryReply,
            max_tokens=MAX_TOKENS,
        )
        text = tidy(completion.reply.text, MAX_TEXT_LENGTH)
        whys = _whys(completion.reply, len(facts.items))
        _ensure_grounded((text, *whys), known)
        return Summary(
            text=text,
            why=dict(zip((i.credential_id for i in facts.items), whys, strict=True)),
            provenance=Provenance(
                engine="openai",
                model=completion.model,
                prompt_version=self._prompt.version,
                prompt_hash=self._prompt.hash,
            ),
            usage=completion.usage,
        )


def _whys(reply: SummaryReply, items: int) -> tuple[str, ...]:
    """Return the reasons in the order of the items, exactly one each."""
    if Counter(reason.item for reason in reply.reasons) != Counter(range(1, items + 1)):
        raise EngineRefusedError("reasons and credentials do not match", reason="invalid_output")
    whys = {reason.item: tidy(reason.why, MAX_WHY_LENGTH) for reason in reply.reasons}
    if not all(whys.values()):
        raise EngineRefusedError("a reason is empty", reason="invalid_output")
    return tuple(whys[number] for number in sorted(whys))


def _ensure_grounded(texts: tuple[str, ...], known: str) -> None:
    if not texts[0]:
        raise EngineRefusedError("the summary is empty", reason="invalid_output")
    for text in texts:
        if find_inventions(text, known):
            raise EngineRefusedError(
                "the model says what is not in the facts", reason="invalid_output"
            )
