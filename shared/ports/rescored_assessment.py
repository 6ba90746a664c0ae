"""One assessment of a rescore: marked again without a transaction, then settled in one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from shared.domain.assessment import Assessment
from shared.domain.degraded import DegradedReason
from shared.domain.errors import EngineError, JobBusyError, ReviewLeasedError
from shared.domain.essay import EssayScore, EssayScoreId, EssayTask, score_of, task_of
from shared.domain.rescore import (
    OUTAGE,
    Rescore,
    RescoredAssessment,
    RescoredEssay,
    RescoreItem,
    Standing,
    Verdict,
    is_last_try,
    replaces,
    standing_of,
    verdict_of,
)
from shared.ports.clock import Clock
from shared.ports.corrected_result import audit_correction, correct_result, tell_correction
from shared.ports.essay_scorer import EssayScorer, SecondReader
from shared.ports.ids import Ids
from shared.ports.marked_essay import mark_essay, read_again
from shared.ports.model_budget import ModelBudget
from shared.ports.scored_assessment import ScoredAssessment, read_scored
from shared.ports.store import Repositories, Store

PURPOSE: Final = "rescore_essay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    scorer: EssayScorer
    second_reader: SecondReader | None
    budget: ModelBudget


Remarks = Mapping[EssayScoreId, EssayScore | str]
"""For each score that counted, the new one; or why the engine would not give one."""


def mark_again(
    rescore: Rescore, item: RescoreItem, *, engines: Engines, store: Store, ids: Ids, clock: Clock
) -> Remarks:
    """Mark the essays in scope by the questions and answers as they were.

    One that the engine will not mark fails them all, to be tried later; on the last try it is
    done without. Raises `EngineError`.
    """
    with store.begin() as repositories:
        assessment = repositories.assessments.get(item.assessment_id)
        scored = read_scored(repositories, assessment)
    remarks: dict[EssayScoreId, EssayScore | str] = {}
    refusal: EngineError | None = None
    for before in _in_scope(rescore, scored):
        task = task_of(before.question_id, scored.snapshots, scored.responses)
        if _settled(before, task):
            continue
        try:
            remarks[before.id] = _mark(
                task, before, assessment, engines=engines, ids=ids, clock=clock
            )
        except EngineError as error:
            if error.reason in OUTAGE or not is_last_try(item):
                raise
            remarks[before.id], refusal = error.reason, error
    if refusal and all(isinstance(remark, str) for remark in remarks.values()):
        raise refusal
    return remarks


def _mark(
    task: EssayTask,
    before: EssayScore,
    assessment: Assessment,
    *,
    engines: Engines,
    ids: Ids,
    clock: Clock,
) -> EssayScore:
    marks = mark_essay(
        task, assessment, scorer=engines.scorer, budget=engines.budget, purpose=PURPOSE
    )
    return score_of(
        marks,
        task,
        id=EssayScoreId(ids.new()),
        assessment_id=assessment.id,
        attempt=before.attempt + 1,
        at=clock.now(),
        second=read_again(task, engines.second_reader),
    )


def settle(
    rescore: Rescore, item: RescoreItem, remarks: Remarks, *, store: Store, ids: Ids, clock: Clock
) -> RescoredAssessment:
    """Judge the new marks; unless it is a dry run, let those count that should, and tell of it.

    All or nothing, in one transaction.

    Raises:
        ReviewLeasedError: somebody is reviewing an essay whose mark would be replaced.
        JobBusyError: an essay has another mark by now, or another worker took the item over.
    """
    with store.begin() as repositories:
        assessment = repositories.assessments.lock(item.assessment_id)
        scored = read_scored(repositories, assessment)
        judged = [_judge(rescore, before, scored, remarks) for before in _in_scope(rescore, scored)]
        counting = [(b, after) for b, after, essay in judged if after is not None and essay.counts]
        corrected = _corrected(scored, counting)
        before = _standing_before(scored, repositories)
        outcome = RescoredAssessment(
            before=before,
            after=standing_of(corrected.profile) if counting else before,
            essays=tuple(essay for _, _, essay in judged),
        )
        # The item first: it is the lock, and whoever lost it must not touch the scores.
        if not repositories.rescores.settle(item.done(outcome, at=clock.now())):
            raise JobBusyError(f"assessment {item.assessment_id} was taken over")
        if not rescore.is_dry_run:
            _apply(rescore, corrected.assessment, counting, repositories, ids=ids, now=clock.now())
    return outcome


def _in_scope(rescore: Rescore, scored: ScoredAssessment) -> Sequence[EssayScore]:
    fallbacks = {
        d.question_id
        for d in scored.assessment.degradations
        if d.reason is DegradedReason.ESSAY_SCORING_FALLBACK
    }
    return [
        score
        for score in scored.essay_scores
        if (rescore.question_id is None or score.question_id == rescore.question_id)
        and (not rescore.heals or score.question_id in fallbacks)
    ]


def _settled(before: EssayScore, task: EssayTask) -> Verdict | None:
    """Return why the mark stands without asking an engine, or None."""
    if before.is_by_person:
        return Verdict.BY_PERSON
    return None if task.answer.strip() else Verdict.BLANK


def _judge(
    rescore: Rescore, before: EssayScore, scored: ScoredAssessment, remarks: Remarks
) -> tuple[EssayScore, EssayScore | None, RescoredEssay]:
    task = task_of(before.question_id, scored.snapshots, scored.responses)
    remark: EssayScore | str | None = None
    verdict = _settled(before, task)
    if verdict is None:
        if before.id not in remarks:
            raise JobBusyError(f"essay {before.question_id} was marked by somebody else meanwhile")
        remark = remarks[before.id]
        verdict = (
            Verdict.FAILED
            if isinstance(remark, str)
            else verdict_of(before, remark, may_lower=rescore.may_lower)
        )
    after = remark if isinstance(remark, EssayScore) else None
    essay = RescoredEssay(
        question_id=before.question_id,
        before=before.score,
        after=after.score if after else None,
        verdict=verdict,
        counts=after is not None and replaces(before, after, verdict),
        reason=remark if isinstance(remark, str) else None,
    )
    return before, after, essay


def _corrected(
    scored: ScoredAssessment, counting: Sequence[tuple[EssayScore, EssayScore]]
) -> ScoredAssessment:
    """Return it as the new scores make it, healed of the fallbacks that they replace."""
    assessment = scored.assessment
    for before, after in counting:
        if after.provenance.engine != before.provenance.engine:
            assessment = assessment.heal(before.question_id)
    newest = {after.question_id: after for _, after in counting}
    scores = tuple(newest.get(score.question_id, score) for score in scored.essay_scores)
    return replace(scored, assessment=assessment, essay_scores=scores)


def _standing_before(scored: ScoredAssessment, repositories: Repositories) -> Standing:
    return standing_of(repositories.assessments.profile(scored.assessment.id) or scored.profile)


def _apply(
    rescore: Rescore,
    assessment: Assessment,
    counting: Sequence[tuple[EssayScore, EssayScore]],
    repositories: Repositories,
    *,
    ids: Ids,
    now: datetime,
) -> None:
    if not counting:
        return
    for before, _ in counting:
        if lease := repositories.reviews.lease_of(before.id, now=now):
            raise ReviewLeasedError(until=lease.until)
    repositories.assessments.save(assessment)
    corrections = [
        correct_result(assessment, before, after, repositories) for before, after in counting
    ]
    for correction in corrections:
        tell_correction(correction, assessment, repositories, ids)
    # The audit log last, as everywhere: its lock is everybody's, the counter's a student's.
    for correction in corrections:
        audit_correction(
            correction,
            repositories,
            actor=rescore.requested_by,
            action="essay.rescored",
            rescoreId=rescore.id,
        )
