"""Take from the database who a person is and what they said; the marks stay, nobody's."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from shared.adapters.postgres.ids import is_id, must_be_id, well_formed
from shared.adapters.postgres.personal import ACCOUNT, OF_ASSESSMENT, OF_PERSON, PersonalText
from shared.adapters.postgres.tables import (
    assessments,
    idempotency_keys,
    outbox_events,
    users,
    webhook_deliveries,
    webhook_events,
)
from shared.domain.assessment import AssessmentId
from shared.domain.errors import NotFoundError
from shared.domain.user import UserId
from shared.domain.webhook_delivery import DeliveryStatus


class PostgresErasureRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def erase_user(
        self, user_id: UserId, assessment_ids: Sequence[AssessmentId]
    ) -> Mapping[str, int]:
        """Rows that go do so first, or they would follow to the pseudonym.

        The others are emptied after: of append-only rows that is possible for an erased user only.
        """
        must_be_id(user_id, "user")
        counts = self._erase_all((t for t in OF_PERSON if not t.is_row_kept), [user_id])
        counts[idempotency_keys.name] += self._run(
            sa.delete(idempotency_keys).where(idempotency_keys.c.resource_id == user_id)
        )
        counts[outbox_events.name] = self._run(
            sa.delete(outbox_events).where(
                outbox_events.c.student_id == user_id, outbox_events.c.sent_at.is_not(None)
            )
        )
        counts.update(self._remove_told(user_id))
        pseudonym = self._connection.scalar(
            sa.update(users)
            .where(users.c.id == user_id, users.c.erased.is_(False))
            .values(ACCOUNT.emptied())
            .returning(users.c.id)
        )
        if pseudonym is None:
            raise NotFoundError(f"no user {user_id}")
        counts[users.name] = 1
        counts.update(self._erase_all((t for t in OF_PERSON if t.is_row_kept), [pseudonym]))
        counts.update(self._empty(assessment_ids))
        return dict(counts)

    def erase_assessments(self, assessment_ids: Sequence[AssessmentId]) -> Mapping[str, int]:
        for assessment_id in filter(is_id, assessment_ids):
            pseudonym = sa.insert(users).values(
                id=sa.func.gen_random_uuid(), role="student", erased=True
            )
            new_owner = self._connection.execute(pseudonym.returning(users.c.id)).scalar_one()
            self._run(
                sa.update(assessments)
                .where(assessments.c.id == assessment_id)
                # The version is the student's, who keeps it; what it gave stands in the assessment.
                .values(student_id=new_owner, accommodations_version=None)
            )
        return dict(self._empty(assessment_ids))

    def _remove_told(self, student_id: UserId) -> dict[str, int]:
        """Remove what webhooks were told, with what they answered; the rest still goes out."""
        told = sa.select(webhook_events.c.id).where(webhook_events.c.student_id == student_id)
        deliveries = sa.delete(webhook_deliveries).where(
            webhook_deliveries.c.event_id.in_(told),
            webhook_deliveries.c.status != DeliveryStatus.PENDING,
        )
        events = sa.delete(webhook_events).where(
            webhook_events.c.student_id == student_id,
            ~sa.exists().where(webhook_deliveries.c.event_id == webhook_events.c.id),
        )
        removed = {webhook_deliveries.name: self._run(deliveries)}
        return removed | {webhook_events.name: self._run(events)}

    def _empty(self, assessment_ids: Sequence[AssessmentId]) -> Counter[str]:
        return self._erase_all(OF_ASSESSMENT, well_formed(assessment_ids))

    def _erase_all(self, texts: Iterable[PersonalText], owners: Sequence[str]) -> Counter[str]:
        """Add up by table, for one may hold words of a person and of an assessment."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts[text.table.name] += self._erase(text, owners) if owners else 0
        return counts

    def _erase(self, text: PersonalText, owners: Sequence[str]) -> int:
        """Return how many rows had something to erase, once all who write to them are done."""
        is_theirs = text.owner.in_(owners)
        if not text.is_row_kept:
            return self._run(sa.delete(text.table).where(is_theirs))
        filled = sa.select(text.is_filled()).where(is_theirs).with_for_update()
        count = sum(self._connection.scalars(filled))
        self._run(sa.update(text.table).where(is_theirs).values(text.emptied()))
        return count

    def _run(self, statement: Any) -> int:
        return self._connection.execute(statement).rowcount
