"""Token buckets of the auth routes, and of those whose every request leaves a row for good."""

from datetime import timedelta
from typing import Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from shared.domain.user import Caller, fold_email
from shared.ports.clock import Clock
from shared.ports.rate_limiter import Bucket, RateLimiter

# A classroom shares one address, so buckets by address are wide; guessing one person's password
# is what the narrow bucket by account is against.
REGISTER_BY_ADDRESS: Final = Bucket(
    name="register-address", capacity=60, refill=timedelta(seconds=2)
)
LOG_IN_BY_ADDRESS: Final = Bucket(name="login-address", capacity=120, refill=timedelta(seconds=1))
LOG_IN_BY_ACCOUNT: Final = Bucket(name="login-account", capacity=10, refill=timedelta(seconds=30))
REFRESH_BY_ADDRESS: Final = Bucket(
    name="refresh-address", capacity=120, refill=timedelta(seconds=1)
)
PASSWORD_BY_ACCOUNT: Final = Bucket(
    name="password-account", capacity=10, refill=timedelta(seconds=30)
)
"""Who holds a token and is asked for the password must not find it by trying."""
# An advisor rates up to six things of a recommendation: of ten at once, and then of two a minute.
FEEDBACK_BY_PERSON: Final = Bucket(name="feedback-person", capacity=60, refill=timedelta(seconds=5))


def limit_by_address(
    api: APIGatewayHttpResolver, bucket: Bucket, *, limiter: RateLimiter, clock: Clock
) -> None:
    limiter.take(bucket, api.current_event.request_context.http.source_ip, now=clock.now())


def limit_by_account(email: str, bucket: Bucket, *, limiter: RateLimiter, clock: Clock) -> None:
    limiter.take(bucket, fold_email(email), now=clock.now())


def limit_by_person(caller: Caller, bucket: Bucket, *, limiter: RateLimiter, clock: Clock) -> None:
    limiter.take(bucket, caller.user_id, now=clock.now())
