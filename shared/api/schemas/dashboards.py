"""Bodies of the dashboards."""

from datetime import date
from typing import Final, Self

from shared.api.schemas.base import ResponseBody, Time
from shared.domain.assessment import AssessmentStatus
from shared.domain.degraded import DegradedReason
from shared.domain.job import JobKind
from shared.domain.operations import Operations, QueueDepth, QueueState, WorkState
from shared.domain.pricing import AS_OF, CURRENCY, SOURCE
from shared.domain.usage import UsageReport, UsageSum
from shared.domain.webhook import DisabledReason
from shared.domain.webhook_delivery import DeliveryStatus

ENDED: Final = tuple(s for s in DeliveryStatus if s is not DeliveryStatus.PENDING)


class UsageSumOut(ResponseBody):
    day: date
    """In UTC; the first and the last may be cut by the period."""
    track_id: str | None
    """Null when the assessment is gone."""
    purpose: str
    model: str
    prompts: int
    """0 for the purpose `embed`, which is no prompt."""
    prompt_tokens: int
    completion_tokens: int
    budget_share: float | None
    """Of a month's token budget; null for no limit."""
    cost: float | None
    """Null when the model has no price."""


class UsageTotalOut(ResponseBody):
    prompts: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None
    """Null when a model has no price."""
    unpriced_models: list[str]


class MonthOut(ResponseBody):
    since: Time
    tokens: int
    """Prompts and completions together."""
    budget: int | None
    """Null for no limit."""
    share: float | None
    left: int | None
    """0 when the budget is spent: essays and summaries are then the offline engines', and results
    are degraded with the cause `over_budget`."""
    until: Time
    """When the next month's budget begins."""


class PriceOut(ResponseBody):
    prompt: float
    completion: float


class PriceListOut(ResponseBody):
    """Per million tokens, of the models in this answer."""

    currency: str = CURRENCY
    source: str = SOURCE
    """Of those that the deployment has not set itself."""
    as_of: date = AS_OF
    models: dict[str, PriceOut]


class UsageOut(ResponseBody):
    since: Time
    until: Time
    items: list[UsageSumOut]
    total: UsageTotalOut
    month: MonthOut
    prices: PriceListOut

    @classmethod
    def of(cls, report: UsageReport) -> Self:
        used = {s.model for s in report.sums}
        return cls(
            since=report.period.since,
            until=report.period.until,
            items=[_sum_out(s, report) for s in report.sums],
            total=UsageTotalOut(
                prompts=sum(s.prompts for s in report.sums),
                prompt_tokens=sum(s.prompt_tokens for s in report.sums),
                completion_tokens=sum(s.completion_tokens for s in report.sums),
                cost=report.cost,
                unpriced_models=list(report.unpriced_models),
            ),
            month=MonthOut(
                since=report.month.since,
                tokens=report.month.tokens,
                budget=report.month.budget,
                share=report.month.share,
                left=report.month.left,
                until=report.month.until,
            ),
            prices=PriceListOut(
                models={
                    model: PriceOut(prompt=price.prompt, completion=price.completion)
                    for model, price in sorted(report.prices.items())
                    if model in used
                }
            ),
        )


def _sum_out(found: UsageSum, report: UsageReport) -> UsageSumOut:
    return UsageSumOut(
        day=found.day,
        track_id=found.track_id,
        purpose=found.purpose,
        model=found.model,
        prompts=found.prompts,
        prompt_tokens=found.prompt_tokens,
        completion_tokens=found.completion_tokens,
        budget_share=report.month.share_of(found.tokens),
        cost=found.cost(report.prices),
    )


class QueueDepthOut(ResponseBody):
    waiting: int
    in_flight: int
    delayed: int
    oldest_seconds: int | None
    """Null when the queue is empty, or its age is not known."""

    @classmethod
    def of(cls, depth: QueueDepth) -> Self:
        return cls(
            waiting=depth.waiting,
            in_flight=depth.in_flight,
            delayed=depth.delayed,
            oldest_seconds=depth.oldest_seconds,
        )


class QueueOut(QueueDepthOut):
    name: str
    dead_letters: QueueDepthOut

    @classmethod
    def named(cls, state: QueueState) -> Self:
        return cls(
            **dict(QueueDepthOut.of(state.queue)),
            name=state.name,
            dead_letters=QueueDepthOut.of(state.dead_letters),
        )


class AssessmentCountsOut(ResponseBody):
    now: dict[AssessmentStatus, int]
    recent: dict[AssessmentStatus, int]
    """Those started since `since`, as they are now."""


class DegradedOut(ResponseBody):
    count: int
    share: float | None
    """Of the assessments completed since `since`; null without any."""


class CompletedOut(ResponseBody):
    """Assessments completed since `since`."""

    count: int
    p50_seconds: float | None
    """From submission to completion, without those that people read."""
    p95_seconds: float | None
    read_by_people: int
    """Those whose students declined AI scoring."""
    degraded: DegradedOut
    degraded_by_reason: dict[DegradedReason, DegradedOut]
    degraded_by_cause: dict[str, DegradedOut]
    """Causes that there were, such as `circuit_open`, `over_budget` or `unanswered`."""


class InReviewOut(ResponseBody):
    """Assessments that wait for people, since their students declined AI scoring."""

    waiting: int
    oldest_seconds: float | None
    """Since the submission of the one that has waited longest."""


class OutboxOut(ResponseBody):
    unsent: int
    oldest_seconds: float | None


class WebhooksOut(ResponseBody):
    enabled: int
    disabled: dict[DisabledReason, int]
    pending: int
    """Deliveries on their way, also those that wait for their turn or their next attempt."""
    finished: dict[DeliveryStatus, int]
    """Deliveries that ended since `since`, by how."""


class OperationsOut(ResponseBody):
    at: Time
    since: Time
    """24 hours before."""
    queues: list[QueueOut] | None
    """Null when the queue service did not answer."""
    assessments: AssessmentCountsOut
    in_review: InReviewOut
    completed: CompletedOut
    failed_jobs: dict[JobKind, int]
    """Jobs finished by the fallback since `since`."""
    outbox: OutboxOut
    webhooks: WebhooksOut

    @classmethod
    def of(cls, found: Operations) -> Self:
        work, queues = found.work, found.queues
        return cls(
            at=found.at,
            since=found.since,
            queues=None if queues is None else [QueueOut.named(q) for q in queues],
            assessments=AssessmentCountsOut(
                now={s: work.statuses.get(s, 0) for s in AssessmentStatus},
                recent={s: work.recent_statuses.get(s, 0) for s in AssessmentStatus},
            ),
            in_review=InReviewOut(
                waiting=work.in_review.waiting,
                oldest_seconds=work.in_review.oldest_seconds(found.at),
            ),
            completed=_completed_out(work),
            failed_jobs={kind: work.failed_jobs.get(kind, 0) for kind in JobKind},
            outbox=OutboxOut(
                unsent=work.outbox.unsent, oldest_seconds=work.outbox.oldest_seconds(found.at)
            ),
            webhooks=WebhooksOut(
                enabled=work.webhooks.enabled,
                disabled={r: work.webhooks.disabled.get(r, 0) for r in DisabledReason},
                pending=work.webhooks.pending,
                finished={s: work.webhooks.finished.get(s, 0) for s in ENDED},
            ),
        )


def _completed_out(work: WorkState) -> CompletedOut:
    completed = work.completed
    by_reason = {r: completed.degraded_by_reason.get(r, 0) for r in DegradedReason}
    return CompletedOut(
        count=completed.count,
        p50_seconds=_rounded(completed.p50_seconds),
        p95_seconds=_rounded(completed.p95_seconds),
        read_by_people=completed.read_by_people,
        degraded=DegradedOut(count=completed.degraded, share=completed.share(completed.degraded)),
        degraded_by_reason={
            reason: DegradedOut(count=n, share=completed.share(n))
            for reason, n in by_reason.items()
        },
        degraded_by_cause={
            cause: DegradedOut(count=n, share=completed.share(n))
            for cause, n in sorted(completed.degraded_by_cause.items())
        },
    )


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
