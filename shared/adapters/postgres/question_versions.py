"""Question versions, which never change: each is read and parsed once per process."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from shared.adapters.postgres.payload import from_payload, to_payload
from shared.adapters.postgres.tables import question_versions
from shared.domain.catalog import Origin, Remark
from shared.domain.question import Question
from shared.domain.user import UserId

CACHED: Final = 2_000
"""Five times what the seeds hold; about 10 kB each."""

Key = tuple[str, int]


class QuestionCache:
    """The versions read last, shared by the transactions of a store."""

    def __init__(self) -> None:
        self._questions: OrderedDict[Key, Question] = OrderedDict()

    def get(self, key: Key) -> Question | None:
        return self._questions.get(key)

    def add(self, key: Key, question: Question) -> None:
        self._questions[key] = question
        while len(self._questions) > CACHED:
            self._questions.popitem(last=False)


class QuestionVersions:
    """The versions as one transaction sees them."""

    def __init__(self, connection: sa.Connection, cache: QuestionCache) -> None:
        self._connection = connection
        self._cache = cache
        self._has_written = False

    def add(
        self,
        question: Question,
        *,
        content_hash: str,
        origin: Origin = Origin.SEEDS,
        remarks: Sequence[Remark] = (),
        changed_by: UserId | None = None,
        at: datetime | None = None,
    ) -> None:
        """Append a version, without a time at that of the transaction."""
        # What this transaction wrote may be rolled back, so nothing it reads is kept from here on.
        self._has_written = True
        self._connection.execute(
            sa.insert(question_versions).values(
                question_id=question.id,
                version=question.version,
                content_hash=content_hash,
                body=to_payload(Question, question),
                origin=origin,
                remarks=to_payload(tuple[Remark, ...], tuple(remarks)),
                changed_by=changed_by,
                changed_at=at or sa.func.now(),
            )
        )

    def get_many(self, keys: Sequence[Key]) -> tuple[Question, ...]:
        """Return the versions in the order of the keys. No round trip when all are cached."""
        found = {key: cached for key in keys if (cached := self._cache.get(key))}
        missing = [key for key in keys if key not in found]
        if missing:
            found |= self._read(missing)
        return tuple(found[key] for key in keys)

    def _read(self, keys: Sequence[Key]) -> dict[Key, Question]:
        v = question_versions.c
        ids = sorted({key[0] for key in keys})
        query = sa.select(v.question_id, v.version, v.body).where(v.question_id.in_(ids))
        wanted = set(keys)
        rows: dict[Key, Any] = {
            (row.question_id, row.version): row.body for row in self._connection.execute(query)
        }
        read = {k: from_payload(Question, body) for k, body in rows.items() if k in wanted}
        if not self._has_written:
            for key, question in read.items():
                self._cache.add(key, question)
        return read
