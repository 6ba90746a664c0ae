"""Publishing, embedding and switching at the same time, over real connections.

What counts is that no text is searched by the vector of another one, and that a set that is
switched to has every text of the catalog.
"""

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread

import pytest
import sqlalchemy as sa

from shared.adapters.postgres.store import PostgresStore
from shared.domain.catalog import written_form
from shared.domain.credential_text import embedding_text
from shared.domain.embedding import DIMENSIONS
from shared.domain.embedding_index import EmbeddingSet, EmbeddingSetId, SetStatus
from shared.domain.level import Level
from shared.domain.recommendation import Credential
from shared.domain.user import Caller, Role, SessionId, UserId
from shared.ports.edited_catalog import CatalogEditor
from shared.ports.store import Repositories
from shared.usecases.advance_rebuild import (
    DONE,
    MORE,
    Run,
    clear_retired,
    embed_missing,
    finish_rebuild,
    switch_set,
)
from shared.usecases.edit_catalog import update_credential
from shared.usecases.start_rebuild import start_rebuild
from tests.builders import NOON, TRACK, a_track, an_acceptable_credential, an_id
from tests.embeddings import searched_set
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.wiring import FakeWiring
from tests.integration.stored import put_credentials
from tests.integration.test_store_concurrency import MOMENT, while_open

pytestmark = pytest.mark.integration


def vector_of(credential: Credential) -> list[float]:
    return FakeEmbedder().embed([embedding_text(credential)])[0]


def stored(store: PostgresStore, *slugs: str) -> tuple[Credential, ...]:
    credentials = tuple(
        an_acceptable_credential(slug=slug, title=f"Title of {slug}", description=f"Of {slug}.")
        for slug in slugs
    )
    with store.begin() as repositories:
        repositories.tracks.put(a_track(), content_hash="1")
        put_credentials(repositories, *credentials)
    return credentials


def building(repositories: Repositories) -> EmbeddingSet:
    return repositories.index.add_set(
        EmbeddingSetId(an_id()),
        model="fake-words",
        dimensions=DIMENSIONS,
        status=SetStatus.BUILDING,
        at=NOON,
    )


def test_who_publishes_waits_for_the_switch_and_writes_to_what_is_searched_then(
    postgres_store: PostgresStore,
) -> None:
    with postgres_store.begin() as repositories:
        searched_set(repositories)
        new = building(repositories)

    def switch(repositories: Repositories) -> None:
        repositories.catalog.lock()
        repositories.index.switch(new.id, at=NOON)

    def publish() -> list[EmbeddingSetId]:
        with postgres_store.begin() as repositories:
            repositories.catalog.lock()
            return [one.id for one in repositories.index.sets() if one.is_kept_up]

    assert while_open(postgres_store, switch, publish) == [new.id]


def test_a_switch_waits_for_who_publishes_and_sees_what_they_did(
    postgres_store: PostgresStore,
) -> None:
    (credential,) = stored(postgres_store, "a")
    with postgres_store.begin() as repositories:
        old = searched_set(repositories)
    run = started(FakeWiring(), postgres_store)
    assert embed_missing(run, embedder_of=lambda _: FakeEmbedder()) is DONE

    def publish(repositories: Repositories) -> None:
        repositories.catalog.lock()
        edited = replace(repositories.catalog.get(credential.id), version=2)
        edited = replace(edited, credential=replace(credential, title="Changed"))
        repositories.catalog.save(edited, remarks=(), changed_by=UserId(an_id()), at=NOON)

    assert while_open(postgres_store, publish, lambda: switch_set(run)) is MORE
    with postgres_store.begin() as repositories:
        assert repositories.index.active() == old


def test_a_set_cannot_be_retired_while_vectors_go_into_it(postgres_store: PostgresStore) -> None:
    (credential,) = stored(postgres_store, "a")
    with postgres_store.begin() as repositories:
        old = searched_set(repositories)
        new = building(repositories)

    def put(repositories: Repositories) -> None:
        assert repositories.index.put(old.id, [(credential, vector_of(credential))]) == 1

    def switch() -> None:
        with postgres_store.begin() as repositories:
            repositories.index.switch(new.id, at=NOON)

    while_open(postgres_store, put, switch)
    with postgres_store.begin() as repositories:
        assert repositories.index.put(old.id, [(credential, vector_of(credential))]) == 0


def test_a_text_that_is_being_changed_is_left_for_the_next_look(
    postgres_store: PostgresStore,
) -> None:
    """To wait for it could end in a deadlock with who changes many, as loading seeds does."""
    a, b = stored(postgres_store, "a", "b")
    with postgres_store.begin() as repositories:
        searched = searched_set(repositories)

    def put() -> int:
        with postgres_store.begin() as repositories:
            return repositories.index.put(searched.id, [(c, vector_of(c)) for c in (a, b)])

    with ThreadPoolExecutor(1) as pool, postgres_store.begin() as repositories:
        repositories.credentials.put(replace(a, title="Changed"), content_hash="2")
        assert pool.submit(put).result(timeout=10 * MOMENT) == 1

    with postgres_store.begin() as repositories:
        assert [c.slug for c in repositories.index.missing(searched.id)] == ["a"]


@pytest.mark.parametrize("embeds_at_once", [True, False])
def test_publishing_and_searching_go_on_while_the_index_is_rebuilt(
    postgres_store: PostgresStore, engine: sa.Engine, *, embeds_at_once: bool
) -> None:
    world = FakeWiring()
    credentials = stored(postgres_store, *(f"c{number:03}" for number in range(150)))
    with postgres_store.begin() as repositories:
        searched = searched_set(repositories)
        repositories.index.put(searched.id, [(c, vector_of(c)) for c in credentials])
    admin = Caller(user_id=UserId(an_id()), session_id=SessionId(an_id()), role=Role.ADMIN)
    editor = CatalogEditor(
        caller=admin,
        is_dry_run=False,
        store=postgres_store,
        review=world.content_review,
        clock=world.clock,
        embedder=FakeEmbedder() if embeds_at_once else None,
    )
    stop, found, published = Event(), list[int](), list[str]()

    def publish() -> None:
        for count in itertools.count():
            if stop.is_set():
                return
            chosen = credentials[count * 37 % len(credentials)]
            written = written_form(chosen) | {"title": f"Title {count} of {chosen.slug}"}
            update_credential(chosen.id, written, editor)
            published.append(chosen.slug)
            stop.wait(0.02 if embeds_at_once else 0.3)

    def search() -> None:
        while not stop.is_set():
            with postgres_store.begin() as repositories:
                within = repositories.index.active()
                assert within is not None
                hits = repositories.credentials.search_vector(
                    vector_of(credentials[0]),
                    within=within,
                    track_id=TRACK,
                    levels=list(Level),
                    limit=200,
                )
            found.append(len(hits))

    threads = [Thread(target=publish), Thread(target=search)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(3):
            rebuild(world, postgres_store)
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=10)

    assert len(published) > 2
    assert found
    assert set(found) == {150}, "every search found the whole catalog"
    ensure_right(engine, postgres_store, may_be_stale=not embeds_at_once)


def started(world: FakeWiring, store: PostgresStore) -> Run:
    rebuild = start_rebuild(
        an_id(),
        model="fake-words",
        store=store,
        runner=world.rebuild_runner,
        ids=world.ids,
        clock=world.clock,
    ).rebuild
    return Run(rebuild_id=rebuild.id, number=rebuild.run, store=store, clock=world.clock)


def rebuild(world: FakeWiring, store: PostgresStore) -> None:
    run = started(world, store)
    while True:
        while embed_missing(run, embedder_of=lambda _: FakeEmbedder()) is not DONE:
            pass
        if switch_set(run) is DONE:
            break
    time.sleep(MOMENT)  # until whoever took the old set for the active one has searched it
    while clear_retired(run, searches_end_within=timedelta(0)) is not DONE:
        pass
    finish_rebuild(run)
    world.clock.advance(timedelta(minutes=1))


def ensure_right(engine: sa.Engine, store: PostgresStore, *, may_be_stale: bool) -> None:
    """Each vector is that of the text whose hash it bears; where all embed, none is stale."""
    with store.begin() as repositories:
        sets = repositories.index.sets()
        assert [one.status for one in sets] == [SetStatus.ACTIVE]
        missing = {c.id for c in repositories.index.missing(sets[0].id)}
        present = {c.id: vector_of(c) for c in repositories.catalog.active()}
    assert may_be_stale or not missing
    with engine.connect() as connection:
        rows = connection.execute(
            sa.text("SELECT slot, credential_id::text AS id, vector::text FROM embedding_artifacts")
        ).all()
    assert {row.slot for row in rows} == {sets[0].slot}
    assert len(rows) == len(present)
    for row in rows:
        if row.id not in missing:
            vector = [float(v) for v in row.vector.strip("[]").split(",")]
            assert vector == pytest.approx(present[row.id], abs=1e-6)
