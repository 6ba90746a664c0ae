"""What administrators see of questions: entries with their keys, and their histories."""

from shared.domain.question import QuestionId
from shared.domain.question_bank import BankEntry, QuestionSelection, QuestionVersion
from shared.ports.store import BankPage, Store


def list_questions(
    selection: QuestionSelection, *, limit: int, after: str | None, store: Store
) -> BankPage:
    with store.begin() as repositories:
        return repositories.bank.page(selection, limit=limit, after=after)


def get_question(question_id: QuestionId, *, store: Store) -> BankEntry:
    with store.begin() as repositories:
        return repositories.bank.get(question_id)


def list_question_versions(question_id: QuestionId, *, store: Store) -> tuple[QuestionVersion, ...]:
    """Return all of them, newest first."""
    with store.begin() as repositories:
        return repositories.bank.versions(question_id)
