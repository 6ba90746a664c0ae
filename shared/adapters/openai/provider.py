"""One OpenAI-compatible server, behind a deadline and a circuit breaker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from openai import DefaultHttpxClient, OpenAI
from openai.types import CompletionUsage
from openai.types.create_embedding_response import Usage as EmbeddingUsage
from pydantic import BaseModel

from shared.adapters.circuit_breaker import CircuitBreaker
from shared.adapters.openai.deadline import call_within, limit_attempt, limit_response
from shared.adapters.openai.errors import VENDOR_ERRORS, translate
from shared.adapters.prompts import RenderedPrompt
from shared.domain.errors import EngineRefusedError
from shared.domain.essay import NO_USAGE, Usage

T = TypeVar("T")
ReplyT = TypeVar("ReplyT", bound=BaseModel)

MAX_RETRIES: Final = 2
"""The SDK's own default; `limit_attempt` keeps them inside the time of the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion(Generic[ReplyT]):
    reply: ReplyT
    model: str
    """As the server names it, which may be a dated version of the one asked for."""
    usage: Usage


class OpenAIProvider:
    """Both methods raise `EngineUnavailableError` or `EngineRefusedError` when they fail."""

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str | Callable[[], str],
        timeout_seconds: float,
        circuit: CircuitBreaker | None = None,
        max_retries: int = MAX_RETRIES,
    ) -> None:
        """Build the client.

        `api_key` is asked for before each request, if it is a function; what it raises passes
        through. `timeout_seconds` bounds the wall time of one call, retries included.
        """
        self._timeout_seconds = timeout_seconds
        self._circuit = circuit
        self.embedded_tokens = 0
        """Of all embeddings so far, as the server counts them."""
        self._client = OpenAI(
            base_url=base_url,
            api_key=lambda: _present(api_key() if callable(api_key) else api_key),
            max_retries=max_retries,
            http_client=DefaultHttpxClient(
                event_hooks={"request": [limit_attempt], "response": [limit_response]}
            ),
        )

    def complete(
        self, prompt: RenderedPrompt, *, model: str, reply_type: type[ReplyT], max_tokens: int
    ) -> Completion[ReplyT]:
        """Return the reply in the given shape; `max_tokens` includes a model's reasoning."""

        def call() -> Completion[ReplyT]:
            completion = self._client.chat.completions.parse(
                model=model,
                messages=[
                    {"role": "system", "content": prompt.system},
                    {"role": "user", "content": prompt.user},
                ],
                response_format=reply_type,
                max_completion_tokens=max_tokens,
            )
            message = completion.choices[0].message
            if message.refusal:
                raise EngineRefusedError("the model refused", reason="refused")
            if message.parsed is None:
                raise EngineRefusedError("the model said nothing", reason="invalid_output")
            return Completion(
                reply=message.parsed,
                model=completion.model or model,
                usage=_usage(completion.usage),
            )

        return self._call(call)

    def embed(self, texts: Sequence[str], *, model: str, dimensions: int) -> list[list[float]]:
        """Return the vectors in the order of the texts, as the server gives them."""

        def call() -> list[list[float]]:
            response = self._client.embeddings.create(
                model=model,
                input=list(texts),
                dimensions=dimensions,
                encoding_format="float",  # the SDK's base64 is not understood everywhere
            )
            self.embedded_tokens += _tokens(response.usage)
            return [item.embedding for item in sorted(response.data, key=lambda item: item.index)]

        return self._call(call)

    def close(self) -> None:
        self._client.close()

    def _call(self, call: Callable[[], T]) -> T:
        def attempt() -> T:
            try:
                return call_within(self._timeout_seconds, call)
            except VENDOR_ERRORS as error:
                raise translate(error) from None

        return attempt() if self._circuit is None else self._circuit.call(attempt)


def _present(api_key: str) -> str:
    if not api_key.strip():
        raise EngineRefusedError(
            "there is no API key: put one into the secret, any text if the server wants none",
            reason="bad_credentials",
        )
    return api_key


def _tokens(usage: EmbeddingUsage | None) -> int:
    """Return what the texts had; 0 where the server counts nothing, whatever the types say."""
    return (usage.prompt_tokens or 0) if usage else 0


def _usage(usage: CompletionUsage | None) -> Usage:
    if usage is None:  # some servers count nothing
        return NO_USAGE
    return Usage(
        prompt_tokens=usage.prompt_tokens or 0, completion_tokens=usage.completion_tokens or 0
    )
