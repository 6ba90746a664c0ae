"""The system of record: repositories over one transaction."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from shared.ports.store.assessments import AssessmentRepository, Page
from shared.ports.store.catalog import (
    CatalogPage,
    CatalogRepository,
    CredentialRepository,
    RecommendationRepository,
)
from shared.ports.store.cohort import CohortRepository
from shared.ports.store.content import Change, QuestionRepository, TrackRepository
from shared.ports.store.erasure import ErasureRepository
from shared.ports.store.feedback import FeedbackRepository
from shared.ports.store.holdings import HoldingsRepository
from shared.ports.store.index import EmbeddingIndexRepository
from shared.ports.store.operations import OperationsRepository
from shared.ports.store.people import (
    AccommodationsRepository,
    SessionRepository,
    UserPage,
    UserRepository,
)
from shared.ports.store.question_bank import BankPage, QuestionBankRepository
from shared.ports.store.records import (
    AuditPage,
    AuditRepository,
    IdempotencyRepository,
    UsageRepository,
)
from shared.ports.store.rescores import RescoreRepository
from shared.ports.store.retention import RetentionRepository
from shared.ports.store.reviews import ReviewRepository
from shared.ports.store.track_catalog import TrackCatalogRepository, TrackEntryPage
from shared.ports.store.trends import TrendRepository
from shared.ports.store.verdicts import VerdictRepository
from shared.ports.store.webhooks import (
    DeliveryPage,
    DeliveryRepository,
    WebhookPage,
    WebhookRepository,
)
from shared.ports.store.work import JobRepository, OutboxRepository

__all__ = [
    "AccommodationsRepository",
    "AssessmentRepository",
    "AuditPage",
    "AuditRepository",
    "BankPage",
    "CatalogPage",
    "CatalogRepository",
    "Change",
    "CohortRepository",
    "CredentialRepository",
    "DeliveryPage",
    "DeliveryRepository",
    "EmbeddingIndexRepository",
    "ErasureRepository",
    "FeedbackRepository",
    "HoldingsRepository",
    "IdempotencyRepository",
    "JobRepository",
    "OperationsRepository",
    "OutboxRepository",
    "Page",
    "QuestionBankRepository",
    "QuestionRepository",
    "RecommendationRepository",
    "Repositories",
    "RescoreRepository",
    "RetentionRepository",
    "ReviewRepository",
    "SessionRepository",
    "Store",
    "TrackCatalogRepository",
    "TrackEntryPage",
    "TrackRepository",
    "TrendRepository",
    "UsageRepository",
    "UserPage",
    "UserRepository",
    "VerdictRepository",
    "WebhookPage",
    "WebhookRepository",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repositories:
    """The repositories of one transaction."""

    users: UserRepository
    sessions: SessionRepository
    accommodations: AccommodationsRepository
    tracks: TrackRepository
    track_catalog: TrackCatalogRepository
    questions: QuestionRepository
    bank: QuestionBankRepository
    assessments: AssessmentRepository
    jobs: JobRepository
    outbox: OutboxRepository
    webhooks: WebhookRepository
    deliveries: DeliveryRepository
    credentials: CredentialRepository
    catalog: CatalogRepository
    index: EmbeddingIndexRepository
    recommendations: RecommendationRepository
    feedback: FeedbackRepository
    verdicts: VerdictRepository
    reviews: ReviewRepository
    rescores: RescoreRepository
    cohort: CohortRepository
    usage: UsageRepository
    idempotency: IdempotencyRepository
    audit: AuditRepository
    operations: OperationsRepository
    erasure: ErasureRepository
    holdings: HoldingsRepository
    retention: RetentionRepository
    trends: TrendRepository


class Store(Protocol):
    def begin(self) -> AbstractContextManager[Repositories]:
        """Open a transaction: a clean exit commits it, an exception rolls it back.

        Raises `StoreUnavailableError` when the database cannot be reached.
        """
        ...

    def ping(self) -> None:
        """Return if the database answers, or raise `StoreUnavailableError`."""
        ...
