from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.adapters.postgres.ids import is_id, must_be_id
from shared.adapters.postgres.payload import from_payload, to_payload
from shared.adapters.postgres.score_rows import from_provenance, to_provenance
from shared.adapters.postgres.statements import insert_many
from shared.adapters.postgres.tables import rag_traces, recommendation_items, recommendations
from shared.domain.assessment import AssessmentId
from shared.domain.errors import NotFoundError
from shared.domain.recommendation import (
    Credential,
    Recommendation,
    RecommendationId,
    RecommendationItem,
    Source,
    Trace,
    TracedCandidate,
)

_ITEM: Final = [c for c in recommendation_items.columns if c.name != "recommendation_id"]


class PostgresRecommendationRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, recommendation: Recommendation) -> None:
        head = insert(recommendations).values(
            id=recommendation.id,
            assessment_id=recommendation.assessment_id,
            summary=recommendation.summary,
            created_at=recommendation.created_at,
            **from_provenance(recommendation.provenance),
        )
        head = head.on_conflict_do_nothing(index_elements=[recommendations.c.assessment_id])
        if self._connection.execute(head).rowcount == 0:
            raise ValueError(f"assessment {recommendation.assessment_id} has a recommendation")
        trace = recommendation.trace
        self._connection.execute(
            sa.insert(rag_traces).values(
                recommendation_id=recommendation.id,
                query=trace.query,
                embedding_model=trace.embedding_model,
                candidates=trace.candidates,
                filters=dict(trace.filters),
                ranking=to_payload(tuple[TracedCandidate, ...], trace.ranking),
            )
        )
        rows = [_from_item(recommendation.id, item) for item in recommendation.items]
        insert_many(self._connection, insert(recommendation_items), rows)

    def get(self, recommendation_id: RecommendationId) -> Recommendation:
        must_be_id(recommendation_id, "recommendation")
        found = self._one(recommendations.c.id == recommendation_id)
        if found is None:
            raise NotFoundError(f"no recommendation {recommendation_id}")
        return found

    def of_assessment(self, assessment_id: AssessmentId) -> Recommendation | None:
        if not is_id(assessment_id):
            return None
        return self._one(recommendations.c.assessment_id == assessment_id)

    def _one(self, is_it: sa.ColumnElement[bool]) -> Recommendation | None:
        """One round trip: the head is repeated on each of its few items."""
        query = (
            sa.select(recommendations, rag_traces, *_ITEM)
            .join(rag_traces)
            .outerjoin(
                recommendation_items,
                recommendation_items.c.recommendation_id == recommendations.c.id,
            )
            .where(is_it)
            .order_by(recommendation_items.c.rank)
        )
        rows = self._connection.execute(query).all()
        return _to_recommendation(rows) if rows else None


def _from_item(recommendation_id: RecommendationId, item: RecommendationItem) -> dict[str, Any]:
    return {
        "recommendation_id": recommendation_id,
        "rank": item.rank,
        "credential_id": item.credential.id,
        "credential": to_payload(Credential, item.credential),
        "score": item.score,
        "vector_similarity": item.vector_similarity,
        "text_score": item.text_score,
        "why": item.why,
        "sources": to_payload(tuple[Source, ...], item.sources),
    }


def _to_recommendation(rows: Sequence[Any]) -> Recommendation:
    head = rows[0]
    return Recommendation(
        id=RecommendationId(head.id),
        assessment_id=head.assessment_id,
        summary=head.summary or "",
        items=tuple(_to_item(row) for row in rows if row.rank is not None),
        trace=Trace(
            query=head.query or "",
            embedding_model=head.embedding_model,
            candidates=head.candidates,
            filters=head.filters,
            ranking=from_payload(tuple[TracedCandidate, ...], head.ranking or ()),
        ),
        provenance=to_provenance(head),
        created_at=head.created_at,
    )


def _to_item(row: Any) -> RecommendationItem:
    return RecommendationItem(
        rank=row.rank,
        credential=from_payload(Credential, row.credential),
        score=row.score,
        vector_similarity=row.vector_similarity,
        text_score=row.text_score,
        why=row.why or "",
        sources=from_payload(tuple[Source, ...], row.sources),
    )
