"""Question pools, as every store keeps them."""

from dataclasses import replace

import pytest

from shared.domain.question import QuestionId
from shared.domain.track import TrackId
from shared.ports.store import Change, Store
from tests.builders import (
    TRACK,
    a_profile_question,
    a_theoretical_question,
    an_essay_question,
    an_id,
)
from tests.integration.stored import put_questions


def test_questions_of_every_type_come_back_equal_in_the_order_of_their_slugs(
    store: Store,
) -> None:
    questions = (
        a_theoretical_question(slug="a"),
        an_essay_question(slug="b"),
        a_profile_question(slug="c"),
        a_profile_question(slug="d", free_text=True),
    )

    with store.begin() as repositories:
        put_questions(repositories, *reversed(questions))

    with store.begin() as repositories:
        assert repositories.questions.pool(TRACK) == questions


def test_a_pool_holds_its_own_track_only(store: Store) -> None:
    with store.begin() as repositories:
        put_questions(repositories, a_theoretical_question(track_id="other"))

        assert repositories.questions.pool(TRACK) == ()


def test_the_same_content_again_changes_nothing(store: Store) -> None:
    question = a_theoretical_question()
    with store.begin() as repositories:
        assert repositories.questions.put(question, content_hash="a") is Change.ADDED
        again = replace(question, id=QuestionId(an_id()))
        assert repositories.questions.put(again, content_hash="a") is Change.UNCHANGED
        assert repositories.questions.pool(TRACK) == (question,)


def test_other_content_is_the_next_version_under_the_first_id(store: Store) -> None:
    first = a_theoretical_question(slug="t-1", prompt="Old?")
    second = a_theoretical_question(slug="t-1", prompt="New?", version=9)

    with store.begin() as repositories:
        repositories.questions.put(first, content_hash="a")
        assert repositories.questions.put(second, content_hash="b") is Change.UPDATED

    with store.begin() as repositories:
        expected = replace(second, id=first.id, version=2)
        assert repositories.questions.pool(TRACK) == (expected,)


def test_questions_that_are_not_named_are_deactivated(store: Store) -> None:
    kept, gone, elsewhere = (
        a_theoretical_question(slug="kept"),
        a_theoretical_question(slug="gone"),
        a_theoretical_question(slug="elsewhere", track_id="other"),
    )
    with store.begin() as repositories:
        put_questions(repositories, kept, gone, elsewhere)

        assert repositories.questions.deactivate_all_but(TRACK, iter(["kept"])) == 1
        assert repositories.questions.deactivate_all_but(TRACK, ["kept"]) == 0
        assert repositories.questions.pool(TRACK) == (kept,)
        assert len(repositories.questions.pool(TrackId("other"))) == 1


def test_naming_no_question_deactivates_the_whole_pool(store: Store) -> None:
    with store.begin() as repositories:
        put_questions(repositories, a_theoretical_question(), an_essay_question())

        assert repositories.questions.deactivate_all_but(TRACK, []) == 2
        assert repositories.questions.pool(TRACK) == ()


@pytest.mark.parametrize(("content_hash", "version"), [("a", 1), ("b", 2)])
def test_a_deactivated_question_comes_back_when_it_is_put_again(
    store: Store, content_hash: str, version: int
) -> None:
    question = a_theoretical_question()
    with store.begin() as repositories:
        repositories.questions.put(question, content_hash="a")
        repositories.questions.deactivate_all_but(TRACK, [])

        change = repositories.questions.put(question, content_hash=content_hash)

        assert change is Change.UPDATED
        assert [q.version for q in repositories.questions.pool(TRACK)] == [version]


def test_what_a_rolled_back_transaction_read_is_forgotten(store: Store) -> None:
    """A dry run puts, reads and rolls back; the next version must not be what it saw."""
    question = a_theoretical_question()
    with store.begin() as repositories:
        repositories.questions.put(question, content_hash="a")
    with pytest.raises(RuntimeError), store.begin() as repositories:
        repositories.questions.put(replace(question, prompt="Dry run?"), content_hash="b")
        assert repositories.questions.pool(TRACK)[0].prompt == "Dry run?"
        raise RuntimeError

    with store.begin() as repositories:
        repositories.questions.put(replace(question, prompt="Real?"), content_hash="c")

    with store.begin() as repositories:
        assert repositories.questions.pool(TRACK)[0].prompt == "Real?"
