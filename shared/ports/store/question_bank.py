"""Questions as administrators see and change them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.catalog import Remark
from shared.domain.question import Question, QuestionId
from shared.domain.question_bank import BankEntry, QuestionSelection, QuestionVersion
from shared.domain.user import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class BankPage:
    """One page of questions, by slug; `next_cursor` is None on the last."""

    items: tuple[BankEntry, ...]
    next_cursor: str | None


class QuestionBankRepository(Protocol):
    def lock(self) -> None:
        """Let all who change questions take turns until the transaction ends; readers go on."""
        ...

    def get(self, question_id: QuestionId) -> BankEntry:
        """Return the entry, active or not, or raise `NotFoundError`."""
        ...

    def find(self, slugs: Collection[str]) -> tuple[BankEntry, ...]:
        """Return those that exist, active or not, by slug."""
        ...

    def has(self, slug: str) -> bool:
        """Tell whether a question has this slug, active or not."""
        ...

    def active(self) -> tuple[Question, ...]:
        """Return all active questions of all tracks, by slug."""
        ...

    def page(self, selection: QuestionSelection, *, limit: int, after: str | None) -> BankPage: ...

    def save(
        self,
        entry: BankEntry,
        *,
        remarks: Sequence[Remark],
        changed_by: UserId | None,
        at: datetime,
    ) -> None:
        """Insert the entry, or replace the one with this id; a new version is appended.

        A version that exists is left as it is. Raises `SlugTakenError` when another question has
        the slug.
        """
        ...

    def versions(self, question_id: QuestionId) -> tuple[QuestionVersion, ...]:
        """Return all versions, newest first, or raise `NotFoundError`."""
        ...

    def version(self, question_id: QuestionId, version: int) -> QuestionVersion:
        """Return one version, or raise `NotFoundError`."""
        ...
