"""Assessments of many students, on every store."""

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.assessment import Assessment, AssessmentId, AssessmentStatus
from shared.domain.cohort import CohortEntry, CohortSelection
from shared.domain.errors import InvalidInputError
from shared.domain.essay import EssayScoreId
from shared.domain.scoring import Band
from shared.domain.track import TrackId
from shared.domain.user import UserId
from shared.ports.store import Store
from tests.builders import (
    NOON,
    TRACK,
    a_degradation,
    a_profile,
    a_user,
    an_essay_score,
    an_id,
    later,
)
from tests.integration.stored import stored_assessment, stored_student

GRACE = "grace.h@example.org"


def completed(
    store: Store, *, band: Band = Band.PROFICIENT, flags: tuple[str, ...] = (), **of: Any
) -> Assessment:
    """Store an assessment with a profile and the score of one essay."""
    assessment, snapshots = stored_assessment(store, status=AssessmentStatus.COMPLETED, **of)
    with store.begin() as repositories:
        repositories.assessments.save_profile(assessment.id, replace(a_profile(), band=band))
        repositories.assessments.add_essay_score(
            an_essay_score(
                assessment_id=assessment.id, question_id=snapshots[3].question.id, flags=flags
            )
        )
    return assessment


def entries(
    store: Store, *, limit: int = 100, after: AssessmentId | None = None, **selection: Any
) -> tuple[CohortEntry, ...]:
    with store.begin() as repositories:
        return repositories.cohort.assessments(
            CohortSelection(**selection), limit=limit, after=after
        )


def found(store: Store, **selection: Any) -> list[AssessmentId]:
    return [entry.assessment.id for entry in entries(store, **selection)]


def test_an_entry_holds_student_and_profile(store: Store) -> None:
    student = a_user(name="Grace Hopper")
    with store.begin() as repositories:
        repositories.users.add(student)
    done = completed(store, student_id=student.id, flags=("x",))
    begun, _ = stored_assessment(store, student_id=student.id)

    assert entries(store) == (
        CohortEntry(
            assessment=begun, student_name="Grace Hopper", profile=None, needs_review=False
        ),
        CohortEntry(
            assessment=done, student_name="Grace Hopper", profile=a_profile(), needs_review=True
        ),
    )


def test_the_newest_come_first_in_pages(store: Store) -> None:
    made = [stored_assessment(store)[0].id for _ in range(5)]

    first = found(store, limit=2)
    second = found(store, limit=2, after=first[-1])
    third = found(store, limit=2, after=second[-1])

    assert [*first, *second, *third] == made[::-1]


def test_each_filter_selects(store: Store) -> None:
    student = stored_student(store)
    plain = completed(store, started_at=later(0))
    flagged = completed(store, flags=("x",), started_at=later(10))
    begun, _ = stored_assessment(store, student_id=student, started_at=later(20))
    other = completed(store, track_id="data-analyst", band=Band.ADVANCED, started_at=later(30))
    with store.begin() as repositories:
        repositories.assessments.save(replace(other, degradations=(a_degradation(),)))

    expected: list[tuple[dict[str, Any], list[Assessment]]] = [
        ({}, [other, begun, flagged, plain]),
        ({"student_id": student}, [begun]),
        ({"track_id": TrackId("data-analyst")}, [other]),
        ({"track_id": TRACK, "needs_review": False}, [begun, plain]),
        ({"band": Band.ADVANCED}, [other]),
        ({"band": Band.FOUNDATION}, []),
        ({"degraded": True}, [other]),
        ({"degraded": False}, [begun, flagged, plain]),
        ({"needs_review": True}, [flagged]),
        ({"since": later(10)}, [other, begun, flagged]),
        ({"until": later(10)}, [plain]),
        ({"since": later(10), "until": later(20)}, [flagged]),
    ]
    for selection, assessments in expected:
        assert found(store, **selection) == [a.id for a in assessments], selection


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("grace", True),
        ("HOP", True),
        ("Gra Hop", True),
        ("hopper grace", True),
        ("murray-h", True),
        ("o\u2019br", True),
        ("brien", True),
        ("Ém", True),
        ("ém", True),
        ("Grace.H@Ex", True),
        ("grace.h@example.org", True),
        ("race", False),
        ("grace alan", False),
        ("example.org", False),
        ("gr%", False),
        ("g_ace", False),
        ("%%", False),
        ("grace:*", False),
        ("gra | zzz", False),
        ("!zzz", False),
        ("'", False),
        ("\\", False),
        ("\\'", False),
        ("grace\\", False),
        ("\0\0", False),
        ("grace\0", False),
    ],
)
def test_students_are_found_by_beginnings_of_their_names_and_address(
    store: Store, text: str, *, is_found: bool
) -> None:
    grace = a_user(name="Grace Émilie O\u2019Brien Murray-Hopper", email=GRACE)
    alan = a_user(name="Alan Turing", email="alan.t@example.org")
    with store.begin() as repositories:
        for student in (grace, alan):
            repositories.users.add(student)
    theirs = completed(store, student_id=grace.id)
    completed(store, student_id=alan.id)

    assert found(store, words=tuple(text.split())) == [theirs.id] * is_found


def test_what_looks_like_a_query_is_a_name_like_any_other(store: Store) -> None:
    student = a_user(name=r"Robert'); DROP \TABLE :* & !users")
    with store.begin() as repositories:
        repositories.users.add(student)
    theirs = completed(store, student_id=student.id)

    for word in ("robert'", r"\ta", ":*", "&", "!us", "drop"):
        assert found(store, words=(word,)) == [theirs.id], word


def test_a_search_is_one_filter_among_others_and_pages(store: Store) -> None:
    student = a_user(name="Grace Hopper")
    with store.begin() as repositories:
        repositories.users.add(student)
    other = completed(store, track_id="data-analyst")
    made = [completed(store, student_id=student.id) for _ in range(3)]
    begun, _ = stored_assessment(store, student_id=student.id)

    assert found(store, words=("hopper",), band=Band.PROFICIENT, limit=2) == [
        made[2].id,
        made[1].id,
    ]
    assert found(store, words=("hopper",), limit=2, after=made[1].id) == [made[0].id]
    assert found(store, words=("hopper",), track_id=other.track_id) == []
    assert found(store, words=("hopper",), student_id=other.student_id) == []
    assert found(store, words=("hopper",), student_id=student.id)[0] == begun.id


def test_who_has_two_spaces_in_their_name_or_none_at_all_is_found(store: Store) -> None:
    for name in ("  Grace   Hopper ", "-", "."):
        student = a_user(name=name)
        with store.begin() as repositories:
            repositories.users.add(student)
        theirs = completed(store, student_id=student.id)

        assert found(store, words=tuple(name.split())) == [theirs.id], name


def test_who_is_erased_or_has_another_name_by_now_is_not_found(store: Store) -> None:
    student, other = a_user(name="Grace Hopper"), a_user(name="Grace Murray")
    with store.begin() as repositories:
        for user in (student, other):
            repositories.users.add(user)
    erased, kept = (completed(store, student_id=user.id) for user in (student, other))
    assert found(store, words=("grace",)) == [kept.id, erased.id]

    with store.begin() as repositories:
        repositories.erasure.erase_user(student.id, [erased.id])
        repositories.users.save(replace(other, name="Ada Murray"))

    assert found(store, words=("grace",)) == []
    assert found(store, words=(student.email,)) == []
    assert found(store, words=("ada",)) == [kept.id]


def test_what_is_unknown_or_no_id_finds_nothing(store: Store) -> None:
    completed(store)
    unknown: list[dict[str, Any]] = [
        {"student_id": UserId(an_id())},
        {"student_id": UserId("nonsense")},
        {"track_id": TrackId("unknown")},
        {"track_id": TrackId("\0")},
        {"since": later(1)},
        {"until": NOON},
    ]
    for selection in unknown:
        assert found(store, **selection) == [], selection


def test_a_cursor_that_is_no_id_is_refused(store: Store) -> None:
    with pytest.raises(InvalidInputError):
        found(store, after=AssessmentId("nonsense"))


@pytest.mark.parametrize("status", AssessmentStatus)
def test_review_is_for_the_completed_and_for_what_people_read(
    store: Store, status: AssessmentStatus
) -> None:
    assessment = completed(store, flags=("x",))
    with store.begin() as repositories:
        repositories.assessments.save(replace(assessment, status=status))

    assert [e.needs_review for e in entries(store)] == [
        status in {AssessmentStatus.COMPLETED, AssessmentStatus.IN_REVIEW}
    ]


def test_a_reviewed_essay_needs_no_more_review(store: Store) -> None:
    assessment = completed(store, flags=("x",))
    with store.begin() as repositories:
        (score,) = repositories.assessments.essay_scores(assessment.id)
        repositories.assessments.add_essay_score(
            replace(score, id=EssayScoreId(an_id()), flags=(), attempt=2)
        )

    assert found(store, needs_review=True) == []


@pytest.mark.integration
def test_what_became_nobodys_is_not_listed(store: Store) -> None:
    kept, erased = completed(store), completed(store, flags=("x",))

    with store.begin() as repositories:
        repositories.erasure.erase_assessments([erased.id])

    assert found(store) == [kept.id]
    assert found(store, needs_review=True) == []
