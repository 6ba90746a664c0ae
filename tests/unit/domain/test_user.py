import pytest

from shared.domain.errors import InvalidInputError
from shared.domain.user import Role, check_password, fold_email
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
