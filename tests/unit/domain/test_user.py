from dataclasses import replace

import pytest

from shared.domain.errors import InvalidInputError, LastAdminError
from shared.domain.user import Role, check_password, fold_email
from tests.builders import a_user
from tests.unit.domain.builders import a_caller


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("x" * 10, id="ten-characters"),
        pytest.param("x" * 72, id="72-bytes"),
        pytest.param("é" * 36, id="36-characters-of-two-bytes"),
        pytest.param("🔑" * 10, id="ten-characters-of-four-bytes"),
        pytest.param(" " * 10, id="white-space-is-a-choice"),
    ],
)
def test_a_password_within_bcrypts_reach_is_accepted(password: str) -> None:
    check_password(password)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        pytest.param("", "at least 10 characters", id="empty"),
        pytest.param("x" * 9, "at least 10 characters", id="nine-characters"),
        pytest.param("🔑" * 9, "at least 10 characters", id="nine-characters-of-many-bytes"),
        pytest.param("x" * 73, "at most 72 bytes", id="73-bytes"),
        pytest.param("é" * 36 + "x", "at most 72 bytes", id="37-characters-in-73-bytes"),
        pytest.param("x" * 9 + "\0", "no NUL", id="nul"),
    ],
)
def test_another_is_refused_rather_than_cut(password: str, fault: str) -> None:
    with pytest.raises(InvalidInputError, match=fault) as caught:
        check_password(password)

    assert caught.value.pointer == "/password"
    assert "xxx" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Ada@Example.ORG", "ada@example.org"),
        ("  ada@example.org\n", "ada@example.org"),
        ("STRASSE@example.org", "strasse@example.org"),
        ("straße@example.org", "strasse@example.org"),
    ],
)
def test_spellings_of_one_address_are_one_account(given: str, kept: str) -> None:
    assert fold_email(given) == kept


def test_advisors_and_admins_are_staff() -> None:
    assert [role for role in Role if a_caller(role=role).is_staff] == [Role.ADVISOR, Role.ADMIN]


@pytest.mark.parametrize("role", Role)
def test_a_user_takes_another_role(role: Role) -> None:
    user = a_user(role=Role.STUDENT)

    assert user.with_role(role, admins=()) == replace(user, role=role)


@pytest.mark.parametrize("role", [Role.STUDENT, Role.ADVISOR])
def test_the_last_admin_stays_one(role: Role) -> None:
    admin = a_user(role=Role.ADMIN)

    with pytest.raises(LastAdminError, match="make somebody else an admin first"):
        admin.with_role(role, admins=[admin.id])


@pytest.mark.parametrize("role", Role)
def test_only_the_last_admin_cannot_be_spared(role: Role) -> None:
    user, other = a_user(role=role), a_user(role=Role.ADMIN)
    user.ensure_dispensable(admins=[user.id, other.id])
    if role is not Role.ADMIN:
        user.ensure_dispensable(admins=[])
        return

    with pytest.raises(LastAdminError, match="then erase this account"):
        user.ensure_dispensable(admins=[user.id])


def test_the_last_admin_may_be_made_what_they_are() -> None:
    admin = a_user(role=Role.ADMIN)

    assert admin.with_role(Role.ADMIN, admins=[admin.id]) == admin


def test_one_of_two_admins_may_cease_to_be_one() -> None:
    admin, other = a_user(role=Role.ADMIN), a_user(role=Role.ADMIN)

    assert admin.with_role(Role.ADVISOR, admins=[admin.id, other.id]).role is Role.ADVISOR
