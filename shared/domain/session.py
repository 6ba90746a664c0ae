"""A session: one login, kept alive by refresh tokens that each work once."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Self

from shared.domain.errors import TokenReusedError, UnauthenticatedError
from shared.domain.user import SessionId, UserId

REFRESH_LIFETIME: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`generation` is the number of the one refresh token that is still good."""

    id: SessionId
    user_id: UserId
    generation: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    def is_active(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at

    def rotate(self, generation: int, now: datetime) -> Self:
        """Spend the refresh token of `generation`.

        Raises:
            UnauthenticatedError: the session is over.
            TokenReusedError: the token was spent before, so one of its holders is a thief; the
                caller revokes the session.
        """
        if not self.is_active(now):
            raise UnauthenticatedError("the session is over; log in again")
        if generation != self.generation:
            raise TokenReusedError("the refresh token was used before; log in again")
        return replace(self, generation=self.generation + 1)

    def revoke(self, now: datetime) -> Self:
        return self if self.revoked_at else replace(self, revoked_at=now)
