"""Accommodations, and what assessments have of them, as every store keeps them."""

from dataclasses import replace

import pytest

from shared.domain.accommodations import Accommodations
from shared.domain.assessment import Assessment, AssessmentStatus
from shared.domain.errors import NotFoundError
from shared.domain.user import UserId
from shared.ports.store import Store
from tests.builders import (
    MORE_TIME,
    TRACK,
    a_track,
    an_accommodations_version,
    an_assessment,
    an_id,
    later,
)
from tests.integration.stored import stored_assessment, stored_student


def test_a_version_comes_back_equal(store: Store) -> None:
    student, admin = stored_student(store), stored_student(store)
    version = an_accommodations_version(
        student_id=student,
        granted=Accommodations(time_multiplier=1.1, extra_days=60),
        reason="Letter of the 3rd, “strictly” personal 🎓",
        set_by=admin,
        set_at=later(0.000001),
    )

    with store.begin() as repositories:
        repositories.accommodations.append(version)

    with store.begin() as repositories:
        for read in (
            repositories.accommodations.newest,
            repositories.accommodations.hold,
            repositories.accommodations.lock,
        ):
            assert read(student) == version
        assert repositories.accommodations.get_version(student, 1) == version


def test_every_version_is_kept_and_the_newest_is_in_force(store: Store) -> None:
    student, other = stored_student(store), stored_student(store)
    first = an_accommodations_version(student_id=student, set_by=student)
    versions = [first, replace(first, version=2, granted=None, reason=None), first, first]
    versions = [replace(version, version=n) for n, version in enumerate(versions, start=1)]

    with store.begin() as repositories:
        for version in versions:
            repositories.accommodations.append(version)
        repositories.accommodations.append(replace(first, student_id=other))

    with store.begin() as repositories:
        accommodations = repositories.accommodations
        assert [accommodations.get_version(student, v.version) for v in versions] == versions
        assert accommodations.newest(student) == versions[-1]
        assert accommodations.newest(other) == replace(first, student_id=other)


def test_a_version_is_written_once(store: Store) -> None:
    student = stored_student(store)
    version = an_accommodations_version(student_id=student, set_by=student)
    with store.begin() as repositories:
        repositories.accommodations.append(version)

    with pytest.raises(ValueError, match="has a version 1"), store.begin() as repositories:
        repositories.accommodations.append(replace(version, granted=None))

    with store.begin() as repositories:
        assert repositories.accommodations.newest(student) == version


@pytest.mark.parametrize("id", [an_id(), "no-uuid", "", "\0"])
def test_who_was_never_given_any_has_none(store: Store, id: str) -> None:
    nobody = UserId(id)
    with store.begin() as repositories:
        assert repositories.accommodations.newest(nobody) is None
        assert repositories.accommodations.hold(nobody) is None
        assert repositories.accommodations.lock(nobody) is None
        assert repositories.assessments.lock_unsubmitted(nobody) == ()
        with pytest.raises(NotFoundError):
            repositories.accommodations.get_version(nobody, 1)


def stored_version(store: Store) -> UserId:
    """Store a student with accommodations."""
    student = stored_student(store)
    with store.begin() as repositories:
        repositories.accommodations.append(
            an_accommodations_version(student_id=student, set_by=student)
        )
    return student


def test_an_assessment_keeps_what_it_was_started_with(store: Store) -> None:
    student = stored_version(store)
    assessment = an_assessment(
        student_id=student, accommodations=MORE_TIME, accommodations_version=1
    )

    with store.begin() as repositories:
        repositories.tracks.put(a_track(id=TRACK), content_hash="track")
        repositories.assessments.add(assessment, ())

    with store.begin() as repositories:
        assert repositories.assessments.get(assessment.id) == assessment
        assert repositories.assessments.lock_unsubmitted(student) == (assessment,)


def test_saving_replaces_what_is_in_force_and_not_what_it_began_with(store: Store) -> None:
    student = stored_version(store)
    assessment, _ = stored_assessment(store, student_id=student)
    changed = replace(assessment, accommodations=MORE_TIME, expires_at=later(7))

    with store.begin() as repositories:
        repositories.assessments.save(replace(changed, accommodations_version=1))

    with store.begin() as repositories:
        assert repositories.assessments.get(assessment.id) == changed


def test_what_was_not_submitted_is_found_oldest_first(store: Store) -> None:
    student = stored_student(store)
    unsubmitted: list[Assessment] = []
    for status in AssessmentStatus:
        assessment, _ = stored_assessment(store, student_id=student, status=status)
        if status in {AssessmentStatus.IN_PROGRESS, AssessmentStatus.EXPIRED}:
            unsubmitted.append(assessment)
    stored_assessment(store)

    with store.begin() as repositories:
        assert repositories.assessments.lock_unsubmitted(student) == tuple(unsubmitted)
