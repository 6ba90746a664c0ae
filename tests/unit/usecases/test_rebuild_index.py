"""A rebuild of the index, step by step as the state machine takes them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.catalog import Origin, written_form
from shared.domain.credential_text import embedding_text
from shared.domain.embedding_index import (
    EmbeddingSet,
    IndexState,
    Rebuild,
    RebuildStatus,
    SetStatus,
    StartedRebuild,
)
from shared.domain.errors import (
    EngineRefusedError,
    EngineUnavailableError,
    PipelineUnavailableError,
    RebuildRunningError,
    RebuildSupersededError,
)
from shared.domain.recommendation import Credential, CredentialId
from shared.domain.user import UserId
from shared.ports.edited_catalog import CatalogEditor
from shared.ports.embedder import Embedder
from shared.ports.embedding import EMBEDDED_AT_ONCE
from shared.usecases.advance_rebuild import (
    CLEARED_AT_ONCE,
    DONE,
    MORE,
    Run,
    clear_retired,
    embed_missing,
    fail_rebuild,
    finish_rebuild,
    switch_set,
)
from shared.usecases.edit_catalog import update_credential
from shared.usecases.get_index import get_index
from shared.usecases.start_rebuild import STARTS_WITHIN, start_rebuild
from tests.builders import a_track, an_acceptable_credential, an_id
from tests.embeddings import put_embedding
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.store.state import AuditEntry
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADMIN, ensure_no_transaction

GRACE = timedelta(seconds=10)
FIRST = an_acceptable_credential(slug="first", title="Databases")
SECOND = an_acceptable_credential(
    slug="second", title="Networks", description="How packets find their way between machines."
)


@pytest.fixture
def world() -> FakeWiring:
    """Two credentials that are searched by an older model."""
    world = FakeWiring()
    with world.store.begin() as repositories:
        repositories.tracks.put(a_track(), content_hash="1")
        for credential in (FIRST, SECOND):
            repositories.credentials.put(credential, content_hash="1")
            put_embedding(repositories, credential, vector_of(credential))
    world.embedder.model = world.embedding_model = "newer"
    return world


def vector_of(credential: Credential) -> list[float]:
    return FakeEmbedder().embed([embedding_text(credential)])[0]


def start(world: FakeWiring, *, actor: str = ADMIN.user_id) -> StartedRebuild:
    return start_rebuild(
        actor,
        model=world.embedding_model,
        store=world.store,
        runner=world.rebuild_runner,
        ids=world.ids,
        clock=world.clock,
    )


def run_of(world: FakeWiring, rebuild: Rebuild) -> Run:
    return Run(rebuild_id=rebuild.id, number=rebuild.run, store=world.store, clock=world.clock)


def started(world: FakeWiring) -> Run:
    return run_of(world, start(world).rebuild)


def embed_all(world: FakeWiring, run: Run) -> None:
    while embed_missing(run, embedder_of=world.embedder_of) is not DONE:
        pass


def state(world: FakeWiring) -> IndexState:
    return get_index(store=world.store)


def searched(world: FakeWiring) -> EmbeddingSet:
    found = state(world).searched
    assert found is not None
    return found


def newest(world: FakeWiring) -> Rebuild:
    found = state(world).rebuild
    assert found is not None
    return found


def publish(
    world: FakeWiring, credential: Credential, title: str, *, embedder: Embedder | None = None
) -> Credential:
    editor = CatalogEditor(
        caller=ADMIN,
        is_dry_run=False,
        store=world.store,
        review=world.content_review,
        clock=world.clock,
        embedder=embedder,
    )
    written = written_form(credential) | {"title": title}
    return update_credential(credential.id, written, editor).after.credential


def add_many(world: FakeWiring, count: int) -> None:
    with world.store.begin() as repositories:
        for number in range(count):
            credential = replace(FIRST, id=CredentialId(an_id()), slug=f"more-{number:04}")
            repositories.credentials.put(credential, content_hash="1")


def audited(world: FakeWiring) -> list[AuditEntry]:
    return [entry for entry in world.store.state.audit if entry.action.startswith("index.")]


def test_a_rebuild_embeds_all_switches_and_clears_the_old_set(world: FakeWiring) -> None:
    old = searched(world)
    run = started(world)

    assert clear_retired(run, searches_end_within=GRACE) is DONE
    embed_all(world, run)
    assert searched(world) == old
    assert switch_set(run) is DONE
    assert clear_retired(run, searches_end_within=GRACE).wait_seconds == 10
    world.clock.advance(GRACE)
    assert clear_retired(run, searches_end_within=GRACE) is DONE
    assert finish_rebuild(run) is DONE

    now = state(world)
    assert now.searched is not None
    assert (now.searched.id, now.searched.model) == (run.rebuild_id, "newer")
    assert (now.coverage.active, now.coverage.stale) == (2, 0)
    assert newest(world).status is RebuildStatus.COMPLETED
    assert (newest(world).embedded, newest(world).total) == (2, 2)
    assert newest(world).finished_at == world.clock.now()
    assert list(world.store.state.embedding_sets) == [run.rebuild_id]
    assert {slot for slot, _ in world.store.state.embeddings} == {now.searched.slot}


def test_starting_is_audited_and_so_is_the_switch(world: FakeWiring) -> None:
    run = started(world)
    embed_all(world, run)
    switch_set(run)

    asked, switched = audited(world)
    assert (asked.actor, asked.action) == (ADMIN.user_id, "index.rebuild_started")
    assert asked.details == {"model": "newer", "dimensions": 256, "run": 1}
    assert (switched.actor, switched.action) == (ADMIN.user_id, "index.switched")
    assert switched.details == {"from": "fake-words", "to": "newer", "credentials": 2}
    assert {asked.subject, switched.subject} == {run.rebuild_id}


def test_it_is_embedded_in_batches_outside_any_transaction_and_counted(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_many(world, EMBEDDED_AT_ONCE)
    embed, batches = world.embedder.embed, list[int]()

    def embed_slowly(texts: Sequence[str]) -> list[list[float]]:
        ensure_no_transaction(world.store)
        batches.append(len(texts))
        return embed(texts)

    monkeypatch.setattr(world.embedder, "embed", embed_slowly)
    run = started(world)

    assert embed_missing(run, embedder_of=world.embedder_of) is MORE
    first = newest(world)
    assert embed_missing(run, embedder_of=world.embedder_of) is DONE

    assert batches == [EMBEDDED_AT_ONCE, 2]
    assert (first.embedded, first.total) == (EMBEDDED_AT_ONCE, EMBEDDED_AT_ONCE + 2)
    assert (newest(world).embedded, newest(world).total) == (first.total, first.total)


def test_the_old_set_is_cleared_in_batches(world: FakeWiring) -> None:
    run = started(world)
    embed_all(world, run)
    old = searched(world)
    for number in range(CLEARED_AT_ONCE):
        world.store.state.embeddings[old.slot, f"{number}"] = ("hash", (1.0,))
    switch_set(run)
    world.clock.advance(GRACE)

    assert clear_retired(run, searches_end_within=GRACE) is MORE
    assert clear_retired(run, searches_end_within=GRACE) is DONE


def test_one_rebuild_runs_at_a_time(world: FakeWiring) -> None:
    first = start(world).rebuild
    world.clock.advance(STARTS_WITHIN)
    before = world.store.state.copy()

    with pytest.raises(RebuildRunningError, match=r"GET /api/v1/admin/index") as refused:
        start(world)

    assert refused.value.rebuild_id == first.id
    assert first.id in str(refused.value)
    assert world.store.state == before
    assert world.rebuild_runner.started == [(first.id, 1)]


def test_one_that_was_started_just_now_is_not_taken_for_dead(world: FakeWiring) -> None:
    """Its row is there, and its execution may start at any moment."""
    start(world)
    world.rebuild_runner.running.clear()
    world.clock.advance(STARTS_WITHIN - timedelta(seconds=1))

    with pytest.raises(RebuildRunningError):
        start(world)


def test_one_whose_execution_ended_without_a_word_goes_on(world: FakeWiring) -> None:
    run = started(world)
    embed_missing(run, embedder_of=world.embedder_of)
    world.rebuild_runner.running.clear()
    world.clock.advance(STARTS_WITHIN)

    again = start(world)

    assert (again.rebuild.id, again.rebuild.run, again.is_resumed) == (run.rebuild_id, 2, True)


def test_a_rebuild_that_failed_goes_on_where_it_stopped(world: FakeWiring) -> None:
    add_many(world, EMBEDDED_AT_ONCE)
    run = started(world)
    embed_missing(run, embedder_of=world.embedder_of)
    world.embedder.error = EngineUnavailableError("slow", reason="timeout")
    with pytest.raises(EngineUnavailableError):
        embed_missing(run, embedder_of=world.embedder_of)
    fail_rebuild(run, "EngineUnavailableError: slow")
    assert (newest(world).status, newest(world).failure) == (
        RebuildStatus.FAILED,
        "EngineUnavailableError: slow",
    )
    assert searched(world).model == "fake-words"

    world.embedder.error = None
    world.embedder.texts.clear()
    again = start(world)
    resumed = run_of(world, again.rebuild)
    assert (resumed.rebuild_id, resumed.number, again.is_resumed) == (run.rebuild_id, 2, True)
    assert newest(world).failure is None
    assert clear_retired(resumed, searches_end_within=GRACE) is DONE
    embed_all(world, resumed)
    switch_set(resumed)

    assert len(world.embedder.texts) == 2, "what was embedded is kept"
    assert (searched(world).model, state(world).coverage.stale) == ("newer", 0)
    assert [entry.action for entry in audited(world)] == [
        "index.rebuild_started",
        "index.rebuild_resumed",
        "index.switched",
    ]


def test_an_older_run_does_nothing_any_more(world: FakeWiring) -> None:
    """Its execution may have been thought dead: two of them would undo each other's work."""
    old = started(world)
    fail_rebuild(old, "x")
    start(world)
    before = world.store.state.copy()

    for step in (
        lambda: clear_retired(old, searches_end_within=GRACE),
        lambda: embed_missing(old, embedder_of=world.embedder_of),
        lambda: switch_set(old),
        lambda: finish_rebuild(old),
        lambda: fail_rebuild(old, "x"),
    ):
        with pytest.raises(RebuildSupersededError):
            step()
    assert world.store.state == before


def test_a_rebuild_that_has_ended_is_followed_by_a_new_one(world: FakeWiring) -> None:
    run = started(world)
    embed_all(world, run)
    switch_set(run)
    finish_rebuild(run)
    world.clock.advance(GRACE)

    again = start(world)

    assert not again.is_resumed
    assert again.rebuild.id != run.rebuild_id
    following = run_of(world, again.rebuild)
    assert clear_retired(following, searches_end_within=GRACE) is DONE
    embed_all(world, following)
    assert switch_set(following) is DONE
    assert searched(world).id == following.rebuild_id


def test_what_failed_for_another_model_is_abandoned_and_cleared(world: FakeWiring) -> None:
    run = started(world)
    embed_missing(run, embedder_of=world.embedder_of)
    fail_rebuild(run, "x")
    world.clock.advance(GRACE)
    world.embedder.model = world.embedding_model = "newest"

    again = start(world)

    assert not again.is_resumed
    assert world.store.state.rebuilds[run.rebuild_id].status is RebuildStatus.ABANDONED
    following = run_of(world, again.rebuild)
    assert clear_retired(following, searches_end_within=GRACE).wait_seconds == 10
    world.clock.advance(GRACE)
    assert clear_retired(following, searches_end_within=GRACE) is DONE
    embed_all(world, following)
    switch_set(following)
    assert searched(world).model == "newest"


def test_a_rebuild_that_cannot_be_started_has_failed(world: FakeWiring) -> None:
    world.rebuild_runner.is_available = False

    with pytest.raises(PipelineUnavailableError):
        start(world)

    assert newest(world).status is RebuildStatus.FAILED
    world.rebuild_runner.is_available = True
    assert start(world).is_resumed


def test_the_model_is_the_one_it_was_started_for(world: FakeWiring) -> None:
    """A deployment in the middle of it changes neither the set's model nor who embeds."""
    run = started(world)
    world.embedder.model = "newest"

    with pytest.raises(EngineRefusedError, match="newer"):
        embed_missing(run, embedder_of=world.embedder_of)


def test_what_changed_after_it_was_embedded_is_embedded_again(world: FakeWiring) -> None:
    run = started(world)
    embed_all(world, run)
    publish(world, FIRST, "Changed since")

    assert switch_set(run) is MORE
    assert searched(world).model == "fake-words"
    assert (newest(world).embedded, newest(world).total) == (1, 2)
    embed_all(world, run)
    assert switch_set(run) is DONE

    assert state(world).coverage.stale == 0


def test_what_changes_while_it_is_embedded_is_embedded_again(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(world)
    embed, changed = world.embedder.embed, list[Credential]()

    def embed_slowly(texts: Sequence[str]) -> list[list[float]]:
        if not changed:
            changed.append(publish(world, FIRST, "Changed meanwhile"))
        return embed(texts)

    monkeypatch.setattr(world.embedder, "embed", embed_slowly)

    assert embed_missing(run, embedder_of=world.embedder_of) is MORE
    embed_all(world, run)
    switch_set(run)

    _, vector = world.store.state.embeddings[searched(world).slot, FIRST.id]
    assert list(vector) == vector_of(changed[0])


@pytest.mark.parametrize("is_before", [True, False], ids=["before", "after"])
def test_what_is_published_goes_into_both_sets_of_its_model(
    world: FakeWiring, *, is_before: bool
) -> None:
    world.embedder.model = world.embedding_model = "fake-words"
    run = started(world)
    if is_before:
        embed_missing(run, embedder_of=world.embedder_of)
        after = publish(world, FIRST, "Changed", embedder=world.embedder)
    else:
        after = publish(world, FIRST, "Changed", embedder=world.embedder)
        embed_missing(run, embedder_of=world.embedder_of)

    slots = {s.slot for s in world.store.state.embedding_sets.values()}
    assert slots == {0, 1}
    for slot in slots:
        _, vector = world.store.state.embeddings[slot, FIRST.id]
        assert list(vector) == vector_of(after)
    assert switch_set(run) is DONE


def test_a_retired_set_gets_nothing_of_what_is_published(world: FakeWiring) -> None:
    world.embedder.model = world.embedding_model = "fake-words"
    run = started(world)
    embed_all(world, run)
    old = searched(world)
    before = world.store.state.embeddings[old.slot, FIRST.id]
    switch_set(run)

    publish(world, FIRST, "Changed", embedder=world.embedder)

    assert world.store.state.embeddings[old.slot, FIRST.id] == before
    assert state(world).coverage.stale == 0


def test_what_is_deactivated_does_not_hold_up_the_switch(world: FakeWiring) -> None:
    run = started(world)
    with world.store.begin() as repositories:
        entry = repositories.catalog.get(SECOND.id)
        gone = replace(entry, active=False, version=2, origin=Origin.ADMIN)
        repositories.catalog.save(gone, remarks=(), changed_by=UserId("a"), at=world.clock.now())
    embed_all(world, run)

    assert switch_set(run) is DONE
    assert (newest(world).embedded, newest(world).total) == (1, 1)


def test_repeating_steps_changes_nothing(world: FakeWiring) -> None:
    """Step Functions may call twice when an answer is lost."""
    run = started(world)
    embed_all(world, run)
    switch_set(run)
    world.clock.advance(GRACE)
    clear_retired(run, searches_end_within=GRACE)
    before = world.store.state.copy()

    assert embed_missing(run, embedder_of=world.embedder_of) is DONE
    assert switch_set(run) is DONE
    assert clear_retired(run, searches_end_within=GRACE) is DONE
    now = world.store.state
    assert now.embeddings == before.embeddings
    assert now.embedding_sets == before.embedding_sets
    assert now.audit == before.audit
    finish_rebuild(run)
    world.clock.advance(GRACE)
    assert finish_rebuild(run) is DONE
    assert newest(world).finished_at == world.clock.now() - GRACE


def test_a_failure_that_is_told_twice_is_told_once(world: FakeWiring) -> None:
    run = started(world)
    fail_rebuild(run, "x")

    assert fail_rebuild(run, "y") is DONE
    assert newest(world).failure == "x"


def test_an_empty_catalog_can_be_rebuilt(world: FakeWiring) -> None:
    world.store.state.credentials.clear()
    run = started(world)

    assert embed_missing(run, embedder_of=world.embedder_of) is DONE
    assert switch_set(run) is DONE
    assert world.embedder.texts == []


def test_a_first_set_can_be_built_without_an_old_one() -> None:
    world = FakeWiring()
    run = started(world)
    embed_all(world, run)

    assert switch_set(run) is DONE
    assert searched(world).status is SetStatus.ACTIVE
