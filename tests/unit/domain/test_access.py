from collections.abc import Callable

import pytest

from shared.domain.access import ensure_owner, ensure_reader, ensure_recommended
from shared.domain.assessment import Assessment
from shared.domain.errors import NotFoundError
from shared.domain.user import Caller, Role
from tests.builders import a_recommendation, an_assessment
from tests.unit.domain.builders import a_caller

Ensure = Callable[[Assessment, Caller], None]

MINE = an_assessment(id="asm_1", student_id="usr_1")


@pytest.mark.parametrize("ensure", [ensure_owner, ensure_reader])
def test_the_student_who_takes_it_may(ensure: Ensure) -> None:
    ensure(MINE, a_caller(user_id="usr_1"))


@pytest.mark.parametrize("ensure", [ensure_owner, ensure_reader])
def test_to_another_student_it_does_not_exist(ensure: Ensure) -> None:
    with pytest.raises(NotFoundError, match="no assessment asm_1"):
        ensure(MINE, a_caller(user_id="usr_2"))


@pytest.mark.parametrize("role", [Role.ADVISOR, Role.ADMIN])
def test_staff_may_read_it_but_not_act_for_the_student(role: Role) -> None:
    staff = a_caller(user_id="usr_2", role=role)

    ensure_reader(MINE, staff)
    with pytest.raises(NotFoundError):
        ensure_owner(MINE, staff)


def test_a_recommendation_is_its_students_and_open_to_staff() -> None:
    recommendation = a_recommendation(id="rec_1", assessment_id=MINE.id)

    ensure_recommended(recommendation, MINE, a_caller(user_id="usr_1"))
    ensure_recommended(recommendation, MINE, a_caller(user_id="usr_2", role=Role.ADVISOR))
    # Without a word of the assessment, which would tell it from one that does not exist.
    with pytest.raises(NotFoundError, match=r"^no recommendation rec_1$"):
        ensure_recommended(recommendation, MINE, a_caller(user_id="usr_2"))
