from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.assessment import AssessmentStatus
from shared.domain.catalog import Origin
from shared.domain.errors import (
    IdempotencyConflictError,
    InvalidContentError,
    NotFoundError,
    PoolTooSmallError,
    SlugTakenError,
)
from shared.domain.question_bank import written_question
from shared.domain.track import QuestionMix, TrackId, written_track
from shared.domain.track_catalog import TrackChange
from shared.ports.edited_questions import QuestionEditor, WrittenQuestion
from shared.ports.store import Change
from shared.usecases.edit_questions import create_question
from shared.usecases.edit_tracks import (
    TrackEditor,
    create_track,
    deactivate_track,
    restore_track,
    update_track,
)
from tests.builders import (
    NOON,
    TRACK,
    a_profile_question,
    a_theoretical_question,
    a_track,
    an_assessment,
    later,
    three_options,
)
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADMIN, a_key

SEEDED = replace(a_track(), question_mix=QuestionMix(theoretical=1, essay=0, profile=0))
WRITTEN = written_track(SEEDED)
POET = TrackId("poet")
NEW = WRITTEN | {"id": "poet", "name": "Poet"}
QUESTION = a_theoretical_question(options=three_options(), prompt="What is a lock for?")
HERE = TrackId(TRACK)


@pytest.fixture
def world() -> FakeWiring:
    """The seeds brought a track that asks one question of a pool of one."""
    world = FakeWiring()
    with world.store.begin() as repositories:
        repositories.tracks.put(SEEDED, content_hash="seed")
        repositories.questions.put(QUESTION, content_hash="1")
    return world


def an_editor(world: FakeWiring, *, is_dry_run: bool = False) -> TrackEditor:
    return TrackEditor(
        caller=ADMIN,
        is_dry_run=is_dry_run,
        store=world.store,
        review=world.content_review,
        clock=world.clock,
    )


def create(
    world: FakeWiring,
    written: Mapping[str, Any] = NEW,
    *,
    is_dry_run: bool = False,
    key: str | None = None,
    request: str = "1",
) -> TrackChange:
    return create_track(
        written,
        an_editor(world, is_dry_run=is_dry_run),
        ids=world.ids,
        idempotency=a_key(key, request=request) if key else None,
    )


def update(
    world: FakeWiring, track_id: str = TRACK, *, active: bool | None = None, **changes: Any
) -> TrackChange:
    written = (NEW if track_id == POET else WRITTEN) | changes
    return update_track(TrackId(track_id), written, an_editor(world), active=active)


def add_question(world: FakeWiring, track_id: TrackId) -> None:
    content = written_question(QUESTION) | {
        "id": "of-poets",
        "prompt": "Which metre does a sonnet keep to from the first line on?",
    }
    create_question(
        WrittenQuestion(track_id=track_id, kind=QUESTION.type, content=content),
        QuestionEditor(
            caller=ADMIN,
            is_dry_run=False,
            store=world.store,
            review=world.content_review,
            clock=world.clock,
        ),
        ids=world.ids,
        idempotency=None,
    )


def active(world: FakeWiring) -> list[str]:
    with world.store.begin() as repositories:
        return [track.id for track in repositories.tracks.active()]


def test_a_new_track_is_a_draft_and_audited(world: FakeWiring) -> None:
    change = create(world)

    assert (change.after.track.active, change.after.track.version) == (False, 1)
    assert change.after.origin is Origin.ADMIN
    assert written_track(change.after.track) == NEW
    assert active(world) == [TRACK]
    (row,) = world.store.state.audit
    assert (row.actor, row.action, row.subject) == (ADMIN.user_id, "track.created", "poet")
    assert row.details["before"] is None
    assert row.details["after"]["hash"] == change.after.content_hash
    with world.store.begin() as repositories:
        (version,) = repositories.track_catalog.versions(POET)
    assert (version.changed_by, version.changed_at) == (ADMIN.user_id, NOON)


def test_a_track_is_activated_when_its_pools_are_filled(world: FakeWiring) -> None:
    create(world)
    before = world.store.state.copy()

    with pytest.raises(PoolTooSmallError, match=r"poet asks 1 theoretical \(there are 0\)"):
        update(world, POET, active=True)
    assert world.store.state == before

    add_question(world, POET)
    change = update(world, POET, active=True)

    assert (change.after.track.active, change.after.track.version) == (True, 2)
    assert active(world) == [TRACK, POET]


def test_a_draft_may_ask_for_what_is_not_there_yet(world: FakeWiring) -> None:
    mix = {"theoretical": 5, "essay": 5, "profile": 5}

    create(world)

    assert update(world, POET, questionMix=mix).after.track.question_mix.total == 15


def test_an_active_track_asks_no_more_than_its_pools_have(world: FakeWiring) -> None:
    mix = {"theoretical": 1, "essay": 1, "profile": 2}

    with pytest.raises(PoolTooSmallError, match=r"1 essay \(there are 0\) and 2 profile"):
        update(world, questionMix=mix)


@pytest.mark.parametrize("is_active", [True, False])
def test_an_id_is_taken_by_an_inactive_track_too(world: FakeWiring, *, is_active: bool) -> None:
    update(world, active=is_active)

    with pytest.raises(SlugTakenError, match=TRACK):
        create(world, WRITTEN)


def test_the_same_key_gets_the_first_answer(world: FakeWiring) -> None:
    first = create(world, key="k")
    update(world, POET, name="Bard")

    assert create(world, key="k") == replace(first, is_replay=True)
    with pytest.raises(IdempotencyConflictError):
        create(world, key="k", request="2")
    with pytest.raises(SlugTakenError):
        create(world, key="another")


@pytest.mark.parametrize(
    ("changes", "pointer", "said"),
    [
        ({"id": "No Slug"}, "/id", "pattern"),
        ({"name": " "}, "/name", "at least 1 character"),
        ({"skillFocus": ["juggling"]}, "/skillFocus", "there is no skill 'juggling'"),
        ({"estimatedMinutes": 0}, "/estimatedMinutes", "greater than or equal to 1"),
        (
            {"questionMix": {"theoretical": 0, "essay": 0, "profile": 4}},
            "/questionMix",
            "at least one question that scores",
        ),
        ({"domains": [WRITTEN["domains"][0]] * 2}, "/domains/0", "the id is used 2 times"),
        (
            {"domains": [WRITTEN["domains"][0] | {"skills": ["juggling"]}]},
            "/domains/0/skills",
            "there is no skill 'juggling'",
        ),
    ],
)
def test_bad_content_is_refused_by_its_place(
    world: FakeWiring, changes: dict[str, Any], pointer: str, said: str
) -> None:
    with pytest.raises(InvalidContentError) as caught:
        create(world, NEW | changes)

    assert [p for p, _ in caught.value.faults] == [pointer]
    assert said in caught.value.faults[0][1]


def test_a_domain_stays_while_questions_are_about_it(world: FakeWiring) -> None:
    with world.store.begin() as repositories:
        repositories.questions.put(a_profile_question(domain="goals"), content_hash="1")
    other = [WRITTEN["domains"][0] | {"id": "backend.other"}]

    with pytest.raises(InvalidContentError) as caught:
        update(world, domains=other)

    ((pointer, said),) = caught.value.faults
    assert pointer == "/domains"
    assert f"{QUESTION.slug} is about backend.databases, which is missing" in said


def test_an_update_is_a_version_and_leaves_it_active_or_not(world: FakeWiring) -> None:
    change = update(world, name="Back End")

    track = change.after.track
    assert (track.name, track.version, track.active) == ("Back End", 2, True)
    assert change.after.origin is Origin.ADMIN
    assert not update(world, name="Back End").is_change
    (row,) = world.store.state.audit
    assert row.action == "track.updated"
    assert row.details["before"] == {"hash": "seed", "active": True, "origin": "seeds"}


def test_an_id_never_changes(world: FakeWiring) -> None:
    with pytest.raises(InvalidContentError) as caught:
        update(world, id="other")

    assert [pointer for pointer, _ in caught.value.faults] == ["/id"]


def test_deactivating_says_how_many_assessments_go_on_and_touches_none(world: FakeWiring) -> None:
    running = [
        an_assessment(),
        an_assessment(status=AssessmentStatus.SCORING),
    ]
    others = [
        an_assessment(status=AssessmentStatus.COMPLETED),
        an_assessment(started_at=later(-86_400 * 60)),
        an_assessment(track_id="other"),
    ]
    with world.store.begin() as repositories:
        for assessment in (*running, *others):
            repositories.assessments.add(assessment, [])
    kept = dict(world.store.state.assessments)

    change = deactivate_track(HERE, an_editor(world))

    assert change.running == 2
    assert (change.after.track.active, change.after.track.version) == (False, 2)
    assert active(world) == []
    assert world.store.state.assessments == kept
    assert world.store.state.audit[-1].details["running"] == 2
    with world.store.begin() as repositories:
        assert repositories.tracks.get_version(HERE, 1) == SEEDED
    assert not deactivate_track(HERE, an_editor(world)).is_change


def test_what_is_deactivated_can_be_activated_again(world: FakeWiring) -> None:
    deactivate_track(HERE, an_editor(world))

    assert update(world, active=True).after.track.version == 3
    assert active(world) == [TRACK]


def test_an_earlier_version_can_be_restored_and_is_the_seeds_again(world: FakeWiring) -> None:
    update(world, name="Back End")
    deactivate_track(HERE, an_editor(world))

    after = restore_track(HERE, 1, an_editor(world)).after

    assert (after.track.name, after.track.version) == (SEEDED.name, 4)
    assert (after.track.active, after.origin) == (True, Origin.SEEDS)
    assert not restore_track(HERE, 1, an_editor(world)).is_change
    draft = restore_track(HERE, 3, an_editor(world)).after
    assert (draft.track.name, draft.track.active) == ("Back End", False)


def test_a_version_that_its_pools_no_longer_fill_is_not_restored(world: FakeWiring) -> None:
    with world.store.begin() as repositories:
        larger = replace(SEEDED, question_mix=QuestionMix(theoretical=3, essay=0, profile=0))
        repositories.tracks.put(larger, content_hash="larger")
        repositories.tracks.put(SEEDED, content_hash="seed")

    with pytest.raises(PoolTooSmallError):
        restore_track(HERE, 2, an_editor(world))


def test_dry_runs_write_nothing(world: FakeWiring) -> None:
    with world.store.begin() as repositories:
        repositories.assessments.add(an_assessment(), [])
    before = world.store.state.copy()
    editor = an_editor(world, is_dry_run=True)

    assert create(world, is_dry_run=True, key="k").is_change
    changed = update_track(HERE, WRITTEN | {"name": "B"}, editor, active=None)
    assert (changed.after.track.version, changed.running) == (2, 1)
    assert deactivate_track(HERE, editor).running == 1
    assert restore_track(HERE, 1, editor).after.track.version == 2
    with pytest.raises(PoolTooSmallError):
        mix = {"theoretical": 2, "essay": 0, "profile": 0}
        update_track(HERE, WRITTEN | {"questionMix": mix}, editor, active=None)

    assert world.store.state == before


def test_loading_seeds_leaves_an_admins_track_alone(world: FakeWiring) -> None:
    deactivate_track(HERE, an_editor(world))

    with world.store.begin() as repositories:
        assert repositories.tracks.put(SEEDED, content_hash="newer") is Change.KEPT
    assert active(world) == []


def test_what_is_unknown_is_not_found(world: FakeWiring) -> None:
    editor = an_editor(world)
    for edit in (
        lambda: update_track(POET, NEW, editor, active=None),
        lambda: deactivate_track(POET, editor),
        lambda: restore_track(POET, 1, editor),
        lambda: restore_track(HERE, 2, editor),
    ):
        with pytest.raises(NotFoundError):
            edit()
