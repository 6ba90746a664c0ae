"""The OpenAI adapters over HTTP, against a server on loopback that misbehaves on demand."""

from collections.abc import Callable, Generator
from contextlib import ExitStack

import pytest

from shared.adapters.circuit_breaker import CircuitBreaker
from shared.adapters.openai.provider import OpenAIProvider
from tests.fakes.openai_server import OpenAIServer

Connect = Callable[..., OpenAIProvider]


@pytest.fixture
def server() -> Generator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture
def connect(server: OpenAIServer) -> Generator[Connect]:
    """Build providers of the server; without retries unless a test asks for them."""
    with ExitStack() as stack:

        def build(
            *,
            timeout_seconds: float = 30,
            max_retries: int = 0,
            circuit: CircuitBreaker | None = None,
            api_key: str | Callable[[], str] = "sk-test",
        ) -> OpenAIProvider:
            provider = OpenAIProvider(
                base_url=server.base_url,
                api_key=api_key,
                timeout_seconds=timeout_seconds,
                max_retries=max_retries,
                circuit=circuit,
            )
            stack.callback(provider.close)
            stack.callback(server.release)
            return provider

        yield build
