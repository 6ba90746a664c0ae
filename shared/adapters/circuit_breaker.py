"""A circuit that opens when a provider keeps failing, so that it costs milliseconds, not timeouts.

Powertools' `circuit_breaker` decides; the state is one item of the transient table. Failures are
counted in a row and in each execution environment; an open circuit is seen by all of them.
"""

from collections.abc import Callable
from typing import Final, TypeVar
from urllib.parse import urlsplit

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.circuit_breaker import (
    CircuitBreakerConfig,
    CircuitBreakerOpenError,
    CircuitTransition,
    circuit_breaker,
)
from aws_lambda_powertools.utilities.circuit_breaker.persistence import (
    CircuitBreakerDynamoDBPersistence,
    CircuitBreakerPersistenceLayer,
)
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from typing_extensions import override

from shared.domain.errors import EngineRefusedError, EngineUnavailableError

T = TypeVar("T")

FAILURES_TO_OPEN: Final = 3
"""In a row. With the SDK's two retries that is nine requests without one answer: not a blip."""
OPEN_SECONDS: Final = 30
"""Longer than a provider's usual hiccup, shorter than a student's patience with a fallback."""
CACHE_SECONDS: Final = 5
"""For so long an environment may not notice that another one opened the circuit."""
STORE_TIMEOUT_SECONDS: Final = 0.5
"""DynamoDB answers in 10 ms; waiting longer would make the breaker the outage."""

logger = Logger(child=True)


class CircuitBreaker:
    def __init__(
        self,
        name: str,
        store: CircuitBreakerPersistenceLayer,
        *,
        open_seconds: int = OPEN_SECONDS,
        cache_seconds: int = CACHE_SECONDS,
    ) -> None:
        self._guard = circuit_breaker(
            name=name,
            persistence_store=store,
            on_transition=_log,
            config=CircuitBreakerConfig(
                failure_threshold=FAILURES_TO_OPEN,
                recovery_timeout=open_seconds,
                success_threshold=1,  # the probe is bound to its thread: no other could add to it
                handled_exceptions=EngineUnavailableError,
                local_cache_max_age=cache_seconds,
            ),
        )

    def call(self, function: Callable[[], T]) -> T:
        """Return what `function` returns, unless the circuit is open.

        `EngineUnavailableError` counts as a failure. `EngineRefusedError` does not, and closes the
        circuit like a success: the provider is up.

        Raises:
            EngineRefusedError: the circuit is open (`circuit_open`), or the function raised it.
        """
        try:
            outcome = self._guard(_catch_refusal)(function)
        except CircuitBreakerOpenError:
            raise EngineRefusedError(
                "the provider failed repeatedly and is being left alone", reason="circuit_open"
            ) from None
        if isinstance(outcome, EngineRefusedError):
            raise outcome
        return outcome


def _catch_refusal(function: Callable[[], T]) -> T | EngineRefusedError:
    try:
        return function()
    except EngineRefusedError as refusal:
        return refusal


class DynamoDBCircuitStore(CircuitBreakerDynamoDBPersistence):
    """Powertools' layer, which already reads as closed when DynamoDB is away, also for probes."""

    @override
    def try_acquire_half_open(self, name: str, owner: str, opened_at: int) -> bool:
        try:
            return super().try_acquire_half_open(name, owner, opened_at)
        except (BotoCoreError, ClientError):
            logger.warning("circuit state cannot be written; trying the provider", circuit=name)
            return True


def provider_circuit(*, table_name: str, base_url: str, service: str) -> CircuitBreaker:
    """Return the circuit of one service (`chat`, `embeddings`) of the provider at `base_url`.

    Each has its own, kept in the transient table: while one is down the other may well be up.
    """
    config = Config(
        connect_timeout=STORE_TIMEOUT_SECONDS,
        read_timeout=STORE_TIMEOUT_SECONDS,
        retries={"total_max_attempts": 1},
    )
    store = DynamoDBCircuitStore(table_name=table_name, boto_config=config)
    host = urlsplit(base_url).netloc.rpartition("@")[2]
    return CircuitBreaker(f"circuit#{host}#{service}", store)


def _log(transition: CircuitTransition) -> None:
    logger.warning(
        "circuit changed",
        circuit=transition.circuit_name,
        was=str(transition.from_state),
        state=str(transition.to_state),
    )
