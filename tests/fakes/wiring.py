"""What `shared.wiring.Wiring` offers, over fakes: put it in a function's `wiring`."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol

from shared.adapters.content_files.files import SeedAndQtiFiles
from shared.adapters.content_review import SeedContentReview
from shared.adapters.derived_webhook_keys import DerivedWebhookKeys
from shared.adapters.jwt_tokens import JwtTokenIssuer, SigningKey
from shared.domain.budget import Budget
from shared.domain.errors import EngineRefusedError
from shared.domain.pricing import Price
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
from tests.fakes.clock import FakeClock
from tests.fakes.dead_letters import FakeDeadLetters
from tests.fakes.delivery_runs import FakeDeliveryRuns
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.essay_scorer import FakeEssayScorer
from tests.fakes.event_bus import FakeEventBus
from tests.fakes.ids import FakeIds
from tests.fakes.metrics import FakeMetrics
from tests.fakes.migrator import FakeMigrator
from tests.fakes.model_budget import FakeModelBudget
from tests.fakes.password_hasher import FakePasswordHasher
from tests.fakes.pipeline import FakePipeline
from tests.fakes.queue_monitor import FakeQueueMonitor
from tests.fakes.rate_limiter import FakeRateLimiter
from tests.fakes.rebuild_runner import FakeRebuildRunner
from tests.fakes.redelivery import FakeRedelivery
from tests.fakes.resolver import FakeResolver
from tests.fakes.seed_source import FakeSeedSource
from tests.fakes.store import FakeStore
from tests.fakes.summarizer import FakeSummarizer
from tests.fakes.tasks import FakeTasks
from tests.fakes.webhook_sender import FakeWebhookSender

SIGNING_SEED: Final = "the key of tests, which guards nothing"
WEBHOOK_SEED: Final = "another key of tests"
TOKEN_ISSUER: Final = "assay-test"
SKILLS: Final = frozenset({"sql", "transactions", "rest-api-design"})


class FakeWiring:
    """Tokens and signatures are real: signing needs no network."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.ids = FakeIds()
        self.metrics = FakeMetrics()
        self.store = FakeStore()
        self.migrator = FakeMigrator()
        self.seeds = FakeSeedSource()
        self.content_files = SeedAndQtiFiles()
        self.content_review = SeedContentReview(SKILLS)
        self.hasher = FakePasswordHasher()
        self.tokens = JwtTokenIssuer([SigningKey.from_seed(SIGNING_SEED)], issuer=TOKEN_ISSUER)
        self.rate_limiter = FakeRateLimiter()
        self.pipeline = FakePipeline()
        self.rebuild_runner = FakeRebuildRunner()
        self.tasks = FakeTasks()
        self.bus = FakeEventBus()
        self.redelivery = FakeRedelivery()
        self.delivery_runs = FakeDeliveryRuns()
        self.webhook_policy = WebhookPolicy()
        self.webhook_keys = DerivedWebhookKeys([WEBHOOK_SEED])
        self.webhook_sender = FakeWebhookSender()
        self.resolver = FakeResolver()
        self.jitter: Callable[[], float] = lambda: 0.5
        self.lease = timedelta(seconds=30)
        self.scorer = FakeEssayScorer()
        self.embedder = FakeEmbedder()
        self.embedding_model = self.embedder.model
        self.instant_embedder: Embedder | None = self.embedder
        self.summarizer = FakeSummarizer()
        self.offline_scorer = FakeEssayScorer(engine="rubric")
        self.offline_summarizer = FakeSummarizer(engine="template")
        self.budget = FakeModelBudget()
        self.rescore_budget = FakeModelBudget()
        self.degraded_may_lower = False
        self.uses_model = True
        self.embedding_budget = FakeModelBudget()
        self.queue_monitor = FakeQueueMonitor()
        self.dead_letters = FakeDeadLetters()
        self.prices = {"priced": Price(prompt=1.0, completion=2.0)}
        self.token_budget = Budget(monthly_tokens=1_000_000)
        self.second_reader: SecondReader | None = None

    def embedder_of(self, model: str) -> Embedder:
        if model != self.embedder.model:
            raise EngineRefusedError(f"no embedder of {model}", reason="index_missing")
        return self.embedder

    def seed_source(self, folder: Path) -> SeedSource:
        del folder
        return self.seeds


class Offered(Protocol):
    """The ports of `Wiring`, for the type checker to hold the fakes to."""

    @property
    def clock(self) -> Clock: ...
    @property
    def ids(self) -> Ids: ...
    @property
    def metrics(self) -> Metrics: ...
    @property
    def store(self) -> Store: ...
    @property
    def migrator(self) -> Migrator: ...
    @property
    def hasher(self) -> PasswordHasher: ...
    @property
    def tokens(self) -> TokenIssuer: ...
    @property
    def rate_limiter(self) -> RateLimiter: ...
    @property
    def pipeline(self) -> Pipeline: ...
    @property
    def rebuild_runner(self) -> RebuildRunner: ...
    @property
    def tasks(self) -> Tasks: ...
    @property
    def bus(self) -> EventBus: ...
    @property
    def redelivery(self) -> Redelivery: ...
    @property
    def delivery_runs(self) -> DeliveryRuns: ...
    @property
    def webhook_policy(self) -> WebhookPolicy: ...
    @property
    def webhook_keys(self) -> WebhookKeys: ...
    @property
    def webhook_sender(self) -> WebhookSender: ...
    @property
    def resolver(self) -> Resolver: ...
    @property
    def jitter(self) -> Callable[[], float]: ...
    @property
    def lease(self) -> timedelta: ...
    @property
    def scorer(self) -> EssayScorer: ...
    @property
    def embedder(self) -> Embedder: ...
    @property
    def embedding_model(self) -> str: ...
    @property
    def instant_embedder(self) -> Embedder | None: ...
    @property
    def content_files(self) -> ContentFiles: ...
    @property
    def content_review(self) -> ContentReview: ...
    @property
    def summarizer(self) -> Summarizer: ...
    @property
    def offline_scorer(self) -> EssayScorer: ...
    @property
    def offline_summarizer(self) -> Summarizer: ...
    @property
    def budget(self) -> ModelBudget: ...
    @property
    def rescore_budget(self) -> ModelBudget: ...
    @property
    def degraded_may_lower(self) -> bool: ...
    @property
    def uses_model(self) -> bool: ...
    @property
    def embedding_budget(self) -> ModelBudget: ...
    @property
    def second_reader(self) -> SecondReader | None: ...
    @property
    def queue_monitor(self) -> QueueMonitor: ...
    @property
    def dead_letters(self) -> DeadLetters: ...
    @property
    def prices(self) -> Mapping[str, Price]: ...
    @property
    def token_budget(self) -> Budget: ...
    def embedder_of(self, model: str) -> Embedder: ...
    def seed_source(self, folder: Path) -> SeedSource: ...


_fits: type[Offered] = FakeWiring
