"""Embeddings over HTTP."""

from math import hypot

import pytest

from shared.adapters.openai.embedder import BATCH, UNKNOWN_FLOOR, OpenAIEmbedder
from shared.domain.embedding import DIMENSIONS
from shared.domain.errors import EngineRefusedError
from tests.fakes.openai_server import OpenAIServer
from tests.integration.openai.conftest import Connect

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

TEXTS = ["Learn SQL transactions.", "Databases: SQL, transactions and indexes.", "Paint in oil."]


@pytest.fixture
def embedder(connect: Connect) -> OpenAIEmbedder:
    return OpenAIEmbedder(connect(), model="text-embedding-3-small")


def cosine(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def test_each_text_has_a_unit_vector_of_the_indexs_length(
    server: OpenAIServer, embedder: OpenAIEmbedder
) -> None:
    vectors = embedder.embed(TEXTS)

    assert [len(vector) for vector in vectors] == [DIMENSIONS] * 3
    assert [hypot(*vector) for vector in vectors] == pytest.approx([1.0] * 3)
    assert server.requests[0].body == {
        "model": "text-embedding-3-small",
        "input": TEXTS,
        "dimensions": DIMENSIONS,
        "encoding_format": "float",
    }


def test_similar_texts_are_near_in_the_fake_and_others_under_the_floor(
    embedder: OpenAIEmbedder,
) -> None:
    query, near, far = embedder.embed(TEXTS)
    assert cosine(query, near) > embedder.floor > cosine(query, far)


def test_vectors_are_scaled_and_put_in_the_order_of_the_texts(
    server: OpenAIServer, embedder: OpenAIEmbedder
) -> None:
    expected = embedder.embed(TEXTS)
    server.behave("unscaled")

    vectors = embedder.embed(TEXTS)

    assert vectors[0] == pytest.approx(expected[0])
    assert vectors[2] == pytest.approx(expected[2])


def test_many_texts_go_in_batches(server: OpenAIServer, embedder: OpenAIEmbedder) -> None:
    texts = [f"text {number}" for number in range(BATCH + 1)]

    assert len(embedder.embed(texts)) == BATCH + 1

    assert [len(request.body["input"]) for request in server.requests] == [BATCH, 1]


def test_no_texts_cost_no_request(server: OpenAIServer, embedder: OpenAIEmbedder) -> None:
    assert embedder.embed([]) == []
    assert server.requests == []


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [
        ("full_length", "wrong_dimensions"),
        ("one_missing", "invalid_output"),
        ("all_zero", "invalid_output"),
        ("recorded_good", "invalid_output"),
    ],
)
def test_vectors_that_would_spoil_the_index_are_refused(
    server: OpenAIServer, embedder: OpenAIEmbedder, scenario: str, reason: str
) -> None:
    server.behave(scenario)

    with pytest.raises(EngineRefusedError) as refusal:
        embedder.embed(TEXTS)

    assert refusal.value.reason == reason


def test_the_name_of_the_model_tells_the_dimensions(embedder: OpenAIEmbedder) -> None:
    assert embedder.model == "text-embedding-3-small@256"


def test_an_unknown_model_has_a_cautious_floor(connect: Connect) -> None:
    assert OpenAIEmbedder(connect(), model="nomic-embed-text").floor == UNKNOWN_FLOOR


def test_tokens_are_counted_over_all_calls_as_the_server_counts_them(
    embedder: OpenAIEmbedder,
) -> None:
    assert embedder.tokens_used == 0

    embedder.embed(TEXTS)
    embedder.embed(TEXTS[:1])

    assert embedder.tokens_used == 4  # one a text, in the fake
