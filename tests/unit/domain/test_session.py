from datetime import timedelta

import pytest

from shared.domain.errors import TokenReusedError, UnauthenticatedError
from shared.domain.session import REFRESH_LIFETIME
from tests.builders import NOON, a_session, later

EXPIRY = NOON + REFRESH_LIFETIME


def test_rotating_spends_the_token_and_makes_the_next_one_good() -> None:
    session = a_session(generation=3)

    rotated = session.rotate(3, NOON)

    assert rotated.generation == 4
    assert rotated.expires_at == session.expires_at
    assert rotated.rotate(4, NOON).generation == 5


@pytest.mark.parametrize("presented", [0, 2, 4])
def test_only_the_present_generation_is_good(presented: int) -> None:
    with pytest.raises(TokenReusedError):
        a_session(generation=3).rotate(presented, NOON)


def test_a_session_lasts_until_its_last_instant() -> None:
    a_session().rotate(0, EXPIRY - timedelta(microseconds=1))


def test_at_the_very_instant_it_is_over() -> None:
    session = a_session()

    assert not session.is_active(EXPIRY)
    with pytest.raises(UnauthenticatedError):
        session.rotate(0, EXPIRY)


def test_a_revoked_session_is_over_even_for_a_reused_token() -> None:
    revoked = a_session(generation=3).revoke(NOON)

    assert not revoked.is_active(NOON)
    for generation in (2, 3):
        with pytest.raises(UnauthenticatedError):
            revoked.rotate(generation, NOON)


def test_revoking_again_keeps_the_first_time() -> None:
    assert a_session().revoke(NOON).revoke(later(60)).revoked_at == NOON
