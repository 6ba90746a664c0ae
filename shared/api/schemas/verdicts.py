"""Bodies of verdicts: what staff decide on the items of a recommendation."""

from typing import Annotated, Literal, Self

from pydantic import Field

from shared.api.schemas.base import RequestBody, ResponseBody, Text, Time
from shared.domain.review import MAX_REASON_LENGTH
from shared.domain.user import Role
from shared.domain.verdict import ItemVerdict

Decision = Literal["accepted", "rejected"]


class VerdictIn(RequestBody):
    verdict: Decision
    reason: Annotated[
        Text | None,
        Field(
            max_length=MAX_REASON_LENGTH,
            description="The student reads it. A rejection needs one.",
            examples=["You have held this certificate since last year."],
        ),
    ] = None

    @property
    def is_accepted(self) -> bool:
        return self.verdict == "accepted"

    def to_reason(self) -> str | None:
        """A blank reason says nothing, and so is none."""
        return (self.reason or "").strip() or None


class GivenVerdictOut(ResponseBody):
    """Without the reason: erasure may empty it, and a replay is the first answer again."""

    id: str
    recommendation_id: str
    credential_id: str
    verdict: Decision
    revision: Annotated[int, Field(description="Counts up from 1 for one item", examples=[2])]
    created_at: Time

    @classmethod
    def of(cls, verdict: ItemVerdict) -> Self:
        return cls(
            id=verdict.id,
            recommendation_id=verdict.recommendation_id,
            credential_id=verdict.credential_id,
            verdict=decision_of(verdict),
            revision=verdict.revision,
            created_at=verdict.created_at,
        )


class VerdictOut(ResponseBody):
    """What counts of an item, for its student and staff to read: the role of who gave it alone."""

    verdict: Decision
    reason: Annotated[
        str | None, Field(examples=["You have held this certificate since last year."])
    ]
    role: Annotated[Role, Field(description="Of who gave it, at that time", examples=["advisor"])]
    revision: Annotated[
        int, Field(description="More than 1 where it replaces another", examples=[2])
    ]
    created_at: Time

    @classmethod
    def of(cls, verdict: ItemVerdict) -> Self:
        return cls(
            verdict=decision_of(verdict),
            reason=verdict.reason,
            role=verdict.author_role,
            revision=verdict.revision,
            created_at=verdict.created_at,
        )


class GivenHeldVerdictOut(GivenVerdictOut):
    """In the export of who gave it."""

    reason: str | None

    @classmethod
    def build(cls, verdict: ItemVerdict) -> Self:
        return cls(**dict(GivenVerdictOut.of(verdict)), reason=verdict.reason)


class ReceivedVerdictOut(VerdictOut):
    """In the export of the student."""

    id: str
    credential_id: str

    @classmethod
    def build(cls, verdict: ItemVerdict) -> Self:
        return cls(
            **dict(VerdictOut.of(verdict)), id=verdict.id, credential_id=verdict.credential_id
        )


def decision_of(verdict: ItemVerdict) -> Decision:
    return "accepted" if verdict.accepted else "rejected"
