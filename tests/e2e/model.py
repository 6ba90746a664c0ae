"""The workers of the deployed stack, with a model server that does as it is told."""

import contextlib
from collections.abc import Generator, Sequence
from urllib.parse import urlsplit

from tests.e2e.operations import WORKERS, Operator
from tests.fakes.openai_server import OpenAIServer

KEY_OUTPUT = "OpenAiSecretArn"
SECONDS = 6
"""For one model call, so that a test can find and kill who waits for it; less than the 8 s that a
worker of stage local has."""


@contextlib.contextmanager
def model_server(
    operator: Operator, *, asked_by: Sequence[str] = WORKERS
) -> Generator[OpenAIServer]:
    """Let the workers ask a model, each time on another port, so that its circuit is closed."""
    _store_key(operator)
    with OpenAIServer() as server, operator.configured(asked_by, **_engine(server)):
        yield server


@contextlib.contextmanager
def index_of_model(operator: Operator) -> Generator[None]:
    """Rebuild the index by the model, as a release does that changes the engine; then back."""
    _store_key(operator)
    rebuilding = ["load_seeds", "advance_rebuild"]
    with OpenAIServer() as server, operator.configured(rebuilding, **_engine(server)):
        operator.index_by_configuration()
        operator.await_rebuild()
    try:
        yield
    finally:
        operator.index_by_configuration()


def _store_key(operator: Operator) -> None:
    (secret,) = (s[KEY_OUTPUT] for s in operator.outputs.stacks.values() if KEY_OUTPUT in s)
    operator.client("secretsmanager").put_secret_value(SecretId=secret, SecretString="sk-e2e")


def port_of(server: OpenAIServer) -> int:
    port = urlsplit(server.base_url).port
    assert port is not None
    return port


def _engine(server: OpenAIServer) -> dict[str, str]:
    return {
        "ENGINE": "openai",
        "OPENAI_BASE_URL": server.base_url,
        "MODEL_TIMEOUT_SECONDS": str(SECONDS),
    }
