"""The store over PostgreSQL: domain objects go in and come out, SQL stays here."""

from collections.abc import Generator
from contextlib import contextmanager

import sqlalchemy as sa

from shared.adapters.postgres.accommodations import PostgresAccommodationsRepository
from shared.adapters.postgres.assessments import PostgresAssessmentRepository
from shared.adapters.postgres.audit import PostgresAuditRepository
from shared.adapters.postgres.catalog import PostgresCatalogRepository
from shared.adapters.postgres.cohort import PostgresCohortRepository
from shared.adapters.postgres.credentials import PostgresCredentialRepository
from shared.adapters.postgres.deliveries import PostgresDeliveryRepository
from shared.adapters.postgres.erasure import PostgresErasureRepository
from shared.adapters.postgres.errors import translated
from shared.adapters.postgres.feedback import PostgresFeedbackRepository
from shared.adapters.postgres.holdings import PostgresHoldingsRepository
from shared.adapters.postgres.idempotency import PostgresIdempotencyRepository
from shared.adapters.postgres.index import PostgresEmbeddingIndexRepository
from shared.adapters.postgres.jobs import PostgresJobRepository
from shared.adapters.postgres.operations import PostgresOperationsRepository
from shared.adapters.postgres.outbox import PostgresOutboxRepository
from shared.adapters.postgres.question_bank import PostgresQuestionBankRepository
from shared.adapters.postgres.question_versions import QuestionCache, QuestionVersions
from shared.adapters.postgres.questions import PostgresQuestionRepository
from shared.adapters.postgres.recommendations import PostgresRecommendationRepository
from shared.adapters.postgres.rescores import PostgresRescoreRepository
from shared.adapters.postgres.retention import PostgresRetentionRepository
from shared.adapters.postgres.reviews import PostgresReviewRepository
from shared.adapters.postgres.sessions import PostgresSessionRepository
from shared.adapters.postgres.track_catalog import PostgresTrackCatalogRepository
from shared.adapters.postgres.tracks import PostgresTrackRepository
from shared.adapters.postgres.trends import PostgresTrendRepository
from shared.adapters.postgres.usage import PostgresUsageRepository
from shared.adapters.postgres.users import PostgresUserRepository
from shared.adapters.postgres.verdicts import PostgresVerdictRepository
from shared.adapters.postgres.webhooks import PostgresWebhookRepository
from shared.ports.store import Repositories


class PostgresStore:
    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._cache = QuestionCache()

    @contextmanager
    def begin(self) -> Generator[Repositories]:
        with translated(), self._engine.begin() as connection:
            yield self._repositories(connection)

    def ping(self) -> None:
        with translated(), self._engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))

    def _repositories(self, connection: sa.Connection) -> Repositories:
        versions = QuestionVersions(connection, self._cache)
        return Repositories(
            users=PostgresUserRepository(connection),
            sessions=PostgresSessionRepository(connection),
            accommodations=PostgresAccommodationsRepository(connection),
            tracks=PostgresTrackRepository(connection),
            track_catalog=PostgresTrackCatalogRepository(connection),
            questions=PostgresQuestionRepository(connection, versions),
            bank=PostgresQuestionBankRepository(connection, versions),
            assessments=PostgresAssessmentRepository(connection, versions),
            jobs=PostgresJobRepository(connection),
            outbox=PostgresOutboxRepository(connection),
            webhooks=PostgresWebhookRepository(connection),
            deliveries=PostgresDeliveryRepository(connection),
            credentials=PostgresCredentialRepository(connection),
            catalog=PostgresCatalogRepository(connection),
            index=PostgresEmbeddingIndexRepository(connection),
            recommendations=PostgresRecommendationRepository(connection),
            feedback=PostgresFeedbackRepository(connection),
            verdicts=PostgresVerdictRepository(connection),
            reviews=PostgresReviewRepository(connection, versions),
            rescores=PostgresRescoreRepository(connection),
            cohort=PostgresCohortRepository(connection),
            usage=PostgresUsageRepository(connection),
            idempotency=PostgresIdempotencyRepository(connection),
            audit=PostgresAuditRepository(connection),
            erasure=PostgresErasureRepository(connection),
            holdings=PostgresHoldingsRepository(connection),
            retention=PostgresRetentionRepository(connection),
            operations=PostgresOperationsRepository(connection),
            trends=PostgresTrendRepository(connection),
        )
