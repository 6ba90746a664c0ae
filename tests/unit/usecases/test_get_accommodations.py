from dataclasses import replace

import pytest

from shared.domain.errors import NotAStudentError, NotFoundError
from shared.domain.user import Role
from shared.usecases.get_accommodations import get_accommodations
from tests.builders import a_user, an_accommodations_version
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import a_caller


def test_the_newest_version_is_in_force(world: FakeWiring) -> None:
    student = a_user()
    versions = [an_accommodations_version(student_id=student.id, version=n) for n in (1, 2)]
    with world.store.begin() as repositories:
        repositories.users.add(student)
        for version in versions:
            repositories.accommodations.append(version)

    assert get_accommodations(student.id, store=world.store) == versions[1]


@pytest.mark.parametrize("was_given", [True, False])
def test_a_student_without_any_has_none_to_show(world: FakeWiring, *, was_given: bool) -> None:
    student = a_user()
    with world.store.begin() as repositories:
        repositories.users.add(student)
        if was_given:
            given = an_accommodations_version(student_id=student.id)
            repositories.accommodations.append(given)
            repositories.accommodations.append(replace(given, version=2, granted=None))

    with pytest.raises(NotFoundError, match="no accommodations"):
        get_accommodations(student.id, store=world.store)


def test_staff_can_have_none(world: FakeWiring) -> None:
    advisor = a_user(role=Role.ADVISOR)
    with world.store.begin() as repositories:
        repositories.users.add(advisor)

    with pytest.raises(NotAStudentError):
        get_accommodations(advisor.id, store=world.store)


def test_an_unknown_user_is_not_found(world: FakeWiring) -> None:
    with pytest.raises(NotFoundError, match="no user"):
        get_accommodations(a_caller().user_id, store=world.store)
