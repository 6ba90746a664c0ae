"""Decide on AI scoring, or change one's mind: until submission, for nothing was read before."""

from shared.domain.access import ensure_owner
from shared.domain.assessment import AssessmentId
from shared.domain.consent import AiScoring, Consent, consent_to
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.store import Store


def decide_ai_scoring(
    assessment_id: AssessmentId,
    decision: AiScoring,
    text_version: int | None,
    caller: Caller,
    *,
    store: Store,
    clock: Clock,
) -> Consent:
    """Return what is in force; every change of mind is kept, and saying the same again is none.

    Raises:
        AlreadySubmittedError: it is too late; what was decided stands.
        AssessmentExpiredError: its time is up.
        InvalidInputError: another version of the text was shown than the current one.
    """
    now = clock.now()
    with store.begin() as repositories:
        assessment = repositories.assessments.lock(assessment_id)
        ensure_owner(assessment, caller)
        consent = consent_to(decision, text_version, at=now, pointer="/textVersion")
        decided = assessment.decide(consent, now)
        if consent.says_the_same_as(assessment.consent):
            return assessment.consent
        repositories.assessments.save_consent(assessment_id, consent)
    return decided.consent
