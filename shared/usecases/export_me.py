"""Give a person all that is held about them."""

from shared.domain.assessment import Assessment, AssessmentId
from shared.domain.holdings import HeldAssessment, Holdings
from shared.domain.user import Caller
from shared.ports.store import Repositories, Store


def export_me(caller: Caller, *, limit: int, after: AssessmentId | None, store: Store) -> Holdings:
    """Return the account with all around it, and one page of assessments, newest first."""
    with store.begin() as repositories:
        user = repositories.users.get(caller.user_id)
        held = repositories.holdings
        page = repositories.assessments.page_of(user.id, limit=limit, after=after)
        return Holdings(
            user=user,
            sessions=held.sessions(user.id),
            keys=held.keys(user.id),
            events=held.events(user.id),
            accommodations=held.accommodations(user.id),
            feedback=held.feedback_by(user.id),
            verdicts=held.verdicts_by(user.id),
            audit=held.audit(user.id),
            assessments=tuple(_held(assessment, repositories) for assessment in page.items),
            next_cursor=page.next_cursor,
        )


def _held(assessment: Assessment, repositories: Repositories) -> HeldAssessment:
    of, held = repositories.assessments, repositories.holdings
    return HeldAssessment(
        assessment=assessment,
        consents=of.consents(assessment.id),
        snapshots=of.snapshots(assessment.id),
        responses=of.responses(assessment.id),
        rule_scores=of.rule_scores(assessment.id),
        essay_scores=held.essay_scores(assessment.id),
        profile=of.profile(assessment.id),
        recommendation=repositories.recommendations.of_assessment(assessment.id),
        feedback=tuple(
            feedback
            for feedback in held.feedback_on(assessment.id)
            if feedback.author_id != assessment.student_id
        ),
        verdicts=held.verdicts_on(assessment.id),
        jobs=repositories.jobs.of_assessment(assessment.id),
        prompts=held.prompts(assessment.id),
        audit=held.audit(assessment.id),
    )
