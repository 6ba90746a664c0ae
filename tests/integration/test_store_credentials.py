"""The credential catalog and its searches, on every store."""

from collections.abc import Mapping
from dataclasses import replace
from math import sqrt

import pytest

from shared.domain.embedding import DIMENSIONS
from shared.domain.level import Level
from shared.domain.recommendation import Credential, CredentialId
from shared.ports.store import Change, Store
from tests.builders import TRACK, a_credential, an_id
from tests.embeddings import put_embedding, searched_set
from tests.integration.stored import put_credentials

LEVELS = tuple(Level)


def towards(first: float, second: float) -> list[float]:
    """Return a unit vector in the plane of the first two dimensions."""
    length = sqrt(first**2 + second**2)
    return [first / length, second / length] + [0.0] * (DIMENSIONS - 2)


def embed(store: Store, vectors: Mapping[CredentialId, list[float]]) -> None:
    with store.begin() as repositories:
        for credential in repositories.credentials.get_many(list(vectors)):
            put_embedding(repositories, credential, vectors[credential.id])


def stored(store: Store, *credentials: Credential) -> None:
    with store.begin() as repositories:
        put_credentials(repositories, *credentials)


def by_vector(
    store: Store,
    vector: list[float],
    *,
    levels: tuple[Level, ...] = LEVELS,
    limit: int = 9,
) -> list[tuple[CredentialId, float]]:
    with store.begin() as repositories:
        hits = repositories.credentials.search_vector(
            vector,
            within=searched_set(repositories),
            track_id=TRACK,
            levels=levels,
            limit=limit,
        )
    return [(hit.credential_id, round(hit.score, 6)) for hit in hits]


def by_text(
    store: Store, *words: str, levels: tuple[Level, ...] = LEVELS, limit: int = 9
) -> list[CredentialId]:
    with store.begin() as repositories:
        hits = repositories.credentials.search_text(
            words, track_id=TRACK, levels=levels, limit=limit
        )
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    return [hit.credential_id for hit in hits]


def missing(store: Store) -> tuple[Credential, ...]:
    with store.begin() as repositories:
        return repositories.index.missing(searched_set(repositories).id)


def test_credentials_come_back_equal_in_the_order_asked_for(store: Store) -> None:
    first = a_credential(hours=None, effort="2–3 months")
    second = a_credential(skills=(), outcomes=())
    stored(store, first, second)

    with store.begin() as repositories:
        wanted = [second.id, CredentialId(an_id()), CredentialId("no-uuid"), first.id]
        assert repositories.credentials.get_many(wanted) == (second, first)
        assert repositories.credentials.get_many([]) == ()


def test_putting_a_credential_adds_updates_or_does_nothing(store: Store) -> None:
    first = a_credential(slug="c", title="Old")
    edited = a_credential(slug="c", title="New")

    with store.begin() as repositories:
        put = repositories.credentials.put
        assert put(first, content_hash="a") is Change.ADDED
        assert put(first, content_hash="a") is Change.UNCHANGED
        assert put(edited, content_hash="b") is Change.UPDATED
        assert repositories.credentials.get_many([first.id]) == (replace(edited, id=first.id),)
        assert repositories.credentials.get_many([edited.id]) == ()


def test_credentials_that_are_not_named_are_deactivated_until_put_again(store: Store) -> None:
    kept, gone = a_credential(slug="kept"), a_credential(slug="gone")
    stored(store, kept, gone)
    embed(store, {kept.id: towards(1, 0), gone.id: towards(1, 0)})

    with store.begin() as repositories:
        assert repositories.credentials.deactivate_all_but(iter(["kept"])) == 1
        assert repositories.credentials.deactivate_all_but(["kept"]) == 0
        assert repositories.credentials.of_track(TRACK, levels=LEVELS, limit=9) == (kept,)
        assert repositories.credentials.get_many([gone.id]) == (gone,)
    assert by_vector(store, towards(1, 0)) == [(kept.id, 1.0)]
    assert by_text(store, "sql") == [kept.id]

    with store.begin() as repositories:
        assert repositories.credentials.put(gone, content_hash="gone") is Change.UPDATED
    assert len(by_text(store, "sql")) == 2


def test_a_track_lists_its_credentials_of_the_levels_by_slug(store: Store) -> None:
    b, a, c = (a_credential(slug=slug) for slug in "bac")
    stored(
        store,
        *(b, a, c),
        a_credential(tracks=("other",)),
        a_credential(level=Level.ADVANCED),
    )

    with store.begin() as repositories:
        of_track = repositories.credentials.of_track
        levels = (Level.BEGINNER, Level.INTERMEDIATE)
        assert of_track(TRACK, levels=levels, limit=9) == (a, b, c)
        assert of_track(TRACK, levels=levels, limit=2) == (a, b)
        assert of_track(TRACK, levels=[], limit=2) == ()


def test_a_changed_text_wants_a_new_embedding_and_other_changes_do_not(store: Store) -> None:
    credential = a_credential()
    stored(store, credential)
    embed(store, {credential.id: towards(1, 0)})

    with store.begin() as repositories:
        moved = replace(credential, url="https://example.org/moved")
        repositories.credentials.put(moved, content_hash="moved")
    assert missing(store) == ()

    with store.begin() as repositories:
        edited = replace(credential, outcomes=("Do something else.",))
        repositories.credentials.put(edited, content_hash="edited")
    assert missing(store) == (edited,)

    embed(store, {credential.id: towards(0, 1)})
    assert missing(store) == ()
    assert by_vector(store, towards(0, 1)) == [(credential.id, 1.0)]


def test_a_changed_credential_is_found_by_its_old_embedding_until_it_has_a_new_one(
    store: Store,
) -> None:
    credential = a_credential()
    stored(store, credential)
    embed(store, {credential.id: towards(1, 0)})

    with store.begin() as repositories:
        edited = replace(credential, title="Renamed")
        repositories.credentials.put(edited, content_hash="edited")

    assert by_vector(store, towards(1, 0)) == [(credential.id, 1.0)]


def test_an_inactive_credential_wants_no_embedding(store: Store) -> None:
    stored(store, a_credential())
    with store.begin() as repositories:
        repositories.credentials.deactivate_all_but([])

    assert missing(store) == ()


def test_embeddings_of_unknown_credentials_are_ignored(store: Store) -> None:
    with store.begin() as repositories:
        unknown = [a_credential(), a_credential(id="no-uuid")]
        vectors = [(credential, towards(1, 0)) for credential in unknown]
        assert repositories.index.put(searched_set(repositories).id, vectors) == 0
        assert repositories.index.put(searched_set(repositories).id, []) == 0

    assert by_vector(store, towards(1, 0)) == []


def test_the_nearest_credentials_come_first_with_their_cosine(store: Store) -> None:
    same, near, opposite = a_credential(), a_credential(), a_credential()
    stored(store, opposite, near, same)
    embed(
        store,
        {opposite.id: towards(-1, 0), near.id: towards(1, 1), same.id: towards(1, 0)},
    )

    found = by_vector(store, towards(1, 0))

    assert found == [(same.id, 1.0), (near.id, 0.707107), (opposite.id, -1.0)]
    assert by_vector(store, towards(1, 0), limit=1) == found[:1]


def test_vector_search_keeps_to_track_and_levels(store: Store) -> None:
    fits, other_level = a_credential(), a_credential(level=Level.ADVANCED)
    other_track = a_credential(tracks=("other",))
    stored(store, fits, other_level, other_track)
    embed(store, {c.id: towards(1, 0) for c in (fits, other_level, other_track)})

    assert by_vector(store, towards(1, 0), levels=(Level.INTERMEDIATE,)) == [(fits.id, 1.0)]


def test_text_search_finds_any_of_the_words_and_prefers_titles_and_skills(store: Store) -> None:
    titled = a_credential(title="Kafka", skills=(), outcomes=(), description="…")
    skilled = a_credential(title="x", skills=("kafka",), outcomes=("Use kafka",), description="…")
    told = a_credential(title="y", skills=(), outcomes=(), description="Covers kafka at the end.")
    unrelated = a_credential(title="z", skills=(), outcomes=(), description="…")
    stored(store, told, unrelated, titled, skilled)

    found = by_text(store, "kafka", "nothing")

    assert set(found) == {titled.id, skilled.id, told.id}
    assert found[-1] == told.id
    assert by_text(store, "kafka", limit=2) == found[:2]


def test_a_skill_id_is_found_by_all_of_its_words(store: Store) -> None:
    tagged = a_credential(title="x", skills=("rest-api-design",), outcomes=(), description="…")
    spelled = a_credential(
        title="REST for beginners", skills=(), outcomes=("Design an API.",), description="…"
    )
    partly = a_credential(title="Design", skills=(), outcomes=("Get some rest",), description="…")
    stored(store, tagged, spelled, partly)

    assert set(by_text(store, "rest-api-design")) == {tagged.id, spelled.id}


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("",),
        ("the",),
        ("-", "!", "& |", "'"),
        ("absent",),
        ("kafka' OR 1=1 --",),
        (":*", "<->", "\\", "%s", "%"),
    ],
)
def test_words_that_match_nothing_find_nothing(store: Store, words: tuple[str, ...]) -> None:
    stored(store, a_credential(title="Kafka", description="…"))

    assert by_text(store, *words) == []


def test_text_search_keeps_to_track_and_levels(store: Store) -> None:
    fits = a_credential()
    stored(store, fits, a_credential(level=Level.ADVANCED), a_credential(tracks=("other",)))

    assert by_text(store, "sql", levels=(Level.INTERMEDIATE,)) == [fits.id]
