from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.content_review import SeedContentReview
from shared.adapters.seed_files.source import SeedFolder, read_skills
from shared.domain.catalog import CatalogChange, CredentialSelection, written_form
from shared.domain.errors import CoverageGapError, EngineError, InvalidImportError
from shared.domain.level import Level
from shared.domain.recommendation import Credential
from shared.domain.transfer import CredentialRow, ImportReport, Place, RowAction, Sheet
from shared.ports.content_files import CatalogFormat, Upload
from shared.ports.edited_catalog import CatalogEditor
from shared.usecases.export_content import export_credentials
from shared.usecases.import_credentials import import_credentials
from tests.builders import NOON, a_track, an_acceptable_credential
from tests.embeddings import searched_set
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADMIN

SEEDS = Path(__file__).parents[3] / "seeds"
FIRST = an_acceptable_credential(slug="first", title="Indexing for Patience")
NEW = an_acceptable_credential(
    slug="new",
    title="Reading Query Plans",
    description="What a planner weighs, told by plans of slow queries.",
)


@pytest.fixture
def world() -> FakeWiring:
    world = FakeWiring()
    with world.store.begin() as repositories:
        searched_set(repositories)
        repositories.tracks.put(a_track(), content_hash="1")
    run(world, FIRST)
    world.store.state.audit.clear()
    return world


def rows_of(*credentials: Credential, **changes: Any) -> tuple[CredentialRow, ...]:
    return tuple(
        CredentialRow(place=Place(row=n, slug=c.slug), content=written_form(c) | changes)
        for n, c in enumerate(credentials, start=2)
    )


def run(
    world: FakeWiring,
    *credentials: Credential,
    is_dry_run: bool = False,
    by_operator: bool = False,
    **changes: Any,
) -> ImportReport[CatalogChange]:
    editor = an_editor(world, is_dry_run=is_dry_run, by_operator=by_operator)
    return import_credentials(Sheet(rows=rows_of(*credentials, **changes)), editor, ids=world.ids)


def an_editor(
    world: FakeWiring, *, is_dry_run: bool = False, by_operator: bool = False
) -> CatalogEditor:
    return CatalogEditor(
        caller=None if by_operator else ADMIN,
        is_dry_run=is_dry_run,
        store=world.store,
        review=world.content_review,
        clock=world.clock,
        embedder=world.instant_embedder,
    )


def actions(report: ImportReport[CatalogChange]) -> list[str]:
    return [row.action for row in report.rows]


def test_rows_create_update_and_leave_alone(world: FakeWiring) -> None:
    changed = replace(FIRST, hours=7.0)

    report = run(world, changed, NEW)

    assert actions(report) == [RowAction.UPDATED, RowAction.CREATED]
    assert actions(run(world, changed, NEW)) == [RowAction.UNCHANGED] * 2
    audit = [(r.actor, r.action, r.details["version"]) for r in world.store.state.audit]
    assert audit == [
        (ADMIN.user_id, "credential.updated", 2),
        (ADMIN.user_id, "credential.created", 1),
    ]
    with world.store.begin() as repositories:
        first, new = repositories.catalog.find(["new", "first", "nobody"])
        version = repositories.catalog.version(first.credential.id, 2)
    assert (first.credential.hours, new.credential.title) == (7.0, NEW.title)
    assert (version.changed_by, version.changed_at) == (ADMIN.user_id, NOON)


def test_what_is_new_is_embedded_at_once_where_that_costs_nothing(world: FakeWiring) -> None:
    run(world, NEW)

    with world.store.begin() as repositories:
        assert repositories.index.missing(searched_set(repositories).id) == ()


def test_without_an_embedder_at_hand_it_waits_for_the_index(world: FakeWiring) -> None:
    world.instant_embedder = None

    run(world, NEW)

    with world.store.begin() as repositories:
        (stale,) = repositories.index.missing(searched_set(repositories).id)
    assert stale.slug == "new"


def test_an_embedder_that_fails_holds_nothing_up(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> object:
        raise EngineError("away", reason="connection")

    monkeypatch.setattr(world.embedder, "embed", fail)

    assert actions(run(world, NEW)) == [RowAction.CREATED]


def test_one_fault_refuses_all_and_each_is_named_by_row(world: FakeWiring) -> None:
    before = world.store.state.copy()

    with pytest.raises(InvalidImportError) as caught:
        run(world, NEW, replace(NEW, slug="other"), url="nowhere")

    assert caught.value.faults[0][0] == "row 2/url"
    assert caught.value.faults[1][0] == "row 3/url"
    assert world.store.state == before


def test_rows_are_judged_beside_each_other_and_beside_what_is_stored(world: FakeWiring) -> None:
    twin, like_first = replace(NEW, slug="twin"), replace(FIRST, slug="like-first")
    before = world.store.state.copy()

    report = run(world, NEW, twin, like_first, is_dry_run=True)

    said = {f.place.slug: f.detail for f in report.faults if "Has the" in f.detail}
    assert "of new" in said["twin"]
    assert "of first" in said["like-first"]
    assert world.store.state == before


def test_the_same_slug_twice_is_a_fault_of_the_later_row(world: FakeWiring) -> None:
    report = run(world, NEW, NEW, is_dry_run=True)

    assert [(f.place.row, f.pointer) for f in report.faults if "already" in f.detail] == [
        (3, "/slug")
    ]


@pytest.mark.parametrize("is_dry_run", [True, False])
def test_a_track_keeps_a_credential_of_each_level(world: FakeWiring, is_dry_run: bool) -> None:  # noqa: FBT001
    moved = replace(FIRST, level=Level.ADVANCED)

    with pytest.raises(CoverageGapError, match="intermediate"):
        run(world, moved, is_dry_run=is_dry_run)
    # What one row takes away another gives.
    assert actions(run(world, moved, NEW, is_dry_run=is_dry_run)) == [
        RowAction.UPDATED,
        RowAction.CREATED,
    ]


def test_the_operator_is_the_actor_at_the_terminal(world: FakeWiring) -> None:
    run(world, NEW, by_operator=True)

    assert [row.actor for row in world.store.state.audit] == ["operator"]


def test_it_says_how_it_goes(world: FakeWiring) -> None:
    steps: list[None] = []

    import_credentials(
        Sheet(rows=rows_of(FIRST, NEW)),
        an_editor(world),
        ids=world.ids,
        on_each=lambda: steps.append(None),
    )

    assert len(steps) == 4


def test_an_export_can_be_of_one_track_and_level(world: FakeWiring) -> None:
    run(world, replace(NEW, level=Level.BEGINNER))

    def exported(**selected: Any) -> list[str]:
        file = export_credentials(
            CatalogFormat.JSON,
            CredentialSelection(**selected),
            files=world.content_files,
            store=world.store,
        )
        upload = Upload(type=file.type, content=file.content)
        return [str(r.place.slug) for r in world.content_files.read_credentials(upload).rows]

    assert exported() == ["first", "new"]
    assert exported(level=Level.BEGINNER) == ["new"]
    assert exported(track_id="poet") == []


@pytest.mark.parametrize("format", CatalogFormat)
def test_an_export_into_an_empty_store_makes_it_equal(format: CatalogFormat) -> None:
    full, empty = FakeWiring(), FakeWiring()
    seeds = SeedFolder(SEEDS, full.ids).read()
    for world in (full, empty):
        world.content_review = SeedContentReview(read_skills(SEEDS))
        with world.store.begin() as repositories:
            for track in seeds.tracks:
                repositories.tracks.put(track.content, content_hash=track.content_hash)
    with full.store.begin() as repositories:
        for credential in seeds.credentials:
            repositories.credentials.put(credential.content, content_hash=credential.content_hash)

    file = export_credentials(
        format, CredentialSelection(), files=full.content_files, store=full.store
    )
    sheet = empty.content_files.read_credentials(Upload(type=file.type, content=file.content))
    report = import_credentials(sheet, an_editor(empty), ids=empty.ids)

    assert report.count(RowAction.CREATED) == len(seeds.credentials)
    with full.store.begin() as wanted, empty.store.begin() as made:
        assert [written_form(c) for c in made.catalog.active()] == [
            written_form(c) for c in wanted.catalog.active()
        ]
