"""The schema as SQLAlchemy Core sees it; `migrations` makes it, and a test compares the two."""

from shared.adapters.postgres.tables.assessments import (
    ai_scoring_decisions,
    assessment_question_snapshots,
    assessment_responses,
    assessments,
)
from shared.adapters.postgres.tables.audit import audit_anchors, audit_logs
from shared.adapters.postgres.tables.catalog import (
    credential_catalog,
    credential_versions,
)
from shared.adapters.postgres.tables.content import question_versions, questions, role_catalog
from shared.adapters.postgres.tables.feedback import recommendation_feedback
from shared.adapters.postgres.tables.index import (
    embedding_artifacts,
    embedding_sets,
    index_rebuilds,
)
from shared.adapters.postgres.tables.metadata import metadata
from shared.adapters.postgres.tables.people import accommodations, sessions, users
from shared.adapters.postgres.tables.recommendations import (
    rag_traces,
    recommendation_items,
    recommendations,
)
from shared.adapters.postgres.tables.rescores import rescore_items, rescores
from shared.adapters.postgres.tables.reviews import review_leases
from shared.adapters.postgres.tables.scores import essay_scores, profiles, rule_scores
from shared.adapters.postgres.tables.trends import metric_snapshots
from shared.adapters.postgres.tables.verdicts import recommendation_verdicts
from shared.adapters.postgres.tables.webhooks import (
    webhook_attempts,
    webhook_deliveries,
    webhook_endpoints,
    webhook_events,
)
from shared.adapters.postgres.tables.work import (
    async_jobs,
    idempotency_keys,
    model_usage,
    outbox_events,
    student_event_counters,
)

__all__ = [
    "accommodations",
    "ai_scoring_decisions",
    "assessment_question_snapshots",
    "assessment_responses",
    "assessments",
    "async_jobs",
    "audit_anchors",
    "audit_logs",
    "credential_catalog",
    "credential_versions",
    "embedding_artifacts",
    "embedding_sets",
    "essay_scores",
    "idempotency_keys",
    "index_rebuilds",
    "metadata",
    "metric_snapshots",
    "model_usage",
    "outbox_events",
    "profiles",
    "question_versions",
    "questions",
    "rag_traces",
    "recommendation_feedback",
    "recommendation_items",
    "recommendation_verdicts",
    "recommendations",
    "rescore_items",
    "rescores",
    "review_leases",
    "role_catalog",
    "rule_scores",
    "sessions",
    "student_event_counters",
    "users",
    "webhook_attempts",
    "webhook_deliveries",
    "webhook_endpoints",
    "webhook_events",
]
