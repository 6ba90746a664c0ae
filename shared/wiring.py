"""The composition root: which adapter stands behind each port in a deployed function.

Everything is built on first use and kept for the life of the execution environment. Imports sit
inside the factories so that a function pays only for what it touches: `openai` alone costs 0.4 s
of cold start.
"""

import random
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shared.domain.budget import MOST_PROMPTS, Budget
from shared.domain.pricing import LIST_PRICES, Price
from shared.domain.webhook import WebhookPolicy
from shared.ports.clock import Clock
from shared.ports.content_files import ContentFiles
from shared.ports.content_review import ContentReview
from shared.ports.dead_letters import DeadLetters
from shared.ports.delivery_runs import DeliveryRuns
from shared.ports.embedder import Embedder
from shared.ports.essay_scorer import EssayScorer, SecondReader
from shared.ports.event_bus import EventBus
from shared.ports.ids import Ids
from shared.ports.metrics import Metrics
from shared.ports.migrator import Migrator
from shared.ports.model_budget import ModelBudget
from shared.ports.password_hasher import PasswordHasher
from shared.ports.pipeline import Pipeline
from shared.ports.queue_monitor import QueueMonitor
from shared.ports.rate_limiter import RateLimiter
from shared.ports.rebuild_runner import RebuildRunner
from shared.ports.redelivery import Redelivery
from shared.ports.resolver import Resolver
from shared.ports.seed_source import SeedSource
from shared.ports.store import Store
from shared.ports.summarizer import Summarizer
from shared.ports.tasks import Tasks
from shared.ports.token_issuer import TokenIssuer
from shared.ports.webhook_keys import WebhookKeys
from shared.ports.webhook_sender import WebhookSender

if TYPE_CHECKING:
    from shared.adapters.openai.provider import OpenAIProvider
    from shared.adapters.sqs_queue_monitor import MonitoredQueue
    from shared.settings import EngineSettings


SEEDS: Final = Path(__file__).parents[1] / "seeds"


class Wiring:
    @cached_property
    def clock(self) -> Clock:
        from shared.adapters.system import SystemClock

        return SystemClock()

    @cached_property
    def ids(self) -> Ids:
        from shared.adapters.system import Uuid7Ids

        return Uuid7Ids()

    @cached_property
    def metrics(self) -> Metrics:
        from shared.adapters.emf_metrics import EmfMetrics

        return EmfMetrics()

    @cached_property
    def store(self) -> Store:
        from shared.adapters.postgres.engine import create_engine
        from shared.adapters.postgres.store import PostgresStore
        from shared.settings import DatabaseSettings

        return PostgresStore(create_engine(DatabaseSettings.from_env()))

    @cached_property
    def migrator(self) -> Migrator:
        from shared.adapters.postgres.engine import create_engine
        from shared.adapters.postgres.migrator import PostgresMigrator
        from shared.settings import DatabaseSettings

        return PostgresMigrator(create_engine(DatabaseSettings.from_env()))

    def seed_source(self, folder: Path) -> SeedSource:
        from shared.adapters.seed_files.source import SeedFolder

        return SeedFolder(folder, self.ids)

    @cached_property
    def content_files(self) -> ContentFiles:
        from shared.adapters.content_files.files import SeedAndQtiFiles

        return SeedAndQtiFiles()

    @cached_property
    def content_review(self) -> ContentReview:
        from shared.adapters.content_review import SeedContentReview
        from shared.adapters.seed_files.source import read_skills

        return SeedContentReview(read_skills(SEEDS))

    @cached_property
    def hasher(self) -> PasswordHasher:
        from shared.adapters.bcrypt_hasher import BcryptHasher

        return BcryptHasher()

    @cached_property
    def tokens(self) -> TokenIssuer:
        import boto3

        from shared.adapters.jwt_tokens import JwtTokenIssuer
        from shared.adapters.signing_secret import read_signing_keys
        from shared.settings import TokenSettings

        settings = TokenSettings.from_env()
        keys = read_signing_keys(boto3.client("secretsmanager"), settings.signing_secret_arn)
        return JwtTokenIssuer(keys, issuer=settings.token_issuer)

    @cached_property
    def rate_limiter(self) -> RateLimiter:
        import boto3

        from shared.adapters.dynamodb_rate_limiter import DynamoDbRateLimiter
        from shared.settings import TransientTableSettings

        table = TransientTableSettings.from_env().transient_table
        return DynamoDbRateLimiter(boto3.resource("dynamodb").Table(table))

    @cached_property
    def pipeline(self) -> Pipeline:
        import boto3

        from shared.adapters.step_functions import StepFunctionsPipeline
        from shared.settings import PipelineSettings

        arn = PipelineSettings.from_env().state_machine_arn
        return StepFunctionsPipeline(boto3.client("stepfunctions"), arn)

    @cached_property
    def rebuild_runner(self) -> RebuildRunner:
        import boto3

        from shared.adapters.step_functions import StepFunctionsRebuildRunner
        from shared.settings import IndexRebuildSettings

        arn = IndexRebuildSettings.from_env().rebuild_machine_arn
        return StepFunctionsRebuildRunner(boto3.client("stepfunctions"), arn)

    @cached_property
    def tasks(self) -> Tasks:
        import boto3

        from shared.adapters.step_functions import StepFunctionsTasks

        return StepFunctionsTasks(boto3.client("stepfunctions"))

    @cached_property
    def bus(self) -> EventBus:
        import boto3

        from shared.adapters.event_bridge import EventBridgeBus
        from shared.settings import EventBusSettings

        return EventBridgeBus(boto3.client("events"), EventBusSettings.from_env().event_bus_name)

    @cached_property
    def delivery_runs(self) -> DeliveryRuns:
        import boto3

        from shared.adapters.step_functions import StepFunctionsDeliveryRuns
        from shared.settings import DeliverySettings

        arn = DeliverySettings.from_env().delivery_machine_arn
        return StepFunctionsDeliveryRuns(boto3.client("stepfunctions"), arn)

    @cached_property
    def webhook_policy(self) -> WebhookPolicy:
        from shared.settings import WebhookSettings

        settings = WebhookSettings.from_env()
        return WebhookPolicy(
            allow_loopback=settings.webhook_loopback, time_scale=settings.webhook_time_scale
        )

    @cached_property
    def webhook_keys(self) -> WebhookKeys:
        import boto3

        from shared.adapters.derived_webhook_keys import DerivedWebhookKeys
        from shared.adapters.signing_secret import read_versions
        from shared.settings import WebhookKeySettings

        arn = WebhookKeySettings.from_env().webhook_secret_arn
        return DerivedWebhookKeys(read_versions(boto3.client("secretsmanager"), arn))

    @cached_property
    def webhook_sender(self) -> WebhookSender:
        from shared.adapters.http_webhook_sender import HttpWebhookSender

        return HttpWebhookSender()

    @cached_property
    def resolver(self) -> Resolver:
        from shared.adapters.system_resolver import SystemResolver

        return SystemResolver()

    @property
    def jitter(self) -> Callable[[], float]:
        """Random numbers from 0 to 1, so that what failed together is not tried together."""
        return random.random

    @cached_property
    def redelivery(self) -> Redelivery:
        import boto3

        from shared.adapters.sqs_redelivery import SqsRedelivery
        from shared.settings import TaskQueueSettings

        return SqsRedelivery(boto3.client("sqs"), TaskQueueSettings.from_env().task_queue_url)

    @cached_property
    def queue_monitor(self) -> QueueMonitor:
        import boto3
        from botocore.config import Config

        from shared.adapters.sqs_queue_monitor import SqsQueueMonitor

        # A dashboard that waits for what is away shows nothing at all.
        quick = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 1})
        return SqsQueueMonitor(
            self._queues,
            sqs=boto3.client("sqs", config=quick),
            cloudwatch=boto3.client("cloudwatch", config=quick),
            clock=self.clock,
        )

    @cached_property
    def dead_letters(self) -> DeadLetters:
        import boto3

        from shared.adapters.sqs_dead_letters import SqsDeadLetters

        return SqsDeadLetters(self._queues, sqs=boto3.client("sqs"))

    @property
    def _queues(self) -> "list[MonitoredQueue]":
        from shared.adapters.sqs_queue_monitor import MonitoredQueue
        from shared.settings import QueueMonitorSettings

        urls = QueueMonitorSettings.from_env()
        return [
            MonitoredQueue(
                name="scoring",
                url=urls.scoring_queue_url,
                dead_letter_url=urls.scoring_dead_letter_url,
            ),
            MonitoredQueue(
                name="retrieval",
                url=urls.retrieval_queue_url,
                dead_letter_url=urls.retrieval_dead_letter_url,
            ),
            MonitoredQueue(
                name="fusion",
                url=urls.fusion_queue_url,
                dead_letter_url=urls.fusion_dead_letter_url,
            ),
            MonitoredQueue(
                name="webhooks",
                url=urls.webhooks_queue_url,
                dead_letter_url=urls.webhooks_dead_letter_url,
            ),
        ]

    @cached_property
    def prices(self) -> Mapping[str, Price]:
        from shared.settings import UsageSettings

        given = UsageSettings.from_env().model_prices.items()
        own = {m: Price(prompt=p.prompt, completion=p.completion) for m, p in given}
        return {**LIST_PRICES, **own}

    @cached_property
    def token_budget(self) -> Budget:
        from shared.settings import UsageSettings

        return Budget(monthly_tokens=UsageSettings.from_env().monthly_token_budget)

    @cached_property
    def lease(self) -> timedelta:
        from shared.settings import TaskQueueSettings

        return timedelta(seconds=TaskQueueSettings.from_env().lease_seconds)

    @cached_property
    def offline_scorer(self) -> EssayScorer:
        from shared.adapters.offline_embedder import OfflineEmbedder
        from shared.adapters.offline_essay_scorer import OfflineEssayScorer

        return OfflineEssayScorer(embedder=OfflineEmbedder())

    @cached_property
    def offline_summarizer(self) -> Summarizer:
        from shared.adapters.offline_summarizer import TemplateSummarizer

        return TemplateSummarizer()

    @cached_property
    def scorer(self) -> EssayScorer:
        if self.uses_model:
            from shared.adapters.openai.essay_scorer import OpenAIEssayScorer

            return OpenAIEssayScorer(self._provider("chat"), model=self._engine.openai_model)
        return self.offline_scorer

    @cached_property
    def second_reader(self) -> SecondReader | None:
        """The rubric engine beside a model: it takes milliseconds and no token."""
        if not self.uses_model:
            return None
        from shared.adapters.rubric_engine.coefficients import DEFAULT

        return SecondReader(scorer=self.offline_scorer, bound=DEFAULT.error_bound)

    @cached_property
    def embedder(self) -> Embedder:
        return self.embedder_of(self.embedding_model)

    @cache  # noqa: B019 - as `_provider`
    def embedder_of(self, model: str) -> Embedder:
        """The embedder of a model that the index is of, which need not be the deployment's."""
        if self.uses_model:
            from shared.adapters.openai.embedder import OpenAIEmbedder, named

            if (name := named(model)) is not None:
                return OpenAIEmbedder(self._provider("embeddings"), model=name)
        from shared.adapters.offline_embedder import offline_embedder_of

        return offline_embedder_of(model)

    @property
    def embedding_model(self) -> str:
        """The name of `embedder`'s model, without what it takes to ask the model.

        What a rebuild of the index makes it to be of.
        """
        if self.uses_model:
            from shared.adapters.openai.embedder import embedding_name

            return embedding_name(self._engine.openai_embedding_model)
        from shared.adapters.offline_embedder import MODEL

        return MODEL

    @property
    def instant_embedder(self) -> Embedder | None:
        """The embedder where it needs neither network nor money, and so can work in a request."""
        return None if self.uses_model else self.embedder

    @cached_property
    def summarizer(self) -> Summarizer:
        if self.uses_model:
            from shared.adapters.openai.summarizer import OpenAISummarizer

            return OpenAISummarizer(self._provider("chat"), model=self._engine.openai_model)
        return self.offline_summarizer

    @cached_property
    def budget(self) -> ModelBudget:
        return self._budget_of(lambda engine: engine.openai_model)

    @cached_property
    def rescore_budget(self) -> ModelBudget:
        """The month's alone: a pipeline has used up an assessment's prompts, or nearly."""
        return self._budget_of(lambda engine: engine.openai_model, most_prompts=None)

    @cached_property
    def embedding_budget(self) -> ModelBudget:
        return self._budget_of(lambda engine: engine.openai_embedding_model)

    @cached_property
    def degraded_may_lower(self) -> bool:
        from shared.settings import RescoreSettings

        return RescoreSettings.from_env().degraded_may_lower

    def _budget_of(
        self, model: "Callable[[EngineSettings], str]", *, most_prompts: int | None = MOST_PROMPTS
    ) -> ModelBudget:
        from shared.adapters.model_budget import StoredModelBudget, UnlimitedModelBudget

        if not self.uses_model:
            return UnlimitedModelBudget()
        return StoredModelBudget(
            Budget(monthly_tokens=self._engine.monthly_token_budget, most_prompts=most_prompts),
            model=model(self._engine),
            store=self.store,
            clock=self.clock,
            metrics=self.metrics,
        )

    @cached_property
    def _engine(self) -> "EngineSettings":
        from shared.settings import EngineSettings

        return EngineSettings.from_env()

    @property
    def uses_model(self) -> bool:
        """Whether essays are marked by a model, so that there is one to fail and to come back."""
        from shared.settings import Engine

        return self._engine.engine is Engine.OPENAI

    @cache  # noqa: B019 - there is one wiring, and it lives as long as the process
    def _provider(self, service: str) -> "OpenAIProvider":
        from aws_lambda_powertools.utilities.parameters import get_secret

        from shared.adapters.circuit_breaker import provider_circuit
        from shared.adapters.openai.provider import OpenAIProvider
        from shared.settings import TransientTableSettings

        settings = self._engine
        return OpenAIProvider(
            base_url=settings.openai_base_url,
            # Asked for anew every five minutes, so that a rotated key is picked up.
            api_key=lambda: str(get_secret(settings.openai_secret_arn, max_age=300)),
            timeout_seconds=settings.model_timeout_seconds,
            circuit=provider_circuit(
                table_name=TransientTableSettings.from_env().transient_table,
                base_url=settings.openai_base_url,
                service=service,
            ),
        )


wiring = Wiring()
