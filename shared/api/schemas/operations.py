"""Bodies of what operators set going again."""

from typing import Literal, Self

from shared.api.schemas.base import ResponseBody
from shared.domain.operations import Redriven


class RetriedOut(ResponseBody):
    assessment_id: str
    status: Literal["scoring"] = "scoring"
    status_url: str


class RedrivenOut(ResponseBody):
    queue: str
    moved: int
    waiting: int | None
    """Dead letters that are left; null when the queue service did not say."""
    in_flight: int | None
    """Dead letters that somebody else has received: try again in a minute."""

    @classmethod
    def of(cls, redriven: Redriven) -> Self:
        return cls(
            queue=redriven.queue,
            moved=redriven.moved,
            waiting=redriven.waiting,
            in_flight=redriven.in_flight,
        )
