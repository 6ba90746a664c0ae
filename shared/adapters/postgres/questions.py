from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.adapters.postgres.question_versions import QuestionVersions
from shared.adapters.postgres.tables import questions
from shared.domain.catalog import Origin
from shared.domain.question import Question, QuestionId
from shared.domain.track import TrackId
from shared.ports.store import Change


class PostgresQuestionRepository:
    def __init__(self, connection: sa.Connection, versions: QuestionVersions) -> None:
        self._connection = connection
        self._versions = versions

    def pool(self, track_id: TrackId) -> tuple[Question, ...]:
        """One round trip, and a second when there are versions that were not read before."""
        query = sa.select(questions.c.id, questions.c.current_version).where(
            questions.c.track_id == track_id, questions.c.active
        )
        keys = [(row.id, row.current_version) for row in self._connection.execute(query)]
        return tuple(sorted(self._versions.get_many(keys), key=lambda q: q.slug))

    def put(self, question: Question, *, content_hash: str) -> Change:
        if self._add(question, content_hash):
            self._versions.add(replace(question, version=1), content_hash=content_hash)
            return Change.ADDED
        stored = self._connection.execute(
            sa.select(questions)
            .where(questions.c.slug == question.slug)
            .with_for_update(key_share=True)
        ).one()
        is_new_version = stored.content_hash != content_hash
        if stored.active and not is_new_version:
            return Change.UNCHANGED
        if stored.origin == Origin.ADMIN:
            return Change.KEPT
        version = stored.current_version + is_new_version
        if is_new_version:
            new = replace(question, id=QuestionId(stored.id), version=version)
            self._versions.add(new, content_hash=content_hash)
        self._connection.execute(
            sa.update(questions)
            .where(questions.c.id == stored.id)
            .values(**_columns(question, content_hash), current_version=version)
        )
        return Change.UPDATED

    def deactivate_all_but(self, track_id: TrackId, slugs: Iterable[str]) -> int:
        return self._connection.execute(
            sa.update(questions)
            .where(
                questions.c.track_id == track_id,
                questions.c.active,
                questions.c.origin == Origin.SEEDS,
                questions.c.slug.not_in(list(slugs)),
            )
            .values(active=False)
        ).rowcount

    def _add(self, question: Question, content_hash: str) -> bool:
        statement = insert(questions).values(
            id=question.id,
            slug=question.slug,
            current_version=1,
            **_columns(question, content_hash),
        )
        statement = statement.on_conflict_do_nothing(index_elements=[questions.c.slug])
        return self._connection.execute(statement).rowcount == 1


def _columns(question: Question, content_hash: str) -> dict[str, Any]:
    return {
        "track_id": question.track_id,
        "active": True,
        "content_hash": content_hash,
        "origin": Origin.SEEDS,
    }
