"""Configuration from the environment, one model per concern.

A field `queue_url` is read from `QUEUE_URL`. The CDK app fills the environment from these same
models, so a name is spelled once.
"""

import os
from enum import StrEnum
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Json, NonNegativeFloat, TypeAdapter


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_min_length=1)

    @classmethod
    def from_env(cls) -> Self:
        """Read every field, or raise one `ValidationError` that names all that are missing."""
        names = {field: field.upper() for field in cls.model_fields}
        return cls.model_validate({f: os.environ[n] for f, n in names.items() if n in os.environ})


class DatabaseAuth(StrEnum):
    NONE = "none"
    """The URL says it all (the embedded PostgreSQL, or a password in the URL)."""
    IAM = "iam"
    """A fresh IAM token is the password of each connection, over TLS (RDS Proxy)."""


class DatabaseSettings(Settings):
    database_url: str
    """`postgresql+pg8000://user@host:5432/name`, or `…/name?unix_sock=<path>`."""
    database_auth: DatabaseAuth


class TransientTableSettings(Settings):
    transient_table: str
    """DynamoDB table (partition key `id`, TTL attribute `expiration`) of what may be forgotten."""


class TokenSettings(Settings):
    signing_secret_arn: str
    """A random string; its current and previous versions are seeds of the Ed25519 keys."""
    token_issuer: str


class PipelineSettings(Settings):
    state_machine_arn: str


class IndexRebuildSettings(Settings):
    rebuild_machine_arn: str


class TaskQueueSettings(Settings):
    task_queue_url: str
    """The queue that feeds this worker, so that a failed message can be delayed."""
    lease_seconds: int
    """How long a job is held; the queue's visibility timeout is a little longer."""


class DeliverySettings(Settings):
    delivery_machine_arn: str


class WebhookSettings(Settings):
    webhook_loopback: bool
    """Whether http to this machine will do, which only stage local may say."""
    webhook_time_scale: float
    """What the waits between attempts are multiplied by; 1 but for stage local."""


class WebhookKeySettings(Settings):
    webhook_secret_arn: str
    """A random string; keys for sealing secrets and for signing are derived from it."""


class EventBusSettings(Settings):
    event_bus_name: str


class Engine(StrEnum):
    OFFLINE = "offline"
    OPENAI = "openai"


class EngineSettings(Settings):
    engine: Engine
    openai_secret_arn: str
    """Secret whose string is the API key; any text where the server wants none."""
    openai_base_url: str
    openai_model: str
    openai_embedding_model: str
    model_timeout_seconds: int
    """Time for one model call including the SDK's own retries."""
    monthly_token_budget: int
    """Above it the offline engines work, labelled as such; 0 means no limit."""


class RescoreSettings(Settings):
    degraded_may_lower: bool
    """Whether the model, once it is back, may lower what a fallback gave."""


class ModelPrice(BaseModel):
    """USD per million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: NonNegativeFloat
    completion: NonNegativeFloat


ModelPrices = dict[str, ModelPrice]
MODEL_PRICES: Final = TypeAdapter(ModelPrices)


class UsageSettings(Settings):
    monthly_token_budget: int
    """As the engines have it."""
    model_prices: Json[ModelPrices]
    """Besides, or in place of, the list prices: `{"name": {"prompt": 0.1, "completion": 0.4}}`."""


class QueueMonitorSettings(Settings):
    scoring_queue_url: str
    scoring_dead_letter_url: str
    retrieval_queue_url: str
    retrieval_dead_letter_url: str
    fusion_queue_url: str
    fusion_dead_letter_url: str
    webhooks_queue_url: str
    webhooks_dead_letter_url: str
