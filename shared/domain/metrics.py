"""What is measured, by the names that dashboards and alarms know."""

from enum import StrEnum


class Metric(StrEnum):
    REQUEST_LATENCY = "RequestLatency"
    """Milliseconds inside the function, by route."""
    STAGE_DURATION = "StageDuration"
    """Milliseconds from claim to finish of one job, by stage."""
    TOKENS_USED = "TokensUsed"
    """Prompt and completion tokens, by purpose."""
    ASSESSMENTS_COMPLETED = "AssessmentsCompleted"
    ASSESSMENTS_DEGRADED = "AssessmentsDegraded"
    DEGRADED = "Degraded"
    """Fallbacks, by reason."""
    WEBHOOK_ATTEMPTS = "WebhookAttempts"
    """Messages sent to webhooks, by outcome."""
    WEBHOOKS_DISABLED = "WebhooksDisabled"
    """Webhooks given up on: an operator is told."""
