from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.content_review import SeedContentReview
from shared.adapters.seed_files.source import SeedFolder, read_skills
from shared.domain.catalog import Origin
from shared.domain.errors import InvalidImportError, PoolTooSmallError
from shared.domain.question import Question, QuestionType
from shared.domain.question_bank import BankChange, written_question
from shared.domain.track import QuestionMix, TrackId
from shared.domain.transfer import (
    ImportReport,
    Place,
    QuestionRow,
    RowAction,
    RowFault,
    Sheet,
)
from shared.ports.content_files import Defaults, QuestionFormat, Upload
from shared.ports.edited_questions import QuestionEditor
from shared.usecases.export_content import export_questions
from shared.usecases.import_questions import import_questions
from tests.builders import NOON, TRACK, a_theoretical_question, a_track, three_options
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADMIN

SEEDS = Path(__file__).parents[3] / "seeds"
FIRST = a_theoretical_question(slug="first", options=three_options(), prompt="What is a lock for?")
SECOND = a_theoretical_question(
    slug="second", options=three_options(), prompt="Why would anybody index a column?"
)
NEW = replace(FIRST, slug="new", prompt="Which order do rows without a clause come in?", weight=2.0)


@pytest.fixture
def world() -> FakeWiring:
    """The seeds brought a track that asks one question of a pool of two."""
    world = FakeWiring()
    mix = QuestionMix(theoretical=1, essay=0, profile=0)
    with world.store.begin() as repositories:
        repositories.tracks.put(replace(a_track(), question_mix=mix), content_hash="1")
    run(world, rows_of(FIRST, SECOND))
    world.store.state.audit.clear()
    return world


def a_row(
    content: Mapping[str, Any], number: int = 1, *, track_id: str = TRACK, kind: str = "theoretical"
) -> QuestionRow:
    return QuestionRow(
        place=Place(row=number, slug=content.get("id")),
        track_id=TrackId(track_id),
        kind=QuestionType(kind),
        content=content,
    )


def rows_of(*questions: Question) -> tuple[QuestionRow, ...]:
    return tuple(a_row(written_question(q), number) for number, q in enumerate(questions, start=1))


def run(
    world: FakeWiring,
    rows: tuple[QuestionRow, ...],
    *,
    faults: tuple[RowFault, ...] = (),
    is_dry_run: bool = False,
    by_operator: bool = False,
) -> ImportReport[BankChange]:
    return import_questions(
        Sheet(rows=rows, faults=faults),
        an_editor(world, is_dry_run=is_dry_run, by_operator=by_operator),
        ids=world.ids,
    )


def an_editor(
    world: FakeWiring, *, is_dry_run: bool = False, by_operator: bool = False
) -> QuestionEditor:
    return QuestionEditor(
        caller=None if by_operator else ADMIN,
        is_dry_run=is_dry_run,
        store=world.store,
        review=world.content_review,
        clock=world.clock,
    )


def actions(report: ImportReport[BankChange]) -> list[str]:
    return [row.action for row in report.rows]


def pool(world: FakeWiring) -> dict[str, str]:
    with world.store.begin() as repositories:
        return {q.slug: q.prompt for q in repositories.questions.pool(TrackId(TRACK))}


def test_rows_create_update_and_leave_alone(world: FakeWiring) -> None:
    changed = replace(FIRST, prompt="What does a lock keep apart?")

    report = run(world, rows_of(changed, SECOND, NEW))

    assert actions(report) == [RowAction.UPDATED, RowAction.UNCHANGED, RowAction.CREATED]
    assert pool(world) == {q.slug: q.prompt for q in (changed, SECOND, NEW)}
    audit = [(row.action, row.details["slug"]) for row in world.store.state.audit]
    assert audit == [("question.updated", "first"), ("question.created", "new")]
    with world.store.begin() as repositories:
        (entry,) = repositories.bank.find(["first"])
        newest, first = repositories.bank.versions(entry.question.id)
    assert (newest.question.version, newest.changed_by, newest.changed_at) == (
        2,
        ADMIN.user_id,
        NOON,
    )
    assert first.question.prompt == FIRST.prompt


def test_the_same_once_more_changes_nothing(world: FakeWiring) -> None:
    run(world, rows_of(NEW))
    before = world.store.state.copy()

    assert actions(run(world, rows_of(NEW))) == [RowAction.UNCHANGED]
    assert world.store.state == before


def test_seeds_that_are_imported_unchanged_stay_the_seeds(world: FakeWiring) -> None:
    with world.store.begin() as repositories:
        (entry,) = repositories.bank.find(["first"])
        seeded = replace(entry, origin=Origin.SEEDS)
        repositories.bank.save(seeded, remarks=(), changed_by=None, at=NOON)

    run(world, rows_of(FIRST))

    with world.store.begin() as repositories:
        assert repositories.bank.find(["first"]) == (seeded,)


def test_one_fault_refuses_all_and_each_is_named_by_row(world: FakeWiring) -> None:
    before = world.store.state.copy()
    bad = written_question(NEW) | {"id": "bad", "skills": ["juggling"], "weight": 1}
    rows = (*rows_of(NEW), a_row(bad, 2), a_row(written_question(NEW), 3, track_id="poet"))
    unreadable = RowFault(place=Place(row=9), pointer="", detail="it cannot be read")

    with pytest.raises(InvalidImportError) as caught:
        run(world, rows, faults=(unreadable,))

    assert [pointer for pointer, _ in caught.value.faults] == [
        "row 2/skills",
        "row 3/slug",
        "row 3/trackId",
        "row 9",
    ]
    assert world.store.state == before


def test_a_dry_run_tells_what_is_good_and_what_is_not_and_writes_nothing(
    world: FakeWiring,
) -> None:
    before = world.store.state.copy()
    bad = written_question(NEW) | {"id": "bad", "level": "expert"}

    report = run(world, (*rows_of(NEW, FIRST), a_row(bad, 3)), is_dry_run=True)

    assert actions(report) == [RowAction.CREATED, RowAction.UNCHANGED]
    assert [(f.place.row, f.place.slug, f.pointer) for f in report.faults] == [(3, "bad", "/level")]
    assert world.store.state == before


def test_rows_are_judged_beside_each_other_and_beside_what_is_stored(world: FakeWiring) -> None:
    twin = replace(NEW, slug="twin")
    like_first = replace(FIRST, slug="like-first")

    report = run(world, rows_of(NEW, twin, like_first), is_dry_run=True)

    said = {fault.place.slug: fault.detail for fault in report.faults}
    assert said.keys() == {"twin", "like-first"}
    assert "with new" in said["twin"]
    assert "with first" in said["like-first"]


def test_two_that_trade_their_texts_are_no_repetition(world: FakeWiring) -> None:
    swapped = replace(FIRST, prompt=SECOND.prompt), replace(SECOND, prompt=FIRST.prompt)

    assert actions(run(world, rows_of(*swapped))) == [RowAction.UPDATED] * 2


def test_the_same_slug_twice_is_a_fault_of_the_later_row(world: FakeWiring) -> None:
    report = run(world, rows_of(NEW, NEW), is_dry_run=True)

    slugs = [f for f in report.faults if f.pointer == "/slug"]
    assert [(f.place.row, f.detail) for f in slugs] == [
        (2, "new stands in row 1 already; leave one of the two out")
    ]


def test_track_and_type_of_a_question_never_change(world: FakeWiring) -> None:
    row = a_row(written_question(FIRST), track_id="other", kind="profile")

    report = run(world, (row,), is_dry_run=True)

    assert [fault.pointer for fault in report.faults] == ["/trackId", "/type"]


def test_what_is_written_as_inactive_is_deactivated(world: FakeWiring) -> None:
    off = {"active": False}
    rows = (
        a_row(written_question(FIRST) | off),
        a_row(written_question(NEW) | off, 2),
    )

    report = run(world, rows)

    assert actions(report) == [RowAction.DEACTIVATED, RowAction.UNCHANGED]
    assert pool(world).keys() == {"second"}
    assert [row.action for row in world.store.state.audit] == ["question.deactivated"]
    assert actions(run(world, rows)) == [RowAction.UNCHANGED] * 2


def test_an_import_brings_back_what_was_deactivated(world: FakeWiring) -> None:
    run(world, (a_row(written_question(FIRST) | {"active": False}),))

    assert actions(run(world, rows_of(FIRST))) == [RowAction.UPDATED]
    assert pool(world).keys() == {"first", "second"}


@pytest.mark.parametrize("is_dry_run", [True, False])
def test_a_pool_keeps_what_its_track_asks(world: FakeWiring, is_dry_run: bool) -> None:  # noqa: FBT001
    before = world.store.state.copy()
    rows = tuple(a_row(written_question(q) | {"active": False}) for q in (FIRST, SECOND))

    with pytest.raises(PoolTooSmallError, match=f"{TRACK} asks 1 theoretical"):
        run(world, rows, is_dry_run=is_dry_run)

    assert world.store.state == before
    # What one row takes away another gives.
    given = (a_row(rows[0].content), a_row(rows[1].content, 2), *rows_of(NEW))
    assert actions(run(world, given, is_dry_run=is_dry_run))[-1] == RowAction.CREATED


def test_the_operator_is_the_actor_at_the_terminal(world: FakeWiring) -> None:
    run(world, rows_of(NEW), by_operator=True)

    (row,) = world.store.state.audit
    with world.store.begin() as repositories:
        (version,) = repositories.bank.versions(repositories.bank.find(["new"])[0].question.id)
    assert (row.actor, version.changed_by) == ("operator", None)


def test_it_says_how_it_goes(world: FakeWiring) -> None:
    steps: list[None] = []

    import_questions(
        Sheet(rows=(*rows_of(NEW, FIRST), a_row(written_question(NEW), 3, track_id="poet"))),
        an_editor(world, is_dry_run=True),
        ids=world.ids,
        on_each=lambda: steps.append(None),
    )

    assert len(steps) == 3


@pytest.mark.parametrize("format", QuestionFormat)
def test_an_export_into_an_empty_store_makes_it_equal(format: QuestionFormat) -> None:
    full, empty = FakeWiring(), FakeWiring()
    seeds = SeedFolder(SEEDS, full.ids).read()
    tracks = [t for t in seeds.tracks if t.content.id in {"data-analyst", "data-engineer"}]
    for world in (full, empty):
        world.content_review = SeedContentReview(read_skills(SEEDS))
        with world.store.begin() as repositories:
            for track in tracks:
                repositories.tracks.put(track.content, content_hash=track.content_hash)
    with full.store.begin() as repositories:
        for question in seeds.questions:
            repositories.questions.put(question.content, content_hash=question.content_hash)

    file = export_questions(
        format, track_id=None, kind=None, files=full.content_files, store=full.store
    )
    upload = Upload(type=file.type, content=file.content)
    sheet = empty.content_files.read_questions(upload, Defaults())
    report = import_questions(sheet, an_editor(empty, is_dry_run=False), ids=empty.ids)

    assert report.count(RowAction.CREATED) == len(report.rows) == 73
    for track in tracks:
        with full.store.begin() as wanted, empty.store.begin() as made:
            written = [written_question(q) for q in wanted.questions.pool(track.content.id)]
            assert [written_question(q) for q in made.questions.pool(track.content.id)] == written
            before = wanted.bank.find([w["id"] for w in written])
            after = made.bank.find([w["id"] for w in written])
            assert [e.content_hash for e in after] == [e.content_hash for e in before]
    again = import_questions(
        full.content_files.read_questions(upload, Defaults()),
        an_editor(full, is_dry_run=False),
        ids=full.ids,
    )
    assert again.count(RowAction.UNCHANGED) == 73
