import pytest

from shared.domain.assessment import Assessment
from shared.domain.errors import ForbiddenError
from shared.domain.user import Caller
from shared.usecases.list_assessments import list_assessments
from tests.builders import an_assessment
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADMIN, ADVISOR, OWNER, SOMEBODY_ELSE, a_caller


@pytest.fixture
def mine(world: FakeWiring) -> list[Assessment]:
    """Three of the owner's, newest first; another student has one, too."""
    taken = [an_assessment(student_id=OWNER.user_id) for _ in range(3)]
    with world.store.begin() as repositories:
        for assessment in (*taken, an_assessment(student_id=SOMEBODY_ELSE.user_id)):
            repositories.assessments.add(assessment, ())
    return taken[::-1]


def test_a_student_lists_their_own_newest_first(world: FakeWiring, mine: list[Assessment]) -> None:
    page = list_assessments(None, OWNER, limit=20, after=None, store=world.store)

    assert list(page.items) == mine
    assert page.next_cursor is None


def test_the_cursor_of_a_page_leads_to_the_next(world: FakeWiring, mine: list[Assessment]) -> None:
    first = list_assessments(None, OWNER, limit=2, after=None, store=world.store)
    second = list_assessments(None, OWNER, limit=2, after=first.next_cursor, store=world.store)

    assert [*first.items, *second.items] == mine
    assert first.next_cursor is not None
    assert second.next_cursor is None


def test_a_student_may_name_themselves(world: FakeWiring, mine: list[Assessment]) -> None:
    page = list_assessments(OWNER.user_id, OWNER, limit=20, after=None, store=world.store)

    assert list(page.items) == mine


@pytest.mark.parametrize("staff", [ADVISOR, ADMIN], ids=["advisor", "admin"])
def test_staff_list_those_of_a_student(
    world: FakeWiring, mine: list[Assessment], staff: Caller
) -> None:
    page = list_assessments(OWNER.user_id, staff, limit=20, after=None, store=world.store)

    assert list(page.items) == mine


@pytest.mark.usefixtures("mine")
def test_staff_who_name_nobody_list_their_own(world: FakeWiring) -> None:
    assert list_assessments(None, ADVISOR, limit=20, after=None, store=world.store).items == ()


@pytest.mark.usefixtures("mine")
@pytest.mark.parametrize("student", [OWNER, a_caller()], ids=["known", "unknown"])
def test_a_student_who_names_another_learns_nothing(world: FakeWiring, student: Caller) -> None:
    with pytest.raises(ForbiddenError, match="of another student"):
        list_assessments(student.user_id, SOMEBODY_ELSE, limit=20, after=None, store=world.store)
