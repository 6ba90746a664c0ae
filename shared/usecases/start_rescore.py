"""Ask for assessments to be marked again, for show or in earnest."""

from dataclasses import dataclass
from datetime import datetime

from shared.domain.assessment import AssessmentId
from shared.domain.audit import OPERATOR
from shared.domain.errors import InvalidInputError
from shared.domain.idempotency import IdempotencyKey
from shared.domain.rescore import Rescore, RescoreCounts, RescoreId, RescoreScope, ensure_completed
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.store import Repositories, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    scope: RescoreScope
    subject: str
    """Id of the assessment, question or track."""
    since: datetime | None
    is_dry_run: bool
    may_lower: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedRescore:
    rescore: Rescore
    counts: RescoreCounts
    is_replay: bool


def start_rescore(
    wanted: Wanted,
    caller: Caller | None,
    *,
    idempotency: IdempotencyKey | None,
    store: Store,
    ids: Ids,
    clock: Clock,
) -> StartedRescore:
    """Store the rescore with its assessments, to be worked off in the background; audit it.

    `caller` is None for an operator.

    Raises:
        NotFoundError: there is no such assessment.
        ResultNotReadyError: the assessment is not completed.
        InvalidInputError: no completed assessment is in scope.
    """
    now = clock.now()
    rescore = Rescore(
        id=RescoreId(ids.new()),
        scope=wanted.scope,
        subject=wanted.subject,
        since=wanted.since,
        is_dry_run=wanted.is_dry_run,
        may_lower=wanted.may_lower,
        requested_by=OPERATOR if caller is None else caller.user_id,
        requested_at=now,
    )
    with store.begin() as repositories:
        if idempotency:
            first = repositories.idempotency.claim(idempotency, resource_id=rescore.id, now=now)
            if first != rescore.id:
                return _started(RescoreId(first), repositories, is_replay=True)
        if wanted.scope is RescoreScope.ASSESSMENT:
            ensure_completed(repositories.assessments.get(AssessmentId(wanted.subject)))
        count = repositories.rescores.add(rescore)
        if count == 0:
            raise InvalidInputError(
                f"no completed assessment of {wanted.scope} {wanted.subject} is there to mark "
                "again; check the id, and since when they were completed",
                pointer=f"/{wanted.scope}Id",
            )
        started = _started(rescore.id, repositories, is_replay=False)
        repositories.audit.append(
            actor=rescore.requested_by,
            action="rescore.started",
            subject=rescore.id,
            details={
                "scope": rescore.scope.value,
                "subject": rescore.subject,
                "since": rescore.since.isoformat() if rescore.since else None,
                "dryRun": rescore.is_dry_run,
                "allowLowering": rescore.may_lower,
                "assessments": count,
            },
            at=now,
        )
    return started


def _started(
    rescore_id: RescoreId, repositories: Repositories, *, is_replay: bool
) -> StartedRescore:
    return StartedRescore(
        rescore=repositories.rescores.get(rescore_id),
        counts=repositories.rescores.counts(rescore_id),
        is_replay=is_replay,
    )
