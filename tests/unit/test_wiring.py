"""Which engine stands behind a port, by the settings of the deployment."""

import pytest

from shared.adapters.content_review import SeedContentReview
from shared.adapters.offline_embedder import MODEL
from shared.domain.errors import EngineRefusedError
from shared.settings import Engine, EngineSettings
from shared.wiring import SEEDS, Wiring


def deployed(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> Wiring:
    values = dict.fromkeys(EngineSettings.model_fields, "1") | {
        "engine": engine.value,
        "openai_base_url": "https://model.example",
        "openai_embedding_model": "text-embedding-3-small",
    }
    for name, value in values.items():
        monkeypatch.setenv(name.upper(), value)
    return Wiring()


def test_the_offline_engine_embeds_in_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    wiring = deployed(monkeypatch, Engine.OFFLINE)

    assert wiring.instant_embedder is wiring.embedder
    assert wiring.embedding_model == wiring.embedder.model == MODEL


def test_a_model_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    wiring = deployed(monkeypatch, Engine.OPENAI)

    assert wiring.instant_embedder is None
    assert wiring.embedding_model == "text-embedding-3-small@256"


def test_what_is_searched_is_embedded_by_its_own_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until a rebuild has switched, that need not be the deployment's."""
    wiring = deployed(monkeypatch, Engine.OPENAI)
    monkeypatch.setenv("TRANSIENT_TABLE", "t")

    assert wiring.embedder_of(MODEL).model == MODEL
    older = wiring.embedder_of("text-embedding-3-large@256")
    assert older.model == "text-embedding-3-large@256"
    assert wiring.embedder.model == "text-embedding-3-small@256"


@pytest.mark.parametrize("engine", Engine)
def test_a_model_that_nobody_has_is_refused_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    wiring = deployed(monkeypatch, engine)

    with pytest.raises(EngineRefusedError, match="rebuild the index") as refused:
        wiring.embedder_of("text-embedding-3-small@1536")

    assert refused.value.reason == "index_missing"


def test_without_a_provider_its_index_cannot_be_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EngineRefusedError):
        deployed(monkeypatch, Engine.OFFLINE).embedder_of("text-embedding-3-small@256")


def test_content_is_reviewed_by_the_skills_that_ship_with_the_code() -> None:
    assert (SEEDS / "skills.yaml").is_file()
    review = Wiring().content_review
    assert isinstance(review, SeedContentReview)
    assert "sql" in review._skills
