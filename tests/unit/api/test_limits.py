from datetime import timedelta

import pytest

from shared.api.limits import (
    FEEDBACK_BY_PERSON,
    LOG_IN_BY_ACCOUNT,
    LOG_IN_BY_ADDRESS,
    REFRESH_BY_ADDRESS,
    REGISTER_BY_ADDRESS,
    limit_by_account,
    limit_by_address,
    limit_by_person,
)
from shared.domain.errors import RateLimitedError
from tests.fakes.clock import FakeClock
from tests.fakes.rate_limiter import FakeRateLimiter
from tests.unit.api.toy import Toy, an_event
from tests.unit.usecases.scenes import a_caller

BUCKETS = (
    REGISTER_BY_ADDRESS,
    LOG_IN_BY_ADDRESS,
    LOG_IN_BY_ACCOUNT,
    REFRESH_BY_ADDRESS,
    FEEDBACK_BY_PERSON,
)


def test_requests_are_counted_by_the_address_they_come_from(toy: Toy) -> None:
    limiter = FakeRateLimiter()
    toy.call(an_event())

    limit_by_address(toy.api, LOG_IN_BY_ADDRESS, limiter=limiter, clock=FakeClock())

    assert limiter.taken == [("login-address", "203.0.113.7")]


def test_spellings_of_one_account_share_a_bucket() -> None:
    limiter, clock = FakeRateLimiter(), FakeClock()

    for spelling in ("Ada@Example.org", " ada@example.org "):
        limit_by_account(spelling, LOG_IN_BY_ACCOUNT, limiter=limiter, clock=clock)

    assert set(limiter.taken) == {("login-account", "ada@example.org")}


def test_guessing_a_password_gets_ten_tries_and_then_one_each_half_minute() -> None:
    limiter, clock = FakeRateLimiter(), FakeClock()

    def guess() -> None:
        limit_by_account("ada@example.org", LOG_IN_BY_ACCOUNT, limiter=limiter, clock=clock)

    for _ in range(10):
        guess()
    with pytest.raises(RateLimitedError):
        guess()
    clock.advance(timedelta(seconds=30))
    guess()


def test_requests_of_one_person_are_counted_whatever_their_session() -> None:
    limiter, clock = FakeRateLimiter(), FakeClock()

    for session in ("ses_1", "ses_2"):
        caller = a_caller(user_id="usr_1", session_id=session)
        limit_by_person(caller, FEEDBACK_BY_PERSON, limiter=limiter, clock=clock)

    assert limiter.taken == [("feedback-person", "usr_1")] * 2


def test_a_classroom_of_forty_can_register_and_log_in_at_once() -> None:
    assert all(bucket.capacity > 40 for bucket in (REGISTER_BY_ADDRESS, LOG_IN_BY_ADDRESS))


def test_buckets_are_apart() -> None:
    assert len({bucket.name for bucket in BUCKETS}) == len(BUCKETS)
