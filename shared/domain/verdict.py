"""What staff decide on the items of a recommendation. The student reads it beside the item."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from shared.domain.errors import InvalidInputError, NotFoundError
from shared.domain.recommendation import CredentialId, Recommendation, RecommendationId
from shared.domain.user import Role, UserId

VerdictId = NewType("VerdictId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemVerdict:
    """One decision as it was given. It is never changed: a later revision replaces it.

    Feedback is what each person thinks, and everybody's counts; of an item there is one verdict,
    whoever of the staff gave it.
    """

    id: VerdictId
    recommendation_id: RecommendationId
    credential_id: CredentialId
    """The item that it is on."""
    author_id: UserId
    author_role: Role
    """At that time."""
    revision: int
    """Counts up from 1 for one item; the highest counts."""
    accepted: bool
    reason: str | None
    """For the student to read; None where there was none to give, or it was erased."""
    created_at: datetime


Verdicts = Mapping[CredentialId, ItemVerdict]
"""Those that count, of the items that have one."""


def ensure_judgeable(recommendation: Recommendation, credential_id: CredentialId) -> None:
    """Raise `NotFoundError` for a credential that is no item of the recommendation."""
    if credential_id not in {item.credential.id for item in recommendation.items}:
        raise NotFoundError(f"recommendation {recommendation.id} has no item {credential_id}")


def ensure_reason(*, accepted: bool, reason: str | None) -> None:
    """Raise `InvalidInputError` for a rejection that does not say why."""
    if not accepted and not reason:
        raise InvalidInputError(
            "a rejection needs a reason, in a sentence that the student can read",
            pointer="/reason",
        )
