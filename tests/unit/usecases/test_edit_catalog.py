from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.catalog import CatalogChange, Origin, written_form
from shared.domain.credential_text import embedding_text
from shared.domain.errors import (
    CoverageGapError,
    EngineRefusedError,
    IdempotencyConflictError,
    InvalidContentError,
    NotFoundError,
    SlugTakenError,
)
from shared.domain.level import Level
from shared.domain.recommendation import Credential, CredentialId
from shared.ports.edited_catalog import CatalogEditor
from shared.ports.embedder import Embedder
from shared.usecases.edit_catalog import (
    create_credential,
    deactivate_credential,
    restore_credential,
    update_credential,
)
from tests.builders import NOON, TRACK, a_track, an_acceptable_credential, an_id
from tests.embeddings import put_embedding, searched_set
from tests.fakes.store.state import AuditEntry
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADMIN, a_key

FIRST = an_acceptable_credential(slug="first", title="Databases")
SECOND = an_acceptable_credential(
    slug="second", title="Networks", description="How packets find their way between machines."
)
NEW = written_form(
    an_acceptable_credential(
        slug="new", title="Compilers", description="From grammars to machine code, step by step."
    )
)


@pytest.fixture
def world() -> FakeWiring:
    """The seeds brought two credentials of a track and level."""
    world = FakeWiring()
    with world.store.begin() as repositories:
        repositories.tracks.put(a_track(), content_hash="1")
        for credential in (FIRST, SECOND):
            repositories.credentials.put(credential, content_hash="1")
            vector = world.embedder.embed([embedding_text(credential)])[0]
            put_embedding(repositories, credential, vector)
    return world


def an_editor(
    world: FakeWiring, *, is_dry_run: bool = False, embedder: Embedder | None = None
) -> CatalogEditor:
    return CatalogEditor(
        caller=ADMIN,
        is_dry_run=is_dry_run,
        store=world.store,
        review=world.content_review,
        clock=world.clock,
        embedder=embedder,
    )


def create(
    world: FakeWiring,
    written: Mapping[str, Any] = NEW,
    *,
    is_dry_run: bool = False,
    key: str | None = None,
    request: str = "1",
) -> CatalogChange:
    return create_credential(
        written,
        an_editor(world, is_dry_run=is_dry_run),
        ids=world.ids,
        idempotency=a_key(key, request=request) if key else None,
    )


def update(world: FakeWiring, credential: Credential, **changes: Any) -> CatalogChange:
    written = written_form(credential) | changes
    return update_credential(credential.id, written, an_editor(world))


def deactivate(world: FakeWiring, credential: Credential) -> CatalogChange:
    return deactivate_credential(credential.id, an_editor(world))


def audited(world: FakeWiring) -> AuditEntry:
    (entry,) = world.store.state.audit
    return entry


def stale(world: FakeWiring) -> list[str]:
    with world.store.begin() as repositories:
        return [c.slug for c in repositories.index.missing(searched_set(repositories).id)]


def test_a_new_credential_is_stored_as_the_admins_first_version(world: FakeWiring) -> None:
    change = create(world)

    entry = world.store.state.credentials["new"]
    assert change.before is None
    assert change.after == entry
    assert written_form(entry.credential) == NEW
    assert (entry.version, entry.active, entry.origin) == (1, True, Origin.ADMIN)
    version = world.store.state.credential_versions[entry.credential.id, 1]
    assert (version.entry, version.changed_by, version.changed_at) == (entry, ADMIN.user_id, NOON)
    assert version.remarks == change.remarks != ()
    assert stale(world) == ["new"]


def test_creating_leaves_an_audit_row_with_the_hashes(world: FakeWiring) -> None:
    after = create(world).after

    row = audited(world)
    assert (row.actor, row.action, row.subject, row.at) == (
        ADMIN.user_id,
        "credential.created",
        after.credential.id,
        NOON,
    )
    assert row.details == {
        "slug": "new",
        "version": 1,
        "before": None,
        "after": {"hash": after.content_hash, "active": True, "origin": "admin"},
        "warnings": ["description-length"],
    }


def test_a_slug_is_taken_by_an_inactive_credential_too(world: FakeWiring) -> None:
    deactivate(world, FIRST)

    with pytest.raises(SlugTakenError, match="first"):
        create(world, NEW | {"id": "first"})


def test_the_same_key_gets_the_first_answer_after_later_changes(world: FakeWiring) -> None:
    first = create(world, key="k")
    update(world, first.after.credential, hours=7)

    again = create(world, key="k")

    assert again == replace(first, is_replay=True)
    with pytest.raises(IdempotencyConflictError):
        create(world, key="k", request="2")


def test_a_dry_run_binds_no_key_and_writes_nothing(world: FakeWiring) -> None:
    before = world.store.state.copy()

    dry = create(world, is_dry_run=True, key="k")

    assert world.store.state == before
    real = create(world, key="k")
    assert (dry.after.content_hash, dry.remarks) == (real.after.content_hash, real.remarks)


def test_an_update_is_a_version_with_both_hashes_in_the_audit(world: FakeWiring) -> None:
    change = update(world, FIRST, title="Databases, second edition")

    assert change.before is not None
    assert (change.before.credential, change.after.version) == (FIRST, 2)
    assert change.after.credential == replace(FIRST, title="Databases, second edition")
    row = audited(world)
    assert (row.action, row.subject) == ("credential.updated", FIRST.id)
    assert row.details["before"] == {"hash": "1", "active": True, "origin": "seeds"}
    assert row.details["after"]["hash"] == change.after.content_hash
    assert stale(world) == ["first"]


def test_an_update_that_changes_nothing_leaves_no_trace(world: FakeWiring) -> None:
    update(world, FIRST, hours=7)
    before = world.store.state.copy()

    change = update(world, FIRST, hours=7)

    assert not change.is_change
    assert world.store.state == before


def test_an_update_makes_an_inactive_credential_active(world: FakeWiring) -> None:
    deactivate(world, FIRST)

    assert update(world, FIRST).after.active


def test_a_slug_never_changes(world: FakeWiring) -> None:
    with pytest.raises(InvalidContentError) as caught:
        update(world, FIRST, id="other")

    assert [pointer for pointer, _ in caught.value.faults] == ["/slug"]


def test_a_refused_update_stores_nothing(world: FakeWiring) -> None:
    before = world.store.state.copy()

    with pytest.raises(InvalidContentError):
        update(world, FIRST, skills=["juggling"])

    assert world.store.state == before


def test_a_dry_update_tells_and_writes_nothing(world: FakeWiring) -> None:
    before = world.store.state.copy()
    editor = an_editor(world, is_dry_run=True, embedder=world.embedder)

    change = update_credential(FIRST.id, written_form(FIRST) | {"hours": 7}, editor)

    assert (change.after.credential.hours, change.after.version) == (7, 2)
    assert world.store.state == before


def test_an_embedder_at_hand_embeds_at_once(world: FakeWiring) -> None:
    editor = an_editor(world, embedder=world.embedder)

    after = update_credential(FIRST.id, written_form(FIRST) | {"title": "Trees"}, editor).after

    assert stale(world) == []
    _, vector = world.store.state.embeddings[0, FIRST.id]
    assert list(vector) == world.embedder.embed([embedding_text(after.credential)])[0]


def test_an_embedder_that_fails_leaves_the_text_stale(world: FakeWiring) -> None:
    world.embedder.error = EngineRefusedError("no files", reason="model_missing")

    update_credential(
        FIRST.id,
        written_form(FIRST) | {"title": "Trees"},
        an_editor(world, embedder=world.embedder),
    )

    assert stale(world) == ["first"]


def test_deactivating_is_a_version_and_is_audited(world: FakeWiring) -> None:
    change = deactivate(world, FIRST)

    assert (change.after.active, change.after.version) == (False, 2)
    row = audited(world)
    assert row.action == "credential.deactivated"
    assert row.details["after"] == {"hash": "1", "active": False, "origin": "admin"}
    assert not deactivate(world, FIRST).is_change
    assert len(world.store.state.audit) == 1


def test_the_last_credential_of_a_track_and_level_stays(world: FakeWiring) -> None:
    deactivate(world, FIRST)
    before = world.store.state.copy()

    with pytest.raises(CoverageGapError, match=f"intermediate credential of {TRACK}"):
        deactivate(world, SECOND)
    with pytest.raises(CoverageGapError, match="intermediate"):
        update(world, SECOND, level="advanced")

    assert world.store.state == before


def test_a_dry_run_meets_the_same_refusal(world: FakeWiring) -> None:
    deactivate(world, FIRST)

    with pytest.raises(CoverageGapError):
        deactivate_credential(SECOND.id, an_editor(world, is_dry_run=True))


def test_other_levels_do_not_stand_in(world: FakeWiring) -> None:
    update(world, FIRST, level=Level.ADVANCED.value)

    with pytest.raises(CoverageGapError, match="intermediate"):
        deactivate(world, SECOND)


def test_an_earlier_version_can_be_restored(world: FakeWiring) -> None:
    update(world, FIRST, title="Better", hours=7)
    update(world, FIRST, title="Worse")

    change = restore_credential(FIRST.id, 2, an_editor(world))

    assert (change.after.credential.title, change.after.version) == ("Better", 4)
    assert world.store.state.audit[-1].action == "credential.restored"
    assert not restore_credential(FIRST.id, 2, an_editor(world)).is_change


def test_what_was_deactivated_can_be_restored(world: FakeWiring) -> None:
    deactivate(world, FIRST)

    after = restore_credential(FIRST.id, 1, an_editor(world)).after

    assert after.active
    assert after.credential == FIRST


def test_restoring_a_version_of_the_seeds_gives_it_back_to_them(world: FakeWiring) -> None:
    update(world, FIRST, title="Better")
    assert world.store.state.credentials["first"].origin is Origin.ADMIN

    restore_credential(FIRST.id, 1, an_editor(world))

    assert world.store.state.credentials["first"].origin is Origin.SEEDS


def test_a_version_from_before_sources_keeps_the_present_one(world: FakeWiring) -> None:
    old = an_acceptable_credential(slug="old", title="Old", description="Of another time.")
    with world.store.begin() as repositories:
        repositories.credentials.put(replace(old, source=""), content_hash="1")
    update(world, old, title="Renamed", source="the provider's page")

    restored = restore_credential(old.id, 1, an_editor(world)).after.credential

    assert (restored.title, restored.source) == ("Old", "the provider's page")


def test_what_is_unknown_is_not_found(world: FakeWiring) -> None:
    unknown = CredentialId(an_id())
    editor = an_editor(world)
    for edit in (
        lambda: update_credential(unknown, NEW, editor),
        lambda: deactivate_credential(unknown, editor),
        lambda: restore_credential(unknown, 1, editor),
        lambda: restore_credential(FIRST.id, 2, editor),
    ):
        with pytest.raises(NotFoundError):
            edit()
