"""Errors the domain raises; `code` is part of the public API and never changes."""

from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final


class DomainError(Exception):
    """Base of every error that a caller may be told about; its message says how to go on."""

    code: ClassVar[str] = "domain_error"


class NotFoundError(DomainError):
    """It does not exist, or it is not the caller's: the two are never told apart."""

    code = "not_found"


class UnauthenticatedError(DomainError):
    """No token, or one that is malformed, expired or revoked."""

    code = "unauthenticated"


class InvalidCredentialsError(DomainError):
    """Unknown e-mail address or wrong password: the two are never told apart."""

    code = "invalid_credentials"


class TokenReusedError(DomainError):
    """A refresh token was presented again after its rotation; its whole family is revoked."""

    code = "token_reused"


class ForbiddenError(DomainError):
    """The caller's role does not allow it."""

    code = "forbidden"


class EmailTakenError(DomainError):
    code = "email_taken"


class LastAdminError(DomainError):
    """Nobody would be left who may administer."""

    code = "last_admin"


class InvalidInputError(DomainError):
    """A value that is well-formed but cannot be accepted; `pointer` is its JSON pointer."""

    code = "invalid_input"

    def __init__(self, detail: str, *, pointer: str = "") -> None:
        super().__init__(detail)
        self.pointer = pointer


class UnknownQuestionError(InvalidInputError):
    """An answer to a question that is not part of the assessment."""

    code = "unknown_question"


class UnknownCredentialError(InvalidInputError):
    """Feedback on a credential that is not an item of the recommendation."""

    code = "unknown_credential"


class InvalidContentError(DomainError):
    """Content that the seeds' loader or a check refuses.

    `faults` are all of them, each as JSON pointer and what is wrong.
    """

    code = "invalid_content"

    def __init__(self, faults: tuple[tuple[str, str], ...]) -> None:
        pointer, detail = faults[0]
        rest = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        super().__init__(f"{pointer}: {detail}{rest}" if pointer else f"{detail}{rest}")
        self.faults = faults


class InvalidImportError(InvalidContentError):
    """An import with faults, of which nothing was stored.

    The pointers of `faults` begin with the row: `essay.yaml row 3/rubric`.
    """

    code = "invalid_import"


class ExportTooLargeError(DomainError):
    """An export that no response can carry."""

    code = "export_too_large"


class SlugTakenError(DomainError):
    """Content with this slug exists, active or not."""

    code = "slug_taken"


class CoverageGapError(DomainError):
    """A track would be left without a credential of a level."""

    code = "coverage_gap"


class PoolTooSmallError(DomainError):
    """A track's pool has, or would have, fewer active questions than its mix asks."""

    code = "pool_too_small"


class AssessmentExpiredError(DomainError):
    code = "assessment_expired"


class AlreadySubmittedError(DomainError):
    """The responses are locked."""

    code = "already_submitted"


class IncompleteAssessmentError(DomainError):
    """Answers are missing; `missing` names the questions."""

    code = "incomplete_assessment"

    def __init__(self, detail: str, *, missing: tuple[str, ...]) -> None:
        super().__init__(detail)
        self.missing = missing


class ResultNotReadyError(DomainError):
    code = "result_not_ready"


class AssessmentNotFailedError(DomainError):
    """Only an assessment whose scoring failed can be retried."""

    code = "assessment_not_failed"


class NotAStudentError(DomainError):
    """What only a student can have was asked of somebody else."""

    code = "not_a_student"


class ReviewLeasedError(DomainError):
    """Somebody else is reviewing the essay; `until` is when that ends at the latest."""

    code = "leased"

    def __init__(self, *, until: datetime) -> None:
        moment = until.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        super().__init__(
            f"somebody else is reviewing this essay until {moment}; take another, or wait"
        )
        self.until = until


class MarksMissingError(DomainError):
    """Nobody has marked the essay yet, so there is nothing to confirm."""

    code = "marks_missing"


class AiScoringDeclinedError(DomainError):
    """The student declined AI scoring: no engine may read the essays of the assessment."""

    code = "ai_scoring_declined"


class ReviewNotNeededError(DomainError):
    """The score is not the newest of its essay, or nothing about it is in doubt."""

    code = "review_not_needed"


class TrackUnavailableError(DomainError):
    """The track's pool cannot fill its question mix."""

    code = "track_unavailable"


class WebhookDisabledError(DomainError):
    """Nothing is sent to it until it is enabled."""

    code = "webhook_disabled"


class DeliveryPendingError(DomainError):
    """It is on its way already."""

    code = "delivery_pending"


class IdempotencyConflictError(DomainError):
    """The same Idempotency-Key came with another request."""

    code = "idempotency_conflict"


class RateLimitedError(DomainError):
    code = "rate_limited"

    def __init__(self, detail: str, *, retry_after: timedelta) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class StoreUnavailableError(DomainError):
    """The database cannot be reached."""

    code = "database_unavailable"


class PipelineUnavailableError(DomainError):
    """The workflow service cannot be reached."""

    code = "pipeline_unavailable"


class QueuesUnavailableError(DomainError):
    """The queue service cannot be reached."""

    code = "queues_unavailable"


TURNED_AWAY: Final = frozenset(
    {
        "circuit_open",
        "connection",
        "rate_limited",
        "server_error",
        "quota_exceeded",
        "bad_credentials",
        "unknown_model",
        "invalid_request",
    }
)
"""Reasons for which no provider charges. Counting such prompts would use up an assessment's in an
outage, and the result would speak of a limit instead of the outage."""


class EngineError(DomainError):
    """A model or its provider did not do its work; `reason` is a short stable word for metrics."""

    code = "engine_error"

    def __init__(self, detail: str, *, reason: str) -> None:
        super().__init__(detail)
        self.reason = reason

    @property
    def is_charged(self) -> bool:
        """Whether a prompt may have been answered, and so paid for."""
        return self.reason not in TURNED_AWAY


class EngineUnavailableError(EngineError):
    """Transient (timeout, connection, 429, 5xx): worth another try later."""

    code = "engine_unavailable"


class EngineRefusedError(EngineError):
    """Permanent for this input (refusal, cut off, unusable output, open circuit, no budget)."""

    code = "engine_refused"


class JobBusyError(DomainError):
    """Another worker holds the job's lease."""

    code = "job_busy"


class RebuildRunningError(DomainError):
    """The index is being rebuilt; `rebuild_id` says by which rebuild."""

    code = "rebuild_running"

    def __init__(self, detail: str, *, rebuild_id: str) -> None:
        super().__init__(detail)
        self.rebuild_id = rebuild_id


class RebuildSupersededError(DomainError):
    """This run of a rebuild is not the one that may go on with it."""

    code = "rebuild_superseded"


class NoFreeSlotError(DomainError):
    """Both slots of the index are taken; the retired set is to be cleared first."""

    code = "no_free_slot"


class NoLongerScoredError(DomainError):
    """A job of an assessment that has completed or failed meanwhile."""

    code = "no_longer_scored"


class InvalidSeedsError(DomainError):
    """Seeds with faults, each as `file: path: what is wrong`; nothing was loaded."""

    code = "invalid_seeds"

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(f"{len(faults)} fault(s) in the seeds; nothing was loaded")
        self.faults = faults
