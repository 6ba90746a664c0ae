from datetime import timedelta
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.accommodations import (
    NO_ACCOMMODATIONS,
    Accommodations,
    AccommodationsVersion,
    ensure_can_have,
    ensure_in_force,
)
from shared.domain.errors import NotAStudentError, NotFoundError
from shared.domain.user import Role
from tests.builders import a_user, an_accommodations_version

STAFF = [Role.ADVISOR, Role.ADMIN]


@pytest.mark.parametrize(
    ("multiplier", "seconds", "limit"),
    [
        pytest.param(1.0, 90, 90, id="as-everybody"),
        pytest.param(1.5, 90, 135, id="whole"),
        pytest.param(1.25, 90, 113, id="a-begun-second-counts-whole"),
        pytest.param(1.1, 90, 99, id="though-binary-fractions-say-99.00000000000001"),
        pytest.param(1.001, 90, 91, id="however-little-of-it"),
        pytest.param(3.0, 3600, 10800, id="most"),
    ],
)
def test_time_limits_are_multiplied_and_rounded_up(
    multiplier: float, seconds: int, limit: int
) -> None:
    assert Accommodations(time_multiplier=multiplier).time_limit(seconds) == limit


@given(st.integers(100, 300), st.integers(10, 3_600))
def test_time_limits_are_those_of_exact_arithmetic(percent: int, seconds: int) -> None:
    exact = ceil(Fraction(percent * seconds, 100))

    assert Accommodations(time_multiplier=percent / 100).time_limit(seconds) == exact


def test_a_question_without_a_limit_stays_without() -> None:
    assert Accommodations(time_multiplier=3.0).time_limit(None) is None


def test_extra_days_are_days() -> None:
    assert Accommodations(extra_days=60).extra_time == timedelta(days=60)
    assert NO_ACCOMMODATIONS.extra_time == timedelta(0)


def test_a_student_can_have_them() -> None:
    ensure_can_have(a_user())


@pytest.mark.parametrize("role", STAFF)
def test_nobody_else_can(role: Role) -> None:
    with pytest.raises(NotAStudentError, match=role):
        ensure_can_have(a_user(role=role))


@pytest.mark.parametrize("role", Role)
def test_what_was_granted_is_in_force_whatever_one_has_become(role: Role) -> None:
    version = an_accommodations_version()

    assert ensure_in_force(version, a_user(role=role)) == version


@pytest.mark.parametrize("version", [None, an_accommodations_version(granted=None)])
def test_a_student_who_has_none_has_none_to_show(version: AccommodationsVersion | None) -> None:
    with pytest.raises(NotFoundError, match="no accommodations"):
        ensure_in_force(version, a_user())
    with pytest.raises(NotAStudentError):
        ensure_in_force(version, a_user(role=Role.ADVISOR))
