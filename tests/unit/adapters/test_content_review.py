from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.content_review import ENTRIES, SeedContentReview
from shared.adapters.seed_files.content import hash_of
from shared.adapters.seed_files.models import CredentialEntry
from shared.adapters.seed_files.source import SeedFolder, to_seeds
from shared.domain.catalog import written_form
from shared.domain.errors import InvalidContentError
from shared.domain.question import Question, QuestionType
from shared.domain.question_bank import written_question
from shared.domain.recommendation import Credential, CredentialId
from shared.ports.content_review import ReviewedCredential, ReviewedQuestion
from tests.builders import (
    a_profile_question,
    a_theoretical_question,
    a_track,
    an_acceptable_credential,
    an_essay_question,
    three_options,
)
from tests.fakes.ids import FakeIds

CREDENTIAL = an_acceptable_credential()
SKILLS = frozenset({"sql", "transactions"})


def review(*others: Credential, **changes: Any) -> ReviewedCredential:
    return SeedContentReview(SKILLS).credential(
        written_form(CREDENTIAL) | changes,
        credential_id=CREDENTIAL.id,
        others=others,
        tracks=[a_track()],
    )


def faults(*others: Credential, **changes: Any) -> dict[str, str]:
    with pytest.raises(InvalidContentError) as caught:
        review(*others, **changes)
    return dict(caught.value.faults)


def test_what_is_written_comes_out_with_the_hash_of_the_seeds() -> None:
    found = review()

    assert found.credential == CREDENTIAL
    entry = CredentialEntry.model_validate(written_form(CREDENTIAL))
    assert found.content_hash == hash_of(entry)


@pytest.mark.parametrize(
    ("change", "pointer", "said"),
    [
        ({"id": "No Slug"}, "/slug", "pattern"),
        ({"title": " "}, "/title", "at least 1 character"),
        ({"url": "nowhere"}, "/url", "valid URL"),
        ({"level": "expert"}, "/level", "beginner"),
        ({"hours": 0}, "/hours", "greater than 0"),
        ({"outcomes": []}, "/outcomes", "at least 1"),
        ({"outcomes": ["Do.", ""]}, "/outcomes/1", "at least 1 character"),
        ({"url": "http://university.edu"}, "", "https"),
        ({"skills": ["sql", "juggling"]}, "/skills/1", "there is no skill 'juggling'"),
        ({"tracks": ["poet"]}, "/tracks/0", "there is no track 'poet'"),
        ({"url": "https://example.org/x"}, "/url", "placeholder"),
        ({"hours": None, "effort": None}, "/hours", "Neither hours nor an effort"),
        ({"extra": 1}, "/extra", "not permitted"),
    ],
)
def test_a_fault_of_loader_or_check_is_named_by_its_place(
    change: dict[str, Any], pointer: str, said: str
) -> None:
    found = faults(**change)

    assert list(found) == [pointer]
    assert said in found[pointer]


def test_all_faults_are_named_at_once() -> None:
    found = faults(skills=["a", "sql", "b"], tracks=["c"])

    assert list(found) == ["/skills/0", "/skills/2", "/tracks/0"]


def test_a_credential_that_stands_there_already_is_refused() -> None:
    other = an_acceptable_credential(slug="other")

    assert "of other" in faults(other, url=other.url)[""]


def test_faults_of_others_are_not_its_own() -> None:
    other = an_acceptable_credential(slug="other", title="Elsewhere", description="Else.")
    twin = an_acceptable_credential(slug="twin", title="Elsewhere", description="Else.")

    assert review(other, twin).credential == CREDENTIAL


def test_warnings_are_remarks_with_their_places() -> None:
    found = review(outcomes=["Knowledge of things"], description="Short.")

    assert {(r.check, r.pointer) for r in found.remarks} == {
        ("description-length", "/description"),
        ("outcome-verb", "/outcomes/0"),
    }


def test_the_id_is_the_one_it_has() -> None:
    found = SeedContentReview(SKILLS).credential(
        written_form(CREDENTIAL),
        credential_id=CredentialId("given"),
        others=[],
        tracks=[a_track()],
    )

    assert found.credential.id == "given"


SEEDS = Path(__file__).parents[3] / "seeds"
QUESTION = a_theoretical_question(options=three_options())


def review_question(
    written: Mapping[str, Any], kind: QuestionType, *others: Question
) -> ReviewedQuestion:
    return SeedContentReview(SKILLS).question(
        written, kind=kind, question_id=QUESTION.id, track=a_track(), others=others
    )


def question_faults(
    written: Mapping[str, Any],
    *others: Question,
    kind: QuestionType = QuestionType.THEORETICAL,
) -> list[str]:
    with pytest.raises(InvalidContentError) as caught:
        review_question(written, kind, *others)
    return [pointer for pointer, _ in caught.value.faults]


def test_every_seed_comes_through_with_its_hash() -> None:
    entries = SeedFolder(SEEDS, FakeIds()).entries()
    seeds = to_seeds(entries.tracks, entries.catalog, FakeIds())
    for seed in seeds.questions:
        question = seed.content
        model = ENTRIES[question.type].model_validate(written_question(question))
        assert hash_of(model) == seed.content_hash, question.slug
    for credential in seeds.credentials:
        entry = CredentialEntry.model_validate(written_form(credential.content))
        assert hash_of(entry) == credential.content_hash, credential.content.slug


def test_a_question_comes_out_as_it_was_written() -> None:
    found = review_question(written_question(QUESTION), QuestionType.THEORETICAL)

    assert replace(found.question, version=1) == QUESTION


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"id": "No Slug"}, ["/slug"]),
        ({"prompt": ""}, ["/prompt"]),
        ({"maxLength": 100}, ["/maxLength"]),
        ({"multiple": True}, [""]),
        ({"domain": "elsewhere", "skills": ["juggling"]}, ["/skills", "/domain"]),
        ({"prompt": "Which are right? Select all that apply."}, ["/prompt"]),
    ],
)
def test_a_fault_of_a_question_is_named_by_its_place(
    change: dict[str, Any], pointers: list[str]
) -> None:
    assert question_faults(written_question(QUESTION) | change) == pointers


def test_an_option_is_named_by_its_number() -> None:
    written = written_question(QUESTION)
    first, second, third = written["options"]

    assert question_faults(written | {"options": [first, second, third | {"id": "b"}]}) == [
        "/options/1"
    ]
    assert question_faults(written | {"options": [first, second, third | {"text": ""}]}) == [
        "/options/2/text"
    ]


def test_interests_are_skills() -> None:
    profile = written_question(a_profile_question())

    assert question_faults(profile, kind=QuestionType.PROFILE) == [
        "/options/0/interests",
        "/options/1/interests",
    ]


def test_a_key_point_is_named_by_its_number() -> None:
    written = written_question(an_essay_question())
    rubric = written["rubric"]
    points = [{"id": k, "text": "A lock is a promise.", "weight": 1} for k in ("k1", "k1")]

    found = question_faults(
        written | {"rubric": rubric | {"keyPoints": points}, "skills": []},
        kind=QuestionType.ESSAY,
    )

    assert found == ["/rubric/keyPoints/0"]


def test_a_question_that_is_asked_already_is_refused() -> None:
    twin = replace(QUESTION, slug="twin")

    assert question_faults(written_question(QUESTION), twin) == [""]


def test_a_question_has_remarks_too() -> None:
    written = written_question(QUESTION) | {"skills": []}

    found = review_question(written, QuestionType.THEORETICAL)

    assert ("no-skills", "/skills") in {(r.check, r.pointer) for r in found.remarks}
