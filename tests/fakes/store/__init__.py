"""A store in memory, held to the same contract as PostgreSQL by `tests/integration`.

It does not enforce foreign keys: a test may store an assessment without its student.
"""

from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock, get_ident

from shared.domain.errors import StoreUnavailableError
from shared.ports.store import Repositories
from tests.fakes.store.assessments import FakeAssessmentRepository
from tests.fakes.store.catalog import FakeCatalogRepository
from tests.fakes.store.cohort import FakeCohortRepository
from tests.fakes.store.content import FakeQuestionRepository, FakeTrackRepository
from tests.fakes.store.credentials import FakeCredentialRepository
from tests.fakes.store.erasure import FakeErasureRepository
from tests.fakes.store.feedback import FakeFeedbackRepository
from tests.fakes.store.holdings import FakeHoldingsRepository
from tests.fakes.store.index import FakeEmbeddingIndexRepository
from tests.fakes.store.operations import FakeOperationsRepository
from tests.fakes.store.people import (
    FakeAccommodationsRepository,
    FakeSessionRepository,
    FakeUserRepository,
)
from tests.fakes.store.question_bank import FakeQuestionBankRepository
from tests.fakes.store.records import (
    FakeAuditRepository,
    FakeIdempotencyRepository,
    FakeRecommendationRepository,
    FakeUsageRepository,
)
from tests.fakes.store.rescores import FakeRescoreRepository
from tests.fakes.store.retention import FakeRetentionRepository
from tests.fakes.store.reviews import FakeReviewRepository
from tests.fakes.store.state import State
from tests.fakes.store.track_catalog import FakeTrackCatalogRepository
from tests.fakes.store.trends import FakeTrendRepository
from tests.fakes.store.verdicts import FakeVerdictRepository
from tests.fakes.store.webhooks import FakeDeliveryRepository, FakeWebhookRepository
from tests.fakes.store.work import FakeJobRepository, FakeOutboxRepository

__all__ = ["FakeStore"]


class FakeStore:
    """Transactions take turns, so that locks hold; `state` is what has been committed."""

    def __init__(self) -> None:
        self.state = State()
        self.is_available = True
        self._turn = Lock()
        self._holder: int | None = None

    @contextmanager
    def begin(self) -> Generator[Repositories]:
        self.ping()
        if self._holder == get_ident():
            raise RuntimeError("a transaction within a transaction would wait for itself")
        with self._turn:
            self._holder = get_ident()
            work = self.state.copy()
            try:
                yield _repositories(work)
                self.state = work
            finally:
                self._holder = None

    def ping(self) -> None:
        if not self.is_available:
            raise StoreUnavailableError("the database cannot be reached")


def _repositories(state: State) -> Repositories:
    return Repositories(
        users=FakeUserRepository(state),
        sessions=FakeSessionRepository(state),
        accommodations=FakeAccommodationsRepository(state),
        tracks=FakeTrackRepository(state),
        track_catalog=FakeTrackCatalogRepository(state),
        questions=FakeQuestionRepository(state),
        bank=FakeQuestionBankRepository(state),
        assessments=FakeAssessmentRepository(state),
        jobs=FakeJobRepository(state),
        outbox=FakeOutboxRepository(state),
        webhooks=FakeWebhookRepository(state),
        deliveries=FakeDeliveryRepository(state),
        credentials=FakeCredentialRepository(state),
        catalog=FakeCatalogRepository(state),
        index=FakeEmbeddingIndexRepository(state),
        recommendations=FakeRecommendationRepository(state),
        feedback=FakeFeedbackRepository(state),
        verdicts=FakeVerdictRepository(state),
        reviews=FakeReviewRepository(state),
        rescores=FakeRescoreRepository(state),
        cohort=FakeCohortRepository(state),
        usage=FakeUsageRepository(state),
        idempotency=FakeIdempotencyRepository(state),
        audit=FakeAuditRepository(state),
        operations=FakeOperationsRepository(state),
        erasure=FakeErasureRepository(state),
        holdings=FakeHoldingsRepository(state),
        retention=FakeRetentionRepository(state),
        trends=FakeTrendRepository(state),
    )
