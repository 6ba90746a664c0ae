"""Every query that runs over many rows has an index that fits it.

On few rows PostgreSQL rightly reads whole tables, so the plans are asked for with that
discouraged: what is tested is whether the index can serve the query, a partial one above all.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from shared.adapters.postgres.store import PostgresStore
from shared.domain.assessment import AssessmentId
from shared.domain.audit import AuditFilter
from shared.domain.cohort import CohortSelection
from shared.domain.embedding_index import SLOTS, EmbeddingSet, EmbeddingSetId, SetStatus
from shared.domain.errors import NotFoundError
from shared.domain.essay import EssayScoreId
from shared.domain.feedback import FeedbackId, FeedbackSelection
from shared.domain.job import JobId, JobKind
from shared.domain.level import Level
from shared.domain.period import Period
from shared.domain.recommendation import RecommendationId
from shared.domain.rescore import RescoreId, RescoreScope, Shown
from shared.domain.track import TrackId
from shared.domain.trends import Granularity
from shared.domain.user import Role, SessionId, UserId
from shared.domain.verdict import VerdictId
from shared.domain.webhook import WebhookId
from shared.ports.store import Repositories
from tests.builders import NOON, TRACK, a_rescore, an_id

pytestmark = pytest.mark.integration

Call = Callable[[Repositories], Any]
ID = an_id()
A = AssessmentId(ID)


def search_of(slot: int) -> Call:
    searched = EmbeddingSet(
        id=EmbeddingSetId(ID),
        slot=slot,
        model="m",
        dimensions=256,
        status=SetStatus.ACTIVE,
        created_at=NOON,
    )
    return lambda r: r.credentials.search_vector(
        [1.0, *[0.0] * 255], within=searched, track_id=TRACK, levels=list(Level), limit=9
    )


CALLS: dict[str, tuple[Call, str]] = {
    "user by id": (lambda r: r.users.find_by_email("a"), "uq_users_email"),
    "users by role": (
        lambda r: r.users.page_of(role=Role.ADMIN, email=None, limit=9, after=UserId(ID)),
        "ix_users_role_id",
    ),
    "users": (
        lambda r: r.users.page_of(role=None, email=None, limit=9, after=UserId(ID)),
        "pk_users",
    ),
    "admins": (lambda r: r.users.lock_admins(), "ix_users_role_id"),
    "sessions of a user": (
        lambda r: r.sessions.revoke_all(UserId(ID), at=NOON),
        "ix_sessions_user_id",
    ),
    "audit": (lambda r: r.audit.page_of(AuditFilter(), limit=9, after=9), "pk_audit_logs"),
    "audit by actor": (
        lambda r: r.audit.page_of(AuditFilter(actor="a"), limit=9, after=9),
        "ix_audit_logs_actor_number",
    ),
    "audit by action": (
        lambda r: r.audit.page_of(AuditFilter(action="a"), limit=9, after=9),
        "ix_audit_logs_action_number",
    ),
    "audit by subject": (
        lambda r: r.audit.page_of(AuditFilter(subject="a"), limit=9, after=9),
        "ix_audit_logs_subject_number",
    ),
    "session": (lambda r: r.sessions.get(SessionId(ID)), "pk_sessions"),
    "accommodations": (lambda r: r.accommodations.newest(UserId(ID)), "pk_accommodations"),
    "version": (lambda r: r.accommodations.get_version(UserId(ID), 1), "pk_accommodations"),
    "unsubmitted": (
        lambda r: r.assessments.lock_unsubmitted(UserId(ID)),
        "ix_assessments_page",
    ),
    "track": (lambda r: r.tracks.get(TRACK), "role_catalog"),
    "pool": (lambda r: r.questions.pool(TRACK), "ix_questions_pool"),
    "assessment": (lambda r: r.assessments.get(A), "pk_assessments"),
    "decisions": (lambda r: r.assessments.consents(A), "pk_ai_scoring_decisions"),
    "snapshots": (lambda r: r.assessments.snapshots(A), "_assessment_question_snapshots"),
    "responses": (lambda r: r.assessments.responses(A), "pk_assessment_responses"),
    "rule scores": (lambda r: r.assessments.rule_scores(A), "pk_rule_scores"),
    "essay scores": (
        lambda r: r.assessments.essay_scores(A),
        "uq_essay_scores_assessment_id_question_id_attempt",
    ),
    "page": (
        lambda r: r.assessments.page_of(UserId(ID), limit=20, after=A),
        "ix_assessments_page",
    ),
    "stuck": (
        lambda r: r.assessments.stuck(unstarted_before=NOON, running_before=NOON, limit=9),
        "ix_assessments_scoring",
    ),
    "rescore": (lambda r: r.rescores.get(RescoreId(ID)), "pk_rescores"),
    "rescored": (lambda r: r.rescores.counts(RescoreId(ID)), "rescore_items"),
    "rescored, a page": (
        lambda r: r.rescores.items(RescoreId(ID), shown=Shown.MOVED, limit=9, after=A),
        "pk_rescore_items",
    ),
    "claim to rescore": (
        lambda r: r.rescores.claim(now=NOON, lease=timedelta(1)),
        "ix_rescore_items_pending",
    ),
    "finished rescores": (lambda r: r.rescores.finish(now=NOON), "ix_rescores_unfinished"),
    "nothing pending": (lambda r: r.rescores.finish(now=NOON), "ix_rescore_items_open"),
    "unhealed": (lambda r: r.rescores.unhealed(limit=9), "ix_assessments_fallback"),
    "healed before": (lambda r: r.rescores.unhealed(limit=9), "uq_rescores_degraded"),
    "job": (lambda r: r.jobs.get(JobId(ID)), "pk_async_jobs"),
    "claim": (
        lambda r: r.jobs.claim(JobId(ID), now=NOON, lease=timedelta(1)),
        "pk_async_jobs",
    ),
    "jobs": (
        lambda r: r.jobs.of_assessment(A),
        "uq_async_jobs_assessment_id_kind_question_id",
    ),
    "typical seconds": (
        lambda r: r.jobs.typical_seconds(JobKind.SCORE_ESSAY, sample=9),
        "ix_async_jobs_finished",
    ),
    "unsent": (lambda r: r.outbox.unsent(limit=9), "ix_outbox_events_unsent"),
    "unsent facts": (lambda r: r.outbox.unsent_facts(limit=9), "ix_outbox_events_unsent"),
    "recommendation": (
        lambda r: r.recommendations.of_assessment(A),
        "uq_recommendations_assessment_id",
    ),
    "recommendation by id": (
        lambda r: r.recommendations.get(RecommendationId(ID)),
        "pk_recommendations",
    ),
    "feedback": (lambda r: r.feedback.get(FeedbackId(ID)), "pk_recommendation_feedback"),
    "newest feedback": (
        lambda r: r.feedback.newest(RecommendationId(ID), None, UserId(ID)),
        "uq_recommendation_feedback_revision",
    ),
    "feedback of a period": (
        lambda r: r.feedback.summarize(FeedbackSelection(since=NOON, until=NOON)),
        "ix_recommendation_feedback_created_at",
    ),
    "feedback that is replaced": (
        lambda r: r.feedback.summarize(FeedbackSelection(since=NOON, until=NOON)),
        "uq_recommendation_feedback_revision",
    ),
    "verdict": (lambda r: r.verdicts.get(VerdictId(ID)), "pk_recommendation_verdicts"),
    "newest verdicts": (
        lambda r: r.verdicts.newest(RecommendationId(ID)),
        "uq_recommendation_verdicts_revision",
    ),
    "verdicts by an author": (
        lambda r: r.holdings.verdicts_by(UserId(ID)),
        "ix_recommendation_verdicts_author_id_id",
    ),
    "deliveries under way": (
        lambda r: r.deliveries.under_way(WebhookId(ID), at=NOON),
        "ix_webhook_deliveries_lease",
    ),
    "deliveries that wait": (
        lambda r: r.deliveries.pending(WebhookId(ID)),
        "ix_webhook_deliveries_lane",
    ),
    "old messages": (
        lambda r: r.deliveries.remove_old(NOON, limit=9),
        "ix_webhook_events_occurred_at",
    ),
    "deliveries of old messages": (
        lambda r: r.deliveries.remove_old(NOON, limit=9),
        "ix_webhook_deliveries_event_id",
    ),
    "essay score": (lambda r: r.assessments.essay_score(EssayScoreId(ID)), "pk_essay_scores"),
    "essay score events": (
        lambda r: r.assessments.essay_score_events(A),
        "uq_essay_scores_assessment_id_question_id_attempt",
    ),
    "review queue": (
        lambda r: r.reviews.queue(now=NOON, limit=9, after=None),
        "ix_essay_scores_review",
    ),
    "newer scores of the review queue": (
        lambda r: r.reviews.queue(now=NOON, limit=9, after=None),
        "uq_essay_scores_assessment_id_question_id_attempt",
    ),
    "cohort of a student": (
        lambda r: r.cohort.assessments(CohortSelection(student_id=UserId(ID)), limit=9, after=A),
        "ix_assessments_page",
    ),
    "cohort of a track": (
        lambda r: r.cohort.assessments(CohortSelection(track_id=TRACK), limit=9, after=A),
        "ix_assessments_track",
    ),
    "students by name": (
        lambda r: r.cohort.assessments(CohortSelection(words=("ab", "c")), limit=9, after=A),
        "ix_users_called",
    ),
    "lease": (
        lambda r: r.reviews.lease_of(EssayScoreId(ID), now=NOON),
        "pk_review_leases",
    ),
    "figures": (
        lambda r: r.trends.figures(Period(since=NOON, until=NOON)),
        "ix_assessments_submitted",
    ),
    "backlog": (lambda r: r.trends.backlog(), "ix_essay_scores_review"),
    "trends": (
        lambda r: r.trends.between(
            Granularity.DAY, NOON.date(), NOON.date(), track_id=TrackId(TRACK)
        ),
        "uq_metric_snapshots_",
    ),
    "prompts": (lambda r: r.usage.prompts_of(A), "ix_model_usage_assessment_id"),
    "usage": (
        lambda r: r.usage.sums(Period(since=NOON, until=NOON)),
        "ix_model_usage_at",
    ),
    "tokens": (lambda r: r.usage.tokens_since(NOON), "ix_model_usage_at"),
    "forget": (lambda r: r.idempotency.forget_before(NOON), "ix_idempotency_keys_created_at"),
    **{
        f"vector search of slot {slot}": (search_of(slot), f"ix_embedding_artifacts_vector_{slot}")
        for slot in SLOTS
    },
    "newest rebuild": (lambda r: r.index.newest_rebuild(), "ix_index_rebuilds_started_at"),
    "text search": (
        lambda r: r.credentials.search_text(["a-b"], track_id=TRACK, levels=list(Level), limit=9),
        "ix_credential_catalog_",
    ),
}


WORK: tuple[str, ...] = (
    "ix_assessments_started",
    "ix_assessments_started",
    "ix_assessments_completed",
    "ix_assessments_completed",
    "ix_assessments_completed",
    "ix_async_jobs_finished",
    "ix_outbox_events_unsent",
    "webhook_endpoints",  # of which there are a few
    "ix_webhook_deliveries_",  # any of those over what is pending
    "ix_webhook_deliveries_finished",
    "ix_assessments_in_review",
)
"""Of the queries of the operator's dashboard, in their order."""


@pytest.mark.parametrize(("call", "index"), CALLS.values(), ids=CALLS.keys())
def test_a_query_over_many_rows_has_its_index(
    postgres_store: PostgresStore, engine: sa.Engine, call: Call, index: str
) -> None:
    statements = _statements(postgres_store, engine, call)

    assert index in _plan(engine, *statements[0])


def test_each_count_of_the_dashboard_has_its_index(
    postgres_store: PostgresStore, engine: sa.Engine
) -> None:
    statements = _statements(
        postgres_store, engine, lambda r: r.operations.work(now=NOON, since=NOON)
    )

    for statement, index in zip(statements, WORK, strict=True):
        assert index in _plan(engine, *statement)


@pytest.mark.parametrize(
    ("scope", "subject", "index"),
    [
        (RescoreScope.ASSESSMENT, ID, "pk_assessments"),
        (RescoreScope.QUESTION, ID, "ix_essay_scores_question"),
        (RescoreScope.TRACK, TRACK, "ix_assessments_track"),
    ],
)
def test_choosing_what_to_rescore_has_its_index(
    postgres_store: PostgresStore,
    engine: sa.Engine,
    scope: RescoreScope,
    subject: str,
    index: str,
) -> None:
    rescore = a_rescore(scope=scope, subject=subject)

    _, choosing, *_ = _statements(postgres_store, engine, lambda r: r.rescores.add(rescore))

    assert index in _plan(engine, *choosing)


def _statements(store: PostgresStore, engine: sa.Engine, call: Call) -> list[tuple[str, Any]]:
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    with suppress(NotFoundError), store.begin() as repositories:
        call(repositories)
    event.remove(engine, "before_cursor_execute", note)
    return statements


def _plan(engine: sa.Engine, statement: str, parameters: Any) -> str:
    with engine.begin() as connection:
        for method in ("seqscan", "hashjoin", "mergejoin", "sort"):
            connection.execute(sa.text(f"SET LOCAL enable_{method} = off"))
        connection.execute(sa.text("SET LOCAL join_collapse_limit = 1"))  # join as written
        rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        return "\n".join(row[0] for row in rows)
