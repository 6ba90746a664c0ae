from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.adapters.postgres.ids import is_storable, must_be_id
from shared.adapters.postgres.payload import from_payload
from shared.adapters.postgres.question_versions import QuestionVersions
from shared.adapters.postgres.tables import question_versions, questions
from shared.domain.catalog import Origin, Remark
from shared.domain.errors import InvalidInputError, NotFoundError, SlugTakenError
from shared.domain.question import Question, QuestionId
from shared.domain.question_bank import BankEntry, QuestionSelection, QuestionVersion
from shared.domain.user import UserId
from shared.ports.store import BankPage

_q = questions.c
_v = question_versions.c


class PostgresQuestionBankRepository:
    def __init__(self, connection: sa.Connection, versions: QuestionVersions) -> None:
        self._connection = connection
        self._versions = versions

    def lock(self) -> None:
        self._connection.execute(sa.text("LOCK TABLE questions IN SHARE ROW EXCLUSIVE MODE"))

    def get(self, question_id: QuestionId) -> BankEntry:
        must_be_id(question_id, "question")
        query = sa.select(questions).where(_q.id == question_id)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError(f"no question {question_id}")
        return self._entries([row])[0]

    def find(self, slugs: Collection[str]) -> tuple[BankEntry, ...]:
        wanted = [slug for slug in slugs if is_storable(slug)]
        query = sa.select(questions).where(_q.slug.in_(wanted)).order_by(_by_slug())
        return tuple(self._entries(self._connection.execute(query)))

    def has(self, slug: str) -> bool:
        if not is_storable(slug):
            return False
        return bool(self._connection.scalar(sa.select(sa.exists().where(_q.slug == slug))))

    def active(self) -> tuple[Question, ...]:
        query = sa.select(questions).where(_q.active).order_by(_by_slug())
        rows = self._connection.execute(query)
        return tuple(entry.question for entry in self._entries(rows))

    def page(self, selection: QuestionSelection, *, limit: int, after: str | None) -> BankPage:
        if not all(is_storable(text or "") for text in (selection.track_id, selection.text)):
            return BankPage(items=(), next_cursor=None)
        query = sa.select(questions).where(*_selected(selection))
        if after is not None:
            if not is_storable(after):
                raise InvalidInputError("the cursor is not one that this list gave")
            query = query.where(_by_slug() > after)
        rows = self._connection.execute(query.order_by(_by_slug()).limit(limit + 1)).all()
        items = tuple(self._entries(rows[:limit]))
        has_more = len(rows) > limit
        return BankPage(items=items, next_cursor=items[-1].question.slug if has_more else None)

    def save(
        self,
        entry: BankEntry,
        *,
        remarks: Sequence[Remark],
        changed_by: UserId | None,
        at: datetime,
    ) -> None:
        question = entry.question
        row = {
            "slug": question.slug,
            "track_id": question.track_id,
            "active": entry.active,
            "current_version": question.version,
            "content_hash": entry.content_hash,
            "origin": entry.origin,
        }
        stored = sa.select(_q.current_version).where(_q.id == question.id)
        version = self._connection.scalar(stored)
        if version is None:
            added = insert(questions).values(id=question.id, **row)
            added = added.on_conflict_do_nothing(index_elements=[_q.slug])
            if self._connection.execute(added).rowcount == 0:
                raise SlugTakenError(f"there is a question {question.slug}; choose another slug")
        else:
            self._connection.execute(sa.update(questions).where(_q.id == question.id).values(row))
        if version != question.version:
            self._versions.add(
                question,
                content_hash=entry.content_hash,
                origin=entry.origin,
                remarks=remarks,
                changed_by=changed_by,
                at=at,
            )

    def versions(self, question_id: QuestionId) -> tuple[QuestionVersion, ...]:
        must_be_id(question_id, "question")
        query = sa.select(question_versions).where(_v.question_id == question_id)
        rows = self._connection.execute(query.order_by(_v.version.desc()))
        if not (found := tuple(map(_to_version, rows))):
            raise NotFoundError(f"no question {question_id}")
        return found

    def version(self, question_id: QuestionId, version: int) -> QuestionVersion:
        must_be_id(question_id, "question")
        is_this = sa.and_(_v.question_id == question_id, _v.version == version)
        row = self._connection.execute(sa.select(question_versions).where(is_this)).one_or_none()
        if row is None:
            raise NotFoundError(f"no version {version} of question {question_id}")
        return _to_version(row)

    def _entries(self, rows: Iterable[Any]) -> list[BankEntry]:
        kept = list(rows)
        bodies = self._versions.get_many([(row.id, row.current_version) for row in kept])
        return [
            BankEntry(
                question=question,
                active=row.active,
                origin=Origin(row.origin),
                content_hash=row.content_hash,
            )
            for row, question in zip(kept, bodies, strict=True)
        ]


def _to_version(row: Any) -> QuestionVersion:
    return QuestionVersion(
        question=from_payload(Question, row.body),
        origin=Origin(row.origin),
        content_hash=row.content_hash,
        remarks=from_payload(tuple[Remark, ...], row.remarks),
        changed_by=UserId(row.changed_by) if row.changed_by else None,
        changed_at=row.changed_at,
    )


def _selected(selection: QuestionSelection) -> Iterator[sa.ColumnElement[bool]]:
    if selection.track_id is not None:
        yield _q.track_id == selection.track_id
    if selection.active is not None:
        yield _q.active == selection.active
    if selection.text is not None:
        yield sa.func.strpos(sa.func.lower(_q.slug), sa.func.lower(selection.text)) > 0


def _by_slug() -> sa.ColumnElement[str]:
    return sa.collate(_q.slug, "C")
