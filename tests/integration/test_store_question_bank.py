"""Questions as administrators keep them, on every store."""

from dataclasses import replace

import pytest

from shared.domain.catalog import Origin, Remark
from shared.domain.errors import NotFoundError, SlugTakenError
from shared.domain.question import Question, QuestionId
from shared.domain.question_bank import BankEntry, QuestionSelection, QuestionVersion
from shared.domain.track import TrackId
from shared.domain.user import UserId
from shared.ports.store import Change, Store
from tests.builders import NOON, TRACK, a_theoretical_question, an_essay_question, an_id
from tests.integration.stored import stored_assessment

ADMIN = UserId(an_id())
REMARK = Remark(check="no-skills", pointer="/skills", message="None.")


def an_entry(
    question: Question, *, active: bool = True, origin: Origin = Origin.ADMIN
) -> BankEntry:
    return BankEntry(
        question=question,
        active=active,
        origin=origin,
        content_hash=f"hash {question.version}",
    )


def save(store: Store, *entries: BankEntry) -> None:
    with store.begin() as repositories:
        repositories.bank.lock()
        for entry in entries:
            repositories.bank.save(entry, remarks=[REMARK], changed_by=ADMIN, at=NOON)


def test_an_entry_comes_back_equal_with_its_history(store: Store) -> None:
    first = an_entry(an_essay_question())
    second = an_entry(replace(first.question, prompt="Better?", version=2), active=False)
    save(store, first, second)

    with store.begin() as repositories:
        bank, question_id = repositories.bank, first.question.id
        assert bank.get(question_id) == second
        assert bank.version(question_id, 1).question == first.question
        assert bank.versions(question_id) == tuple(
            QuestionVersion(
                question=entry.question,
                origin=Origin.ADMIN,
                content_hash=entry.content_hash,
                remarks=(REMARK,),
                changed_by=ADMIN,
                changed_at=NOON,
            )
            for entry in (second, first)
        )
        assert repositories.questions.pool(TrackId(TRACK)) == ()


def test_to_deactivate_makes_no_version(store: Store) -> None:
    entry = an_entry(a_theoretical_question())
    save(store, entry, replace(entry, active=False))

    with store.begin() as repositories:
        assert not repositories.bank.get(entry.question.id).active
        assert len(repositories.bank.versions(entry.question.id)) == 1


@pytest.mark.parametrize("unknown", [an_id(), "nonsense", "a\0b"])
def test_what_does_not_exist_is_not_found(store: Store, unknown: str) -> None:
    with store.begin() as repositories:
        bank, question_id = repositories.bank, QuestionId(unknown)
        for read in (
            lambda: bank.get(question_id),
            lambda: bank.versions(question_id),
            lambda: bank.version(question_id, 1),
        ):
            with pytest.raises(NotFoundError):
                read()
        assert not bank.has(unknown)


def test_a_slug_is_taken_once_and_by_inactive_ones_too(store: Store) -> None:
    save(store, an_entry(a_theoretical_question(slug="taken"), active=False))

    with pytest.raises(SlugTakenError):
        save(store, an_entry(a_theoretical_question(slug="taken")))
    with store.begin() as repositories:
        assert repositories.bank.has("taken")
        assert not repositories.bank.has("free")


def test_those_that_exist_are_found_by_slug(store: Store) -> None:
    here = an_entry(a_theoretical_question(slug="b"))
    gone = an_entry(a_theoretical_question(slug="a"), active=False)
    save(store, here, gone, an_entry(a_theoretical_question(slug="c")))

    with store.begin() as repositories:
        assert repositories.bank.find(["b", "nobody", "a\0", "a", "b"]) == (gone, here)
        assert repositories.bank.find([]) == ()


def test_nobody_signs_what_the_operator_changes(store: Store) -> None:
    entry = an_entry(a_theoretical_question())
    with store.begin() as repositories:
        repositories.bank.save(entry, remarks=[], changed_by=None, at=NOON)
        (version,) = repositories.bank.versions(entry.question.id)

    assert (version.changed_by, version.changed_at) == (None, NOON)


def test_pages_go_by_slug_to_the_end(store: Store) -> None:
    slugs = ("b-1", "a.2", "b", "a-10")
    save(store, *(an_entry(a_theoretical_question(slug=slug)) for slug in slugs))

    seen, after = list[str](), None
    for _ in range(2):
        with store.begin() as repositories:
            page = repositories.bank.page(QuestionSelection(), limit=2, after=after)
        seen += [entry.question.slug for entry in page.items]
        after = page.next_cursor

    assert seen == sorted(slugs)
    assert after is None


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        (QuestionSelection(), ["one", "two"]),
        (QuestionSelection(track_id=TRACK), ["one"]),
        (QuestionSelection(active=True), ["one"]),
        (QuestionSelection(active=False), ["two"]),
        (QuestionSelection(text="TW"), ["two"]),
        (QuestionSelection(text="%"), []),
        (QuestionSelection(text="a\0b"), []),
    ],
)
def test_a_selection_keeps_to_all_that_it_names(
    store: Store, selection: QuestionSelection, found: list[str]
) -> None:
    one, two = a_theoretical_question(slug="one"), a_theoretical_question(slug="two", track_id="t")
    save(store, an_entry(one), an_entry(two, active=False))

    with store.begin() as repositories:
        page = repositories.bank.page(selection, limit=9, after=None)
        assert [entry.question.slug for entry in page.items] == found
        assert repositories.bank.active() == (one,)


@pytest.mark.parametrize("active", [True, False])
def test_seeds_leave_the_work_of_administrators_alone(store: Store, *, active: bool) -> None:
    question = a_theoretical_question(slug="edited")
    with store.begin() as repositories:
        repositories.questions.put(question, content_hash="seed")
        (version,) = repositories.bank.versions(question.id)
    edited = an_entry(replace(question, prompt="Better?", version=2), active=active)
    save(store, edited)

    with store.begin() as repositories:
        newer = a_theoretical_question(slug="edited")
        assert repositories.questions.put(newer, content_hash="newer") is Change.KEPT
        assert repositories.questions.deactivate_all_but(TrackId(TRACK), []) == 0
        assert repositories.bank.get(question.id) == edited
    assert (version.origin, version.changed_by) == (Origin.SEEDS, None)
    assert version.changed_at is not None


def test_what_is_given_back_to_the_seeds_follows_them_again(store: Store) -> None:
    question = a_theoretical_question()
    save(store, an_entry(question), an_entry(question, origin=Origin.SEEDS))

    with store.begin() as repositories:
        assert repositories.questions.put(question, content_hash="newer") is Change.UPDATED


def test_an_assessment_keeps_the_questions_it_was_started_with(store: Store) -> None:
    assessment, snapshots = stored_assessment(store)
    question = snapshots[0].question
    save(store, an_entry(replace(question, prompt="Edited?", version=2), active=False))

    with store.begin() as repositories:
        assert repositories.assessments.snapshots(assessment.id) == snapshots
