from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.catalog import Origin
from shared.domain.errors import (
    IdempotencyConflictError,
    InvalidContentError,
    NotFoundError,
    PoolTooSmallError,
    SlugTakenError,
)
from shared.domain.question import QuestionId, QuestionType
from shared.domain.question_bank import BankChange, written_question
from shared.domain.track import QuestionMix, TrackId
from shared.ports.edited_questions import QuestionEditor, WrittenQuestion
from shared.usecases.edit_questions import (
    create_question,
    deactivate_question,
    restore_question,
    update_question,
)
from tests.builders import (
    NOON,
    TRACK,
    a_theoretical_question,
    a_track,
    an_id,
    three_options,
)
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADMIN, a_key

FIRST = a_theoretical_question(slug="first", options=three_options(), prompt="What is a lock for?")
SECOND = a_theoretical_question(
    slug="second", options=three_options(), prompt="Why would anybody index a column?"
)
NEW = written_question(
    replace(FIRST, slug="new", prompt="Which order do rows without a clause come in?")
)


@pytest.fixture
def world() -> FakeWiring:
    """The seeds brought a track that asks one question of a pool of two."""
    world = FakeWiring()
    mix = QuestionMix(theoretical=1, essay=0, profile=0)
    with world.store.begin() as repositories:
        repositories.tracks.put(replace(a_track(), question_mix=mix), content_hash="1")
        for question in (FIRST, SECOND):
            repositories.questions.put(question, content_hash="1")
    return world


def an_editor(world: FakeWiring, *, is_dry_run: bool = False) -> QuestionEditor:
    return QuestionEditor(
        caller=ADMIN,
        is_dry_run=is_dry_run,
        store=world.store,
        review=world.content_review,
        clock=world.clock,
    )


def a_writing(
    content: Mapping[str, Any] = NEW,
    *,
    track_id: str = TRACK,
    kind: QuestionType = QuestionType.THEORETICAL,
) -> WrittenQuestion:
    return WrittenQuestion(track_id=TrackId(track_id), kind=kind, content=content)


def create(
    world: FakeWiring,
    written: WrittenQuestion | None = None,
    *,
    is_dry_run: bool = False,
    key: str | None = None,
    request: str = "1",
) -> BankChange:
    return create_question(
        written or a_writing(),
        an_editor(world, is_dry_run=is_dry_run),
        ids=world.ids,
        idempotency=a_key(key, request=request) if key else None,
    )


def update(world: FakeWiring, **changes: Any) -> BankChange:
    content = written_question(FIRST) | changes
    return update_question(FIRST.id, a_writing(content), an_editor(world))


def deactivate(world: FakeWiring, question_id: str = FIRST.id) -> BankChange:
    return deactivate_question(QuestionId(question_id), an_editor(world))


def test_a_new_question_is_in_the_pool_and_audited(world: FakeWiring) -> None:
    change = create(world)

    with world.store.begin() as repositories:
        assert change.after.question in repositories.questions.pool(TrackId(TRACK))
        (version,) = repositories.bank.versions(change.after.question.id)
    assert written_question(change.after.question) == NEW
    assert (version.changed_by, version.changed_at) == (ADMIN.user_id, NOON)
    (row,) = world.store.state.audit
    assert (row.actor, row.action, row.subject) == (
        ADMIN.user_id,
        "question.created",
        change.after.question.id,
    )
    assert row.details["before"] is None
    assert row.details["after"]["hash"] == change.after.content_hash


def test_a_slug_is_taken_by_an_inactive_question_too(world: FakeWiring) -> None:
    deactivate(world)

    with pytest.raises(SlugTakenError, match="first"):
        create(world, a_writing(NEW | {"id": "first"}))


def test_a_track_that_does_not_exist_is_a_fault(world: FakeWiring) -> None:
    with pytest.raises(InvalidContentError) as caught:
        create(world, a_writing(track_id="poet"))

    assert [pointer for pointer, _ in caught.value.faults] == ["/trackId"]


def test_the_same_key_gets_the_first_answer(world: FakeWiring) -> None:
    first = create(world, key="k")
    deactivate(world, first.after.question.id)

    assert create(world, key="k") == replace(first, is_replay=True)
    with pytest.raises(IdempotencyConflictError):
        create(world, key="k", request="2")


def test_dry_runs_write_nothing(world: FakeWiring) -> None:
    before = world.store.state.copy()
    editor = an_editor(world, is_dry_run=True)

    assert create(world, is_dry_run=True, key="k").is_change
    content = written_question(FIRST) | {"weight": 2}
    assert update_question(FIRST.id, a_writing(content), editor).after.question.version == 2
    assert not deactivate_question(FIRST.id, editor).after.active
    assert restore_question(FIRST.id, 1, editor).is_change

    assert world.store.state == before


def test_an_update_is_a_version_with_both_hashes_in_the_audit(world: FakeWiring) -> None:
    change = update(world, prompt="What does a lock keep apart?")

    assert (change.after.question.version, change.after.origin) == (2, Origin.ADMIN)
    (row,) = world.store.state.audit
    assert row.action == "question.updated"
    assert row.details["before"] == {"hash": "1", "active": True, "origin": "seeds"}
    assert row.details["after"]["hash"] == change.after.content_hash
    assert not update(world, prompt="What does a lock keep apart?").is_change
    assert len(world.store.state.audit) == 1


def test_slug_track_and_type_never_change(world: FakeWiring) -> None:
    content = written_question(FIRST) | {"id": "other"}
    written = a_writing(content, track_id="other", kind=QuestionType.PROFILE)

    with pytest.raises(InvalidContentError) as caught:
        update_question(FIRST.id, written, an_editor(world))

    assert [pointer for pointer, _ in caught.value.faults] == ["/slug", "/trackId", "/type"]


def test_a_pool_keeps_what_its_track_asks(world: FakeWiring) -> None:
    change = deactivate(world)
    before = world.store.state.copy()

    with pytest.raises(PoolTooSmallError, match=f"{TRACK} asks 1 theoretical"):
        deactivate(world, SECOND.id)

    assert not change.after.active
    assert world.store.state == before
    assert not deactivate(world).is_change
    with pytest.raises(PoolTooSmallError):
        deactivate_question(SECOND.id, an_editor(world, is_dry_run=True))


def test_a_pool_that_is_too_small_already_can_be_edited(world: FakeWiring) -> None:
    mix = QuestionMix(theoretical=3, essay=0, profile=0)
    with world.store.begin() as repositories:
        repositories.tracks.put(replace(a_track(), question_mix=mix), content_hash="2")

    assert update(world, weight=2).is_change
    with pytest.raises(PoolTooSmallError):
        deactivate(world)


def test_an_earlier_version_can_be_restored_and_is_the_seeds_again(world: FakeWiring) -> None:
    update(world, prompt="Better, is it not?")
    deactivate(world)

    after = restore_question(FIRST.id, 1, an_editor(world)).after

    assert (after.question.prompt, after.question.version) == (FIRST.prompt, 3)
    assert (after.active, after.origin) == (True, Origin.SEEDS)
    assert world.store.state.audit[-1].action == "question.restored"
    assert not restore_question(FIRST.id, 1, an_editor(world)).is_change


def test_what_is_unknown_is_not_found(world: FakeWiring) -> None:
    unknown, editor = QuestionId(an_id()), an_editor(world)
    for edit in (
        lambda: update_question(unknown, a_writing(), editor),
        lambda: deactivate_question(unknown, editor),
        lambda: restore_question(unknown, 1, editor),
        lambda: restore_question(FIRST.id, 2, editor),
    ):
        with pytest.raises(NotFoundError):
            edit()
