from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert

from shared.adapters.postgres import assessment_rows, score_rows
from shared.adapters.postgres.ids import is_id, must_be_id
from shared.adapters.postgres.question_versions import QuestionVersions
from shared.adapters.postgres.statements import insert_many
from shared.adapters.postgres.tables import (
    ai_scoring_decisions,
    assessment_question_snapshots,
    assessment_responses,
    assessments,
    essay_scores,
    profiles,
    rule_scores,
)
from shared.domain.assessment import Assessment, AssessmentId, AssessmentStatus, Response, Snapshot
from shared.domain.consent import AiScoring, Consent
from shared.domain.errors import InvalidInputError, NotFoundError
from shared.domain.essay import EssayScore, EssayScoreId
from shared.domain.question import QuestionId
from shared.domain.scoring import Profile, RuleScore
from shared.domain.track import TrackId
from shared.domain.user import UserId
from shared.ports.store import Page

UNSUBMITTED: Final = (AssessmentStatus.IN_PROGRESS, AssessmentStatus.EXPIRED)

_decisions = ai_scoring_decisions.c
_asked = assessment_question_snapshots.c


class PostgresAssessmentRepository:
    def __init__(self, connection: sa.Connection, versions: QuestionVersions) -> None:
        self._connection = connection
        self._versions = versions

    def add(self, assessment: Assessment, snapshots: Sequence[Snapshot]) -> None:
        self._connection.execute(
            sa.insert(assessments).values(assessment_rows.from_assessment(assessment))
        )
        if assessment.consent.decided_at is not None:
            self._append_decision(assessment.id, assessment.consent)
        rows = [
            {
                "assessment_id": assessment.id,
                "position": snapshot.position,
                "question_id": snapshot.question.id,
                "question_version": snapshot.question.version,
            }
            for snapshot in snapshots
        ]
        insert_many(self._connection, insert(assessment_question_snapshots), rows)

    def get(self, assessment_id: AssessmentId) -> Assessment:
        return self._one(assessment_id, sa.select(assessments))

    def lock(self, assessment_id: AssessmentId) -> Assessment:
        return self._one(assessment_id, sa.select(assessments).with_for_update(key_share=True))

    def lock_all_of(self, student_id: UserId) -> tuple[Assessment, ...]:
        return self._locked(student_id, sa.true())

    def lock_unsubmitted(self, student_id: UserId) -> tuple[Assessment, ...]:
        return self._locked(student_id, assessments.c.status.in_(UNSUBMITTED))

    def _locked(
        self, student_id: UserId, condition: sa.ColumnElement[bool]
    ) -> tuple[Assessment, ...]:
        if not is_id(student_id):
            return ()
        a = assessments.c
        query = sa.select(assessments).where(a.student_id == student_id, condition)
        query = query.order_by(a.id).with_for_update(key_share=True)
        return tuple(map(assessment_rows.to_assessment, self._connection.execute(query)))

    def save(self, assessment: Assessment) -> None:
        self._connection.execute(
            sa.update(assessments)
            .where(assessments.c.id == assessment.id)
            .values(assessment_rows.changes_of(assessment))
        )

    def save_consent(self, assessment_id: AssessmentId, consent: Consent) -> None:
        self._append_decision(assessment_id, consent)
        self._connection.execute(
            sa.update(assessments)
            .where(assessments.c.id == assessment_id)
            .values(assessment_rows.consent_of(consent))
        )

    def _append_decision(self, assessment_id: AssessmentId, consent: Consent) -> None:
        newest = sa.select(sa.func.coalesce(sa.func.max(_decisions.number), 0))
        number = newest.where(_decisions.assessment_id == assessment_id).scalar_subquery() + 1
        self._connection.execute(
            sa.insert(ai_scoring_decisions).values(
                assessment_id=assessment_id,
                number=number,
                decision=consent.decision,
                text_version=consent.text_version,
                decided_at=consent.decided_at,
            )
        )

    def consents(self, assessment_id: AssessmentId) -> tuple[Consent, ...]:
        query = sa.select(ai_scoring_decisions).order_by(_decisions.number)
        return tuple(
            Consent(
                decision=AiScoring(row.decision),
                text_version=row.text_version,
                decided_at=row.decided_at,
            )
            for row in self._all(assessment_id, query)
        )

    def snapshots(self, assessment_id: AssessmentId) -> tuple[Snapshot, ...]:
        """One round trip, and a second when there are versions that were not read before."""
        if not is_id(assessment_id):
            return ()
        query = sa.select(_asked.position, _asked.question_id, _asked.question_version)
        query = query.where(_asked.assessment_id == assessment_id).order_by(_asked.position)
        rows = self._connection.execute(query).all()
        questions = self._versions.get_many([(r.question_id, r.question_version) for r in rows])
        return tuple(
            Snapshot(position=row.position, question=question)
            for row, question in zip(rows, questions, strict=True)
        )

    def responses(self, assessment_id: AssessmentId) -> Mapping[QuestionId, Response]:
        rows = self._all(assessment_id, sa.select(assessment_responses))
        return {r.question_id: r for r in map(assessment_rows.to_response, rows)}

    def save_responses(self, assessment_id: AssessmentId, responses: Sequence[Response]) -> None:
        # One row a question: PostgreSQL refuses to touch a row twice in one statement.
        rows = {r.question_id: assessment_rows.from_response(assessment_id, r) for r in responses}
        upsert = insert(assessment_responses)
        upsert = upsert.on_conflict_do_update(
            index_elements=["assessment_id", "question_id"],
            set_={c: upsert.excluded[c] for c in ("selected", "answer_text", "saved_at")},
        )
        insert_many(self._connection, upsert, list(rows.values()))

    def page_of(self, student_id: UserId, *, limit: int, after: AssessmentId | None) -> Page:
        if not is_id(student_id):
            return Page(items=(), next_cursor=None)
        query = sa.select(assessments).where(assessments.c.student_id == student_id)
        if after is not None:
            if not is_id(after):
                raise InvalidInputError("the cursor is not one that this list gave")
            query = query.where(assessments.c.id < after)
        query = query.order_by(assessments.c.id.desc()).limit(limit + 1)
        found = [assessment_rows.to_assessment(row) for row in self._connection.execute(query)]
        has_more = len(found) > limit
        items = tuple(found[:limit])
        return Page(items=items, next_cursor=items[-1].id if has_more else None)

    def count_running(self, track_id: TrackId, *, now: datetime) -> int:
        c = assessments.c
        is_running = sa.or_(
            sa.and_(c.status == AssessmentStatus.IN_PROGRESS, c.expires_at > now),
            c.status == AssessmentStatus.SCORING,
        )
        of_track = sa.select(sa.func.count()).where(c.track_id == track_id, is_running)
        return self._connection.scalar(of_track) or 0

    def save_profile(self, assessment_id: AssessmentId, profile: Profile) -> None:
        values = score_rows.from_profile(profile)
        upsert = insert(profiles).values(assessment_id=assessment_id, **values)
        self._connection.execute(
            upsert.on_conflict_do_update(index_elements=["assessment_id"], set_=values)
        )

    def profile(self, assessment_id: AssessmentId) -> Profile | None:
        rows = self._all(assessment_id, sa.select(profiles))
        return score_rows.to_profile(rows[0]) if rows else None

    def add_rule_scores(self, assessment_id: AssessmentId, scores: Sequence[RuleScore]) -> None:
        rows = [score_rows.from_rule_score(assessment_id, score) for score in scores]
        statement = insert(rule_scores).on_conflict_do_nothing()
        if insert_many(self._connection, statement, rows) != len(rows):
            raise ValueError(f"assessment {assessment_id} has rule scores")

    def rule_scores(self, assessment_id: AssessmentId) -> tuple[RuleScore, ...]:
        query = sa.select(rule_scores).join(assessment_question_snapshots).order_by(_asked.position)
        return tuple(map(score_rows.to_rule_score, self._all(assessment_id, query)))

    def add_essay_score(self, score: EssayScore) -> None:
        statement = insert(essay_scores).values(score_rows.from_essay_score(score))
        statement = statement.on_conflict_do_nothing(
            index_elements=["assessment_id", "question_id", "attempt"]
        )
        if self._connection.execute(statement).rowcount == 0:
            raise ValueError(f"question {score.question_id} has a score of attempt {score.attempt}")

    def essay_scores(self, assessment_id: AssessmentId) -> tuple[EssayScore, ...]:
        query = (
            sa.select(essay_scores)
            .join(assessment_question_snapshots)
            .ext(distinct_on(_asked.position))
            .order_by(_asked.position, essay_scores.c.attempt.desc())
        )
        return tuple(map(score_rows.to_essay_score, self._all(assessment_id, query)))

    def essay_score(self, essay_score_id: EssayScoreId) -> EssayScore:
        must_be_id(essay_score_id, "essay score")
        query = sa.select(essay_scores).where(essay_scores.c.id == essay_score_id)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError(f"no essay score {essay_score_id}")
        return score_rows.to_essay_score(row)

    def essay_score_events(self, assessment_id: AssessmentId) -> tuple[EssayScore, ...]:
        query = (
            sa.select(essay_scores)
            .join(assessment_question_snapshots)
            .order_by(_asked.position, essay_scores.c.attempt)
        )
        return tuple(map(score_rows.to_essay_score, self._all(assessment_id, query)))

    def mark_pipeline_started(self, assessment_id: AssessmentId, *, run: int, at: datetime) -> None:
        """A run that is marked again keeps its time: `stuck` counts from the first."""
        self._connection.execute(
            sa.update(assessments)
            .where(assessments.c.id == assessment_id, assessments.c.pipeline_run < run)
            .values(pipeline_run=run, pipeline_started_at=at)
        )

    def pipeline_run(self, assessment_id: AssessmentId) -> int:
        rows = self._all(assessment_id, sa.select(assessments.c.pipeline_run), assessments.c.id)
        return rows[0].pipeline_run if rows else 0

    def stuck(
        self, *, unstarted_before: datetime, running_before: datetime, limit: int
    ) -> tuple[AssessmentId, ...]:
        a = assessments.c
        is_unstarted = sa.and_(a.pipeline_run == 0, a.submitted_at < unstarted_before)
        query = (
            sa.select(a.id)
            # Literal, so that the partial index fits.
            .where(a.status == sa.literal_column(f"'{AssessmentStatus.SCORING}'"))
            .where(sa.or_(is_unstarted, a.pipeline_started_at < running_before))
            .order_by(a.submitted_at)
            .limit(limit)
        )
        return tuple(AssessmentId(found) for found in self._connection.scalars(query))

    def _one(self, assessment_id: AssessmentId, query: sa.Select[Any]) -> Assessment:
        must_be_id(assessment_id, "assessment")
        rows = self._all(assessment_id, query, assessments.c.id)
        if not rows:
            raise NotFoundError(f"no assessment {assessment_id}")
        return assessment_rows.to_assessment(rows[0])

    def _all(
        self,
        assessment_id: AssessmentId,
        query: sa.Select[Any],
        column: sa.ColumnElement[Any] | None = None,
    ) -> Sequence[Any]:
        if not is_id(assessment_id):
            return ()
        key = query.selected_columns["assessment_id"] if column is None else column
        return self._connection.execute(query.where(key == assessment_id)).all()
