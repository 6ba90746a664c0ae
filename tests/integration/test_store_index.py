"""The embedding index, its sets and its rebuilds, on every store."""

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.embedding import DIMENSIONS
from shared.domain.embedding_index import (
    EmbeddingSet,
    EmbeddingSetId,
    Rebuild,
    RebuildId,
    RebuildStatus,
    SetStatus,
)
from shared.domain.errors import NoFreeSlotError, NotFoundError
from shared.domain.level import Level
from shared.domain.recommendation import Credential, CredentialId
from shared.ports.store import Store
from tests.builders import NOON, TRACK, a_credential, an_id, later
from tests.integration.stored import put_credentials

EAST = [1.0, *[0.0] * (DIMENSIONS - 1)]
NORTH = [0.0, 1.0, *[0.0] * (DIMENSIONS - 2)]


def add_set(
    store: Store, status: SetStatus = SetStatus.ACTIVE, *, seconds: float = 0
) -> EmbeddingSet:
    with store.begin() as repositories:
        return repositories.index.add_set(
            EmbeddingSetId(an_id()),
            model="m",
            dimensions=DIMENSIONS,
            status=status,
            at=later(seconds),
        )


def stored(store: Store, *slugs: str) -> tuple[Credential, ...]:
    credentials = tuple(a_credential(slug=slug) for slug in slugs)
    with store.begin() as repositories:
        put_credentials(repositories, *credentials)
    return credentials


def put(store: Store, into: EmbeddingSet, vector: list[float], *credentials: Credential) -> int:
    with store.begin() as repositories:
        return repositories.index.put(into.id, [(c, vector) for c in credentials])


def missing(store: Store, of: EmbeddingSet, limit: int | None = None) -> list[str]:
    with store.begin() as repositories:
        return [c.slug for c in repositories.index.missing(of.id, limit=limit)]


def found(store: Store, within: EmbeddingSet, vector: list[float]) -> list[CredentialId]:
    with store.begin() as repositories:
        hits = repositories.credentials.search_vector(
            vector, within=within, track_id=TRACK, levels=list(Level), limit=9
        )
    return [hit.credential_id for hit in hits if hit.score > 0]


def sets(store: Store) -> tuple[EmbeddingSet, ...]:
    with store.begin() as repositories:
        return repositories.index.sets()


def switch(store: Store, to: EmbeddingSet, *, seconds: float) -> None:
    with store.begin() as repositories:
        repositories.catalog.lock()
        repositories.index.switch(to.id, at=later(seconds))


def clear(store: Store, *, seconds: float, limit: int = 99) -> bool:
    with store.begin() as repositories:
        return repositories.index.clear(retired_before=later(seconds), limit=limit)


def a_rebuild(**changes: Any) -> Rebuild:
    rebuild = Rebuild(
        id=RebuildId(an_id()),
        model="m",
        dimensions=DIMENSIONS,
        status=RebuildStatus.RUNNING,
        run=1,
        total=9,
        embedded=3,
        started_by=an_id(),
        started_at=NOON,
        updated_at=later(1),
    )
    return replace(rebuild, **changes)


def save(store: Store, *rebuilds: Rebuild) -> None:
    for rebuild in rebuilds:
        with store.begin() as repositories:
            repositories.index.save_rebuild(rebuild)


def newest(store: Store) -> Rebuild | None:
    with store.begin() as repositories:
        return repositories.index.newest_rebuild()


def test_a_set_comes_back_as_it_was_added(store: Store) -> None:
    first = add_set(store)
    second = add_set(store, SetStatus.BUILDING, seconds=1)

    assert sets(store) == (first, second)
    assert first.slot != second.slot
    with store.begin() as repositories:
        assert repositories.index.active() == first


def test_without_a_set_nothing_is_searched(store: Store) -> None:
    with store.begin() as repositories:
        assert repositories.index.active() is None
        assert repositories.index.sets() == ()


def test_there_are_two_slots(store: Store) -> None:
    add_set(store)
    add_set(store, SetStatus.BUILDING)

    with pytest.raises(NoFreeSlotError):
        add_set(store, SetStatus.RETIRED)


def test_each_set_has_vectors_of_its_own(store: Store) -> None:
    old, new = add_set(store), add_set(store, SetStatus.BUILDING)
    a, b = stored(store, "a", "b")

    assert put(store, old, EAST, a, b) == 2
    assert put(store, new, NORTH, a) == 1

    assert set(found(store, old, EAST)) == {a.id, b.id}
    assert found(store, old, NORTH) == []
    assert found(store, new, NORTH) == [a.id]
    assert missing(store, old) == []
    assert missing(store, new) == ["b"]


def test_a_vector_of_another_text_than_the_present_one_is_not_stored(store: Store) -> None:
    """Who embeds outside a transaction comes late with what has changed meanwhile."""
    active = add_set(store)
    (before,) = stored(store, "a")
    after = replace(before, title="Changed")
    with store.begin() as repositories:
        repositories.credentials.put(after, content_hash="changed")

    assert put(store, active, NORTH, after) == 1
    assert put(store, active, EAST, before) == 0

    assert missing(store, active) == []
    assert found(store, active, NORTH) == [before.id]


def test_what_is_missing_comes_by_slug_and_in_batches(store: Store) -> None:
    building = add_set(store, SetStatus.BUILDING)
    stored(store, "c", "a", "b")

    assert missing(store, building) == ["a", "b", "c"]
    assert missing(store, building, 2) == ["a", "b"]


def test_after_the_switch_the_other_set_is_active_and_the_old_one_retired(store: Store) -> None:
    old, new = add_set(store), add_set(store, SetStatus.BUILDING, seconds=1)

    switch(store, new, seconds=5)

    assert sets(store) == (
        replace(old, status=SetStatus.RETIRED, retired_at=later(5)),
        replace(new, status=SetStatus.ACTIVE),
    )
    switch(store, new, seconds=9)
    assert [one.retired_at for one in sets(store)] == [later(5), None]


def test_nothing_goes_into_a_set_that_is_retired_or_gone(store: Store) -> None:
    old, new = add_set(store), add_set(store, SetStatus.BUILDING)
    (a,) = stored(store, "a")
    switch(store, new, seconds=5)

    assert put(store, old, EAST, a) == 0
    assert not clear(store, seconds=5)
    assert put(store, old, EAST, a) == 0
    assert put(store, new, EAST, a) == 1


def test_a_search_that_began_before_the_switch_ends_in_the_old_set(store: Store) -> None:
    old, new = add_set(store), add_set(store, SetStatus.BUILDING)
    (a,) = stored(store, "a")
    put(store, old, EAST, a)

    switch(store, new, seconds=5)

    assert not clear(store, seconds=4.9)
    assert found(store, old, EAST) == [a.id]


def test_a_retired_set_is_cleared_by_batches_and_its_slot_is_free(store: Store) -> None:
    old, new = add_set(store), add_set(store, SetStatus.BUILDING)
    credentials = stored(store, "a", "b", "c")
    put(store, old, EAST, *credentials)
    put(store, new, EAST, *credentials)
    switch(store, new, seconds=5)

    assert clear(store, seconds=5, limit=2)
    assert len(found(store, old, EAST)) == 1
    assert [one.id for one in sets(store)] == [old.id, new.id]
    assert not clear(store, seconds=5, limit=2)
    assert [one.id for one in sets(store)] == [new.id]
    assert len(found(store, new, EAST)) == 3

    assert add_set(store, SetStatus.BUILDING).slot == old.slot


def test_a_set_is_given_up_unless_it_is_searched(store: Store) -> None:
    active, building = add_set(store), add_set(store, SetStatus.BUILDING, seconds=1)

    with store.begin() as repositories:
        for set_id in (active.id, building.id, EmbeddingSetId(an_id())):
            repositories.index.retire(set_id, at=later(3))

    assert [one.status for one in sets(store)] == [SetStatus.ACTIVE, SetStatus.RETIRED]


def test_coverage_counts_and_names_what_is_stale(store: Store) -> None:
    active = add_set(store)
    gone, fresh, changed, new = stored(store, "gone", "fresh", "changed", "new")
    put(store, active, EAST, fresh, changed)
    with store.begin() as repositories:
        repositories.credentials.deactivate_all_but(["fresh", "changed", "new"])
        repositories.credentials.put(replace(changed, title="Renamed"), content_hash="2")
        coverage = repositories.index.coverage(active.id, examples=9)
        shortened = repositories.index.coverage(active.id, examples=1)
        without = repositories.index.coverage(None, examples=9)

    assert (coverage.active, coverage.inactive, coverage.stale, coverage.missing) == (3, 1, 2, 1)
    named = [(one.id, one.slug, one.is_missing) for one in coverage.examples]
    assert named == [(changed.id, "changed", False), (new.id, "new", True)]
    assert shortened == replace(coverage, examples=coverage.examples[:1])
    assert (without.active, without.stale, without.missing) == (3, 3, 3)
    assert gone.id not in {one.id for one in without.examples}


def test_a_rebuild_comes_back_as_it_was_saved(store: Store) -> None:
    first = a_rebuild()
    assert newest(store) is None
    save(store, first)
    assert newest(store) == first
    ended = replace(
        first,
        status=RebuildStatus.COMPLETED,
        run=2,
        total=10,
        embedded=10,
        updated_at=later(7),
        switched_at=later(5),
        finished_at=later(7),
        failure="it failed once",
    )
    save(store, ended)
    assert newest(store) == ended
    with store.begin() as repositories:
        assert repositories.index.rebuild(first.id) == ended


def test_the_newest_rebuild_is_the_one_that_was_started_last(store: Store) -> None:
    failed = a_rebuild(status=RebuildStatus.FAILED)
    last = a_rebuild(started_at=later(60))
    save(store, last, failed)

    assert newest(store) == last


@pytest.mark.parametrize("unknown", ["no-uuid", an_id()])
def test_a_rebuild_that_is_unknown_is_not_found(store: Store, unknown: str) -> None:
    with store.begin() as repositories, pytest.raises(NotFoundError):
        repositories.index.rebuild(RebuildId(unknown))


def test_two_rebuilds_never_run_at_once(store: Store) -> None:
    save(store, a_rebuild(status=RebuildStatus.FAILED), running := a_rebuild())

    with pytest.raises(Exception, match=r"running|uq_index_rebuilds_running"):
        save(store, a_rebuild())

    save(store, replace(running, embedded=4))
