from collections.abc import Collection, Sequence
from datetime import datetime

from shared.domain.catalog import Remark
from shared.domain.errors import NotFoundError, SlugTakenError
from shared.domain.question import Question, QuestionId
from shared.domain.question_bank import BankEntry, QuestionSelection, QuestionVersion
from shared.domain.user import UserId
from shared.ports.store import BankPage
from tests.fakes.store.state import QuestionEntry, State


class FakeQuestionBankRepository:
    def __init__(self, state: State) -> None:
        self._questions = state.questions
        self._versions = state.question_versions
        self._history = state.question_history

    def lock(self) -> None:
        """Transactions of this store take turns anyway."""

    def get(self, question_id: QuestionId) -> BankEntry:
        for stored in self._questions.values():
            if stored.id == question_id:
                return self._entry(stored)
        raise NotFoundError(f"no question {question_id}")

    def find(self, slugs: Collection[str]) -> tuple[BankEntry, ...]:
        wanted = sorted(set(slugs) & self._questions.keys())
        return tuple(self._entry(self._questions[slug]) for slug in wanted)

    def has(self, slug: str) -> bool:
        return slug in self._questions

    def active(self) -> tuple[Question, ...]:
        entries = [self._entry(e) for _, e in sorted(self._questions.items()) if e.active]
        return tuple(entry.question for entry in entries)

    def page(self, selection: QuestionSelection, *, limit: int, after: str | None) -> BankPage:
        found = [
            self._entry(entry)
            for slug, entry in sorted(self._questions.items())
            if (after is None or slug > after)
            and (selection.track_id is None or selection.track_id == entry.track_id)
            and (selection.active is None or selection.active == entry.active)
            and (selection.text is None or selection.text.lower() in slug.lower())
        ]
        items = tuple(found[:limit])
        has_more = len(found) > limit
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
        stored = self._questions.get(question.slug)
        if stored and stored.id != question.id:
            raise SlugTakenError(f"there is a question {question.slug}")
        self._questions[question.slug] = QuestionEntry(
            id=question.id,
            track_id=question.track_id,
            active=entry.active,
            version=question.version,
            content_hash=entry.content_hash,
            origin=entry.origin,
        )
        if stored and stored.version == question.version:
            return
        self._versions[question.id, question.version] = question
        self._history[question.id, question.version] = QuestionVersion(
            question=question,
            origin=entry.origin,
            content_hash=entry.content_hash,
            remarks=tuple(remarks),
            changed_by=changed_by,
            changed_at=at,
        )

    def versions(self, question_id: QuestionId) -> tuple[QuestionVersion, ...]:
        found = [v for (owner, _), v in sorted(self._history.items()) if owner == question_id]
        if not found:
            raise NotFoundError(f"no question {question_id}")
        return tuple(reversed(found))

    def version(self, question_id: QuestionId, version: int) -> QuestionVersion:
        if (question_id, version) not in self._history:
            raise NotFoundError(f"no version {version} of question {question_id}")
        return self._history[question_id, version]

    def _entry(self, stored: QuestionEntry) -> BankEntry:
        return BankEntry(
            question=self._versions[stored.id, stored.version],
            active=stored.active,
            origin=stored.origin,
            content_hash=stored.content_hash,
        )
