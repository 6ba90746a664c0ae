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
