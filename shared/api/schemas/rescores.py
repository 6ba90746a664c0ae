"""Bodies of rescores: what is to be marked again, how far it is, and who moves."""

from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import Field

from shared.api.moments import DESCRIPTION, read_moment
from shared.api.schemas.base import RequestBody, ResponseBody, Text, Time
from shared.api.urls import rescore_url
from shared.domain.errors import InvalidInputError
from shared.domain.rescore import (
    ItemStatus,
    Movement,
    Rescore,
    RescoreCounts,
    RescoredEssay,
    RescoreItem,
    RescoreScope,
    Standing,
    Verdict,
)
from shared.domain.scoring import Band

Id = Annotated[Text | None, Field(min_length=1, max_length=200)]


class RescoreOptions(RequestBody):
    dry_run: Annotated[
        bool, Field(strict=True, description="Change nothing, and tell who would move")
    ] = True
    allow_lowering: Annotated[
        bool,
        Field(strict=True, description="Let a lower mark count; otherwise it is `withheld`"),
    ] = False


class RescoreIn(RescoreOptions):
    """Exactly one of `assessmentId`, `questionId` and `trackId`."""

    assessment_id: Id = None
    question_id: Annotated[
        Id, Field(description="An essay: it is marked wherever it was asked")
    ] = None
    track_id: Annotated[Id, Field(examples=["backend-engineer"])] = None
    since: Annotated[
        Text | None,
        Field(
            max_length=40,
            examples=["2026-01-01"],
            description=f"Completed then or later. {DESCRIPTION}",
        ),
    ] = None

    def subject(self) -> tuple[RescoreScope, str]:
        """Return what is to be marked again, or raise unless it is one thing."""
        named = [
            (scope, subject)
            for scope, subject in (
                (RescoreScope.ASSESSMENT, self.assessment_id),
                (RescoreScope.QUESTION, self.question_id),
                (RescoreScope.TRACK, self.track_id),
            )
            if subject is not None
        ]
        if len(named) != 1:
            raise InvalidInputError("name one of assessmentId, questionId and trackId")
        ((scope, subject),) = named
        if scope is RescoreScope.ASSESSMENT and self.since is not None:
            raise InvalidInputError(
                "since chooses among many assessments; leave it out for one", pointer="/since"
            )
        return scope, subject

    @property
    def moment(self) -> Time | None:
        return read_moment(self.since, pointer="/since")


class RescoreCountsOut(ResponseBody):
    """Numbers of assessments; `withheld` is one of essays."""

    total: int
    pending: int
    done: int
    failed: int
    raised: int
    lowered: int
    unchanged: int
    crossed_band: int
    withheld: int
    """Essays whose new mark is lower and does not count."""

    @classmethod
    def of(cls, counts: RescoreCounts) -> Self:
        return cls(
            total=counts.total,
            pending=counts.pending,
            done=counts.done,
            failed=counts.failed,
            raised=counts.raised,
            lowered=counts.lowered,
            unchanged=counts.unchanged,
            crossed_band=counts.crossed_band,
            withheld=counts.withheld,
        )


class RescoreOut(ResponseBody):
    id: str
    scope: RescoreScope
    subject: str
    """Id of the assessment, question or track."""
    since: Time | None
    dry_run: bool
    allow_lowering: bool
    requested_by: str
    """A user's id, `operator` or `system`."""
    requested_at: Time
    finished_at: Time | None
    """None while assessments are pending."""
    counts: RescoreCountsOut
    url: str

    @classmethod
    def of(cls, rescore: Rescore, counts: RescoreCounts) -> Self:
        return cls(
            id=rescore.id,
            scope=rescore.scope,
            subject=rescore.subject,
            since=rescore.since,
            dry_run=rescore.is_dry_run,
            allow_lowering=rescore.may_lower,
            requested_by=rescore.requested_by,
            requested_at=rescore.requested_at,
            finished_at=rescore.finished_at,
            counts=RescoreCountsOut.of(counts),
            url=rescore_url(rescore.id),
        )


class StandingOut(ResponseBody):
    overall_score: int
    band: Band
    confidence: float

    @classmethod
    def of(cls, standing: Standing) -> Self:
        return cls(
            overall_score=standing.overall_score,
            band=standing.band,
            confidence=standing.confidence,
        )


class RescoredEssayOut(ResponseBody):
    question_id: str
    before: float
    after: float | None
    """What the engine gives now, whether or not it counts."""
    max_score: float = 10
    verdict: Annotated[
        Verdict,
        Field(
            description="`withheld`: lower, and nobody said that marks may be lowered. "
            "`by_person`: a person's mark, which stays. `blank`: there is no text to mark. "
            "`failed`: the engine would not mark it, for this `reason`"
        ),
    ]
    counts: Annotated[
        bool, Field(description="Whether the new mark counts; of a dry run, whether it would")
    ]
    reason: str | None

    @classmethod
    def of(cls, essay: RescoredEssay) -> Self:
        return cls(
            question_id=essay.question_id,
            before=essay.before,
            after=essay.after,
            verdict=essay.verdict,
            counts=essay.counts,
            reason=essay.reason,
        )


class RescoreItemOut(ResponseBody):
    """One assessment; `before` to `essays` are empty until it was marked."""

    assessment_id: str
    status: ItemStatus
    movement: Movement | None
    crosses_band: bool | None
    before: StandingOut | None
    after: StandingOut | None
    essays: list[RescoredEssayOut]
    error: Annotated[
        str | None,
        Field(
            description="Why the last try came to nothing: the engine's reason, such as "
            "`circuit_open`; `in_review` while a person reads an essay; `busy`; `internal_error`"
        ),
    ]

    @classmethod
    def of(cls, item: RescoreItem) -> Self:
        outcome = item.outcome
        return cls(
            assessment_id=item.assessment_id,
            status=item.status,
            movement=outcome.movement if outcome else None,
            crosses_band=outcome.crosses_band if outcome else None,
            before=StandingOut.of(outcome.before) if outcome else None,
            after=StandingOut.of(outcome.after) if outcome else None,
            essays=[RescoredEssayOut.of(e) for e in outcome.essays] if outcome else [],
            error=item.error,
        )


class RescorePageOut(RescoreOut):
    items: list[RescoreItemOut]
    next_cursor: str | None

    @classmethod
    def build(
        cls,
        rescore: Rescore,
        counts: RescoreCounts,
        items: Iterable[RescoreItem],
        next_cursor: str | None,
    ) -> Self:
        return cls(
            **RescoreOut.of(rescore, counts).model_dump(),
            items=[RescoreItemOut.of(item) for item in items],
            next_cursor=next_cursor,
        )
