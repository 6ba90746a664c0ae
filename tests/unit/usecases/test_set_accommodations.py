from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest

from shared.domain.accommodations import (
    NO_ACCOMMODATIONS,
    Accommodations,
    AccommodationsVersion,
)
from shared.domain.adjustment import Unmoved
from shared.domain.assessment import LIFETIME, Assessment, AssessmentStatus
from shared.domain.errors import DomainError, NotAStudentError, NotFoundError
from shared.domain.user import Role, UserId
from shared.usecases.set_accommodations import SetAccommodations, set_accommodations
from tests.builders import (
    MORE_TIME,
    NOON,
    a_theoretical_question,
    a_user,
    an_accommodations_version,
    an_assessment,
    snapshots_of,
)
from tests.fakes.store.assessments import FakeAssessmentRepository
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADMIN, OWNER, SOMEBODY_ELSE

DAY: Final = timedelta(days=1)
REASON: Final = "Certificate of 3 March"


@pytest.fixture
def world() -> FakeWiring:
    """Two students have an account."""
    world = FakeWiring()
    with world.store.begin() as repositories:
        repositories.users.add(a_user(id=OWNER.user_id))
        repositories.users.add(a_user(id=SOMEBODY_ELSE.user_id))
    return world


def put(
    world: FakeWiring,
    wanted: Accommodations | None,
    *,
    student_id: str = OWNER.user_id,
    reason: str | None = REASON,
) -> SetAccommodations:
    return set_accommodations(
        UserId(student_id), wanted, ADMIN, reason=reason, store=world.store, clock=world.clock
    )


def open_one(
    world: FakeWiring,
    *,
    student_id: str = OWNER.user_id,
    started_at: datetime = NOON,
    status: AssessmentStatus = AssessmentStatus.IN_PROGRESS,
) -> Assessment:
    assessment = an_assessment(student_id=student_id, started_at=started_at, status=status)
    with world.store.begin() as repositories:
        repositories.assessments.add(assessment, ())
    return assessment


def numbers(multiplier: float, days: int) -> Mapping[str, float]:
    return {"timeMultiplier": multiplier, "extraDays": days}


def test_a_profile_is_written_as_the_first_version(world: FakeWiring) -> None:
    done = put(world, MORE_TIME)

    assert done.version == AccommodationsVersion(
        student_id=OWNER.user_id,
        version=1,
        granted=MORE_TIME,
        reason=REASON,
        set_by=ADMIN.user_id,
        set_at=NOON,
    )
    assert world.store.state.accommodations == {(OWNER.user_id, 1): done.version}
    assert done.adjustments == ()


def test_every_write_is_a_version_and_none_is_lost(world: FakeWiring) -> None:
    less = Accommodations(time_multiplier=1.25)

    written = [put(world, MORE_TIME), put(world, less, reason=None), put(world, None)]
    written.append(put(world, MORE_TIME))

    versions = [done.version for done in written]
    assert [v.version for v in versions] == [1, 2, 3, 4]
    assert [v.granted for v in versions] == [MORE_TIME, less, None, MORE_TIME]
    assert [v.reason for v in versions] == [REASON, None, REASON, REASON]
    assert list(world.store.state.accommodations.values()) == versions


def test_each_write_leaves_an_audit_row_with_numbers_alone(world: FakeWiring) -> None:
    put(world, MORE_TIME)
    put(world, Accommodations(time_multiplier=2.0))
    put(world, None)

    entries = world.store.state.audit
    assert [e.action for e in entries] == [
        "accommodations.set",
        "accommodations.set",
        "accommodations.removed",
    ]
    assert {(e.actor, e.subject, e.at) for e in entries} == {(ADMIN.user_id, OWNER.user_id, NOON)}
    assert [e.details for e in entries] == [
        {"before": None, "after": numbers(1.5, 7)},
        {"before": numbers(1.5, 7), "after": numbers(2.0, 0)},
        {"before": numbers(2.0, 0), "after": None},
    ]


def test_nothing_is_told_to_anybody_outside(world: FakeWiring) -> None:
    open_one(world)

    put(world, MORE_TIME)

    assert world.store.state.outbox == {}


def test_what_is_running_follows_at_once(world: FakeWiring) -> None:
    first, second = open_one(world), open_one(world, started_at=NOON - DAY)

    done = put(world, MORE_TIME)

    stored = [world.store.state.assessments[a.id] for a in (first, second)]
    assert [a.before for a in done.adjustments] == [first, second]
    assert [a.after for a in done.adjustments] == stored
    assert [a.unmoved for a in done.adjustments] == [None, None]
    assert [a.expires_at - (NOON + LIFETIME) for a in stored] == [DAY * 7, DAY * 6]
    assert {a.accommodations for a in stored} == {MORE_TIME}


def test_taking_away_gives_everybody_elses_time_again(world: FakeWiring) -> None:
    assessment = open_one(world)
    put(world, MORE_TIME)

    done = put(world, None)

    assert len(done.adjustments) == 1
    stored = world.store.state.assessments[assessment.id]
    assert (stored.expires_at, stored.accommodations) == (NOON + LIFETIME, NO_ACCOMMODATIONS)


def test_an_expired_assessment_is_named_and_not_revived(world: FakeWiring) -> None:
    assessment = open_one(world)
    world.clock.advance(LIFETIME)

    [adjustment] = put(world, MORE_TIME).adjustments

    assert adjustment.unmoved is Unmoved.EXPIRED
    assert world.store.state.assessments == {assessment.id: assessment}


def test_a_deadline_is_never_moved_into_the_past(world: FakeWiring) -> None:
    assessment = open_one(world)
    put(world, MORE_TIME)
    world.clock.advance(LIFETIME)

    [adjustment] = put(world, None).adjustments

    assert adjustment.unmoved is Unmoved.WOULD_EXPIRE
    stored = world.store.state.assessments[assessment.id]
    assert stored.expires_at == NOON + LIFETIME + DAY * 7
    assert stored.status_at(world.clock.now()) is AssessmentStatus.IN_PROGRESS
    assert stored.accommodations.time_multiplier == 1.0


def test_a_deadline_that_passes_while_it_waits_for_its_turn_is_not_moved_into_the_past(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_one(world)
    put(world, MORE_TIME)
    world.clock.advance(LIFETIME - timedelta(seconds=1))
    lock = FakeAssessmentRepository.lock_unsubmitted

    def wait_and_lock(
        repository: FakeAssessmentRepository, student_id: UserId
    ) -> tuple[Assessment, ...]:
        world.clock.advance(timedelta(seconds=1))
        return lock(repository, student_id)

    monkeypatch.setattr(FakeAssessmentRepository, "lock_unsubmitted", wait_and_lock)
    [adjustment] = put(world, None).adjustments

    assert adjustment.unmoved is Unmoved.WOULD_EXPIRE


@pytest.mark.parametrize(
    "status", [AssessmentStatus.SCORING, AssessmentStatus.COMPLETED, AssessmentStatus.FAILED]
)
def test_what_was_submitted_stays_as_it_was_taken(
    world: FakeWiring, status: AssessmentStatus
) -> None:
    open_one(world, status=status)
    before = dict(world.store.state.assessments)

    assert put(world, MORE_TIME).adjustments == ()
    assert world.store.state.assessments == before


def test_another_students_assessments_are_left_alone(world: FakeWiring) -> None:
    open_one(world, student_id=SOMEBODY_ELSE.user_id)
    before = dict(world.store.state.assessments)

    assert put(world, MORE_TIME).adjustments == ()
    assert world.store.state.assessments == before


def test_snapshots_stay_as_they_are(world: FakeWiring) -> None:
    assessment = an_assessment(student_id=OWNER.user_id)
    snapshots = snapshots_of([a_theoretical_question()])
    with world.store.begin() as repositories:
        repositories.assessments.add(assessment, snapshots)

    put(world, MORE_TIME)

    assert world.store.state.snapshots == {assessment.id: snapshots}


@pytest.mark.parametrize("wanted", [MORE_TIME, None])
@pytest.mark.parametrize("role", [Role.ADVISOR, Role.ADMIN])
def test_staff_can_have_none(world: FakeWiring, role: Role, wanted: Accommodations | None) -> None:
    person = a_user(role=role)
    with world.store.begin() as repositories:
        repositories.users.add(person)

    refused(world, NotAStudentError, wanted, student_id=person.id)


def test_what_somebody_had_as_a_student_can_still_be_taken_away(world: FakeWiring) -> None:
    put(world, MORE_TIME)
    student = world.store.state.users[OWNER.user_id]
    world.store.state.users[OWNER.user_id] = replace(student, role=Role.ADVISOR)

    assert put(world, None).version.granted is None


@pytest.mark.parametrize("wanted", [MORE_TIME, None])
def test_an_unknown_user_is_not_found(world: FakeWiring, wanted: Accommodations | None) -> None:
    refused(world, NotFoundError, wanted, student_id="nobody")


def test_there_must_be_something_to_take_away(world: FakeWiring) -> None:
    refused(world, NotFoundError, None)

    put(world, MORE_TIME)
    put(world, None)

    refused(world, NotFoundError, None)


def refused(
    world: FakeWiring,
    error: type[DomainError],
    wanted: Accommodations | None,
    *,
    student_id: str = OWNER.user_id,
) -> None:
    """See it refused without a trace."""
    before = world.store.state.copy()
    with pytest.raises(error):
        put(world, wanted, student_id=student_id)
    assert world.store.state == before


def test_if_the_audit_row_cannot_be_written_nothing_is(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_one(world)
    before = world.store.state.copy()

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("tests.fakes.store.FakeAuditRepository.append", fail)
    with pytest.raises(RuntimeError):
        put(world, MORE_TIME)

    assert world.store.state == before


def test_versions_are_counted_per_student(world: FakeWiring) -> None:
    with world.store.begin() as repositories:
        repositories.accommodations.append(
            an_accommodations_version(student_id=SOMEBODY_ELSE.user_id, version=4)
        )

    assert put(world, MORE_TIME).version.version == 1
