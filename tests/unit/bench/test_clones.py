from bench import clones
from shared.adapters.postgres import tables

OF_STUDENTS = {
    "accommodations",
    "idempotency_keys",
    "outbox_events",
    "sessions",
    "student_event_counters",
    "users",
    "webhook_events",
}
OF_NOBODY = {
    "audit_anchors",
    "audit_logs",
    "metric_snapshots",
    "credential_catalog",
    "credential_versions",
    "embedding_artifacts",
    "embedding_sets",
    "index_rebuilds",
    "question_versions",
    "questions",
    "role_catalog",
    "webhook_attempts",
    "webhook_deliveries",
    "webhook_endpoints",
}
OF_READERS = {
    "recommendation_feedback",
    "recommendation_verdicts",
    "rescore_items",
    "rescores",
    "review_leases",
}
"""Filled after an assessment is completed, by who reads its result and has something to say, or
wants it marked again."""


def test_no_table_that_a_completed_assessment_fills_is_forgotten():
    copied = {table.name for table in (*clones.BY_ASSESSMENT, *clones.BY_RECOMMENDATION)}

    assert copied | OF_STUDENTS | OF_NOBODY | OF_READERS == set(tables.metadata.tables)
