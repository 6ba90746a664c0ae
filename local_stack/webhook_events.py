"""Events by the names that commands take, which are those that the API tells."""

from typing import Annotated, Literal

from cyclopts import Parameter

EventName = Literal[
    "assessment.submitted",
    "assessment.completed",
    "assessment.degraded",
    "assessment.failed",
    "result.corrected",
    "recommendation.feedback",
    "user.erased",
]
Events = Annotated[list[EventName] | None, Parameter(name="--event", negative="")]
