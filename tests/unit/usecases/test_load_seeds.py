from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.catalog import CatalogEntry, Origin
from shared.domain.credential_text import embedding_text
from shared.domain.errors import EngineUnavailableError, InvalidSeedsError
from shared.domain.question import Question
from shared.domain.question_bank import BankEntry
from shared.domain.recommendation import Credential
from shared.domain.track import Track
from shared.domain.user import UserId
from shared.ports.embedding import EMBEDDED_AT_ONCE
from shared.ports.seed_source import Seed, Seeds
from shared.usecases.load_seeds import LoadedSeeds, load_seeds
from tests.builders import TRACK, a_credential, a_theoretical_question, a_track
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.store.state import State
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ensure_no_transaction

FIRST_TRACK = a_track()
QUESTIONS = [a_theoretical_question() for _ in range(3)]
CREDENTIALS = [a_credential(title=title) for title in ("Databases", "APIs")]


def seed(
    world: FakeWiring,
    *,
    track: Track = FIRST_TRACK,
    questions: Sequence[Question] = QUESTIONS,
    credentials: Sequence[Credential] = CREDENTIALS,
) -> None:
    """Let the authors have written this; what is equal has the same hash."""
    world.seeds.seeds = Seeds(
        tracks=[Seed(content=track, content_hash=f"hash of {track.name}")],
        questions=[Seed(content=q, content_hash=f"hash of {q.prompt}") for q in questions],
        credentials=[Seed(content=c, content_hash=f"hash of {c.title}") for c in credentials],
    )


def load(world: FakeWiring) -> LoadedSeeds:
    return load_seeds(
        world.seeds,
        store=world.store,
        embedder=world.embedder,
        ids=world.ids,
        clock=world.clock,
    )


def missing(world: FakeWiring) -> Sequence[Credential]:
    with world.store.begin() as repositories:
        searched = repositories.index.active()
        assert searched is not None
        return repositories.index.missing(searched.id)


@pytest.fixture
def loaded(world: FakeWiring) -> FakeWiring:
    """The seeds are loaded, and the embedder forgets what it embedded."""
    seed(world)
    load(world)
    world.embedder.texts.clear()
    return world


def test_all_is_loaded_and_counted(world: FakeWiring) -> None:
    seed(world)

    assert load(world) == LoadedSeeds(
        tracks={"added": 1},
        questions={"added": 3},
        credentials={"added": 2},
        embedded=2,
        embedding_model="fake-words",
    )
    with world.store.begin() as repositories:
        assert [t.id for t in repositories.tracks.active()] == [TRACK]
        assert set(repositories.questions.pool(TRACK)) == set(QUESTIONS)
        assert repositories.credentials.get_many([c.id for c in CREDENTIALS]) == (*CREDENTIALS,)
    assert missing(world) == ()


def test_loading_again_changes_nothing(loaded: FakeWiring) -> None:
    before = loaded.store.state.copy()

    assert load(loaded) == LoadedSeeds(
        tracks={"unchanged": 1},
        questions={"unchanged": 3},
        credentials={"unchanged": 2},
        embedded=0,
        embedding_model="fake-words",
    )
    assert loaded.store.state == before
    assert loaded.embedder.texts == []


def test_what_has_changed_is_updated_and_what_is_gone_deactivated(loaded: FakeWiring) -> None:
    first, second, _ = QUESTIONS
    edited = replace(CREDENTIALS[0], title="Databases, second edition")
    seed(
        loaded,
        track=a_track(name="Edited"),
        questions=[first, replace(second, prompt="Edited.")],
        credentials=[edited],
    )

    found = load(loaded)

    assert found.tracks == {"updated": 1}
    assert found.questions == {"updated": 1, "unchanged": 1, "deactivated": 1}
    assert found.credentials == {"updated": 1, "deactivated": 1}
    with loaded.store.begin() as repositories:
        pool = {q.slug: q.version for q in repositories.questions.pool(TRACK)}
    assert pool == {first.slug: 1, second.slug: 2}


def test_only_texts_without_an_embedding_are_embedded(loaded: FakeWiring) -> None:
    edited = replace(CREDENTIALS[0], title="Databases, second edition")
    new = a_credential(title="New")
    seed(loaded, credentials=[edited, CREDENTIALS[1], new])

    assert load(loaded).embedded == 2
    assert set(loaded.embedder.texts) == {embedding_text(edited), embedding_text(new)}


def test_what_is_searched_by_another_model_is_left_to_a_rebuild(loaded: FakeWiring) -> None:
    before = loaded.store.state.embeddings
    loaded.embedder.model = "another"

    found = load(loaded)

    assert (found.embedded, found.embedding_model) == (0, "fake-words")
    assert loaded.store.state.embeddings == before
    assert loaded.embedder.texts == []


def test_the_first_set_is_searched_from_the_beginning(world: FakeWiring) -> None:
    seed(world)
    load(world)

    (first,) = world.store.state.embedding_sets.values()
    assert (first.status, first.model, first.dimensions) == ("active", "fake-words", 256)


def test_a_text_that_changes_while_it_is_embedded_is_left_stale(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(world)
    embed = world.embedder.embed

    def embed_slowly(texts: Sequence[str]) -> list[list[float]]:
        edited(world, CREDENTIALS[0], credential=replace(CREDENTIALS[0], title="Changed since"))
        return embed(texts)

    monkeypatch.setattr(world.embedder, "embed", embed_slowly)

    assert load(world).embedded == 1
    assert [c.title for c in missing(world)] == ["Changed since"]


def test_each_credential_gets_the_vector_of_its_own_text(loaded: FakeWiring) -> None:
    embedder = FakeEmbedder()
    for credential in CREDENTIALS:
        _, vector = loaded.store.state.embeddings[0, credential.id]
        assert list(vector) == embedder.embed([embedding_text(credential)])[0]


def test_texts_are_embedded_in_batches_outside_any_transaction(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(world, credentials=[a_credential() for _ in range(2 * EMBEDDED_AT_ONCE + 1)])
    embed, batches = world.embedder.embed, list[int]()

    def embed_slowly(texts: Sequence[str]) -> list[list[float]]:
        ensure_no_transaction(world.store)
        batches.append(len(texts))
        return embed(texts)

    monkeypatch.setattr(world.embedder, "embed", embed_slowly)

    assert load(world).embedded == 2 * EMBEDDED_AT_ONCE + 1
    assert batches == [EMBEDDED_AT_ONCE, EMBEDDED_AT_ONCE, 1]
    assert missing(world) == ()


def test_when_the_embedder_is_away_the_next_load_goes_on(world: FakeWiring) -> None:
    seed(world)
    world.embedder.error = EngineUnavailableError("slow", reason="timeout")
    with pytest.raises(EngineUnavailableError):
        load(world)

    world.embedder.error = None
    found = load(world)

    assert (found.credentials, found.embedded) == ({"unchanged": 2}, 2)


def test_questions_of_other_tracks_are_left_alone(loaded: FakeWiring) -> None:
    other = a_theoretical_question(track_id="elsewhere")
    with loaded.store.begin() as repositories:
        repositories.questions.put(other, content_hash="1")

    assert "deactivated" not in load(loaded).questions


def edited(world: FakeWiring, wanted: Credential, **changes: Any) -> CatalogEntry:
    """Let an administrator have changed a credential."""
    with world.store.begin() as repositories:
        before = repositories.catalog.get(wanted.id)
        after = replace(before, version=before.version + 1, origin=Origin.ADMIN, **changes)
        repositories.catalog.save(after, remarks=(), changed_by=UserId("a"), at=world.clock.now())
    return after


def test_what_an_administrator_changed_is_kept_and_counted(loaded: FakeWiring) -> None:
    first, second = CREDENTIALS
    better = replace(first, title="Better")
    kept = [edited(loaded, first, credential=better, content_hash="admin")]
    kept.append(edited(loaded, second, active=False))
    seed(loaded, credentials=[replace(first, title="Newer"), second])

    found = load(loaded)

    assert found.credentials == {"kept": 2}
    with loaded.store.begin() as repositories:
        assert [repositories.catalog.get(c.id) for c in CREDENTIALS] == kept
    assert load(loaded).credentials == {"kept": 2}


def test_what_an_administrator_created_is_not_deactivated(loaded: FakeWiring) -> None:
    own = CatalogEntry(
        credential=a_credential(title="Own"),
        version=1,
        active=True,
        origin=Origin.ADMIN,
        content_hash="admin",
    )
    with loaded.store.begin() as repositories:
        repositories.catalog.save(own, remarks=(), changed_by=UserId("a"), at=loaded.clock.now())

    found = load(loaded)

    assert (found.credentials, found.embedded) == ({"unchanged": 2}, 1)
    with loaded.store.begin() as repositories:
        assert repositories.catalog.get(own.credential.id) == own


@pytest.mark.parametrize("active", [True, False])
def test_a_question_that_an_administrator_changed_is_kept(
    loaded: FakeWiring, *, active: bool
) -> None:
    first, second, third = QUESTIONS
    own = BankEntry(
        question=replace(first, prompt="Better?", version=2),
        active=active,
        origin=Origin.ADMIN,
        content_hash="admin",
    )
    with loaded.store.begin() as repositories:
        repositories.bank.save(own, remarks=(), changed_by=UserId("a"), at=loaded.clock.now())
    seed(loaded, questions=[replace(first, prompt="Newer?"), second])

    found = load(loaded)

    assert found.questions == {"unchanged": 1, "kept": 1, "deactivated": 1}
    seed(loaded, questions=[second, third])
    load(loaded)
    with loaded.store.begin() as repositories:
        assert repositories.bank.get(first.id) == own


def test_invalid_seeds_store_nothing(world: FakeWiring) -> None:
    world.seeds.faults = ("tracks.yaml: name: is missing",)

    with pytest.raises(InvalidSeedsError) as caught:
        load(world)

    assert caught.value.faults == world.seeds.faults
    assert world.store.state == State()
    assert world.embedder.texts == []
