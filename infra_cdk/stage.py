"""The configuration of one stage, read from the CDK context (`-c key=value` or `cdk.json`)."""

import json
from collections.abc import Callable
from typing import Annotated, Any, Final, Self

from aws_cdk import RemovalPolicy
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    DirectoryPath,
    Field,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from infra_cdk.timings import Timings
from shared.settings import MODEL_PRICES, Engine

LOCAL: Final = "local"


class StageError(Exception):
    """The context does not describe a stage; the message has one line for each wrong key."""


def _words(value: object) -> object:
    return [w.strip() for w in value.split(",") if w.strip()] if isinstance(value, str) else value


def _http_url(value: str) -> str:
    if not value.startswith(("https://", "http://")):
        raise ValueError("must start with https:// or http://")
    return value


def _json(value: object) -> object:
    return value if isinstance(value, str) else json.dumps(value)


def _prices(value: str) -> str:
    try:
        MODEL_PRICES.validate_json(value)
    except ValidationError as error:
        fault = error.errors()[0]
        where = "/".join(map(str, fault["loc"]))
        raise ValueError(
            f'must be JSON like {{"model": {{"prompt": 0.1, "completion": 0.4}}}}, in USD per '
            f"million tokens: {where or 'it'}: {fault['msg']}"
        ) from None
    return value


class Stage(BaseModel):
    """What differs between deployments; each field is a context key in camelCase."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, str_min_length=1
    )

    stage: str = Field(pattern=r"^[a-z][a-z0-9-]{0,15}$")
    """Part of every physical name; with the longest module below Lambda's 64 characters."""
    engine: Engine = Engine.OFFLINE
    openai_base_url: Annotated[str, AfterValidator(_http_url)] = "https://api.openai.com/v1"
    openai_model: str = "gpt-5.4-mini"
    openai_embedding_model: str = "text-embedding-3-small"
    monthly_token_budget: int = Field(default=10_000_000, ge=0)
    """About 2,000 assessments of five prompts; 0 means no limit."""
    model_prices: Annotated[str, BeforeValidator(_json), AfterValidator(_prices)] = "{}"
    """Prices that the dashboard of usage takes in place of the list's."""
    degraded_may_lower: bool = False
    """Whether the model, once it is back, may lower what a fallback gave; else that stands."""
    model_timeout_seconds: int | None = Field(default=None, ge=1, le=60)
    database_url: str | None = Field(default=None, pattern=r"^postgresql\+pg8000://")
    """The embedded PostgreSQL of stage local; every other stage has its own Aurora."""
    asset_path: DirectoryPath
    """Folder with `functions/`, `shared/` and, off this machine, their dependencies.

    Without a default, so that nobody deploys an empty one.
    """
    asset_bucket: str | None = None
    """Deploys without `cdk bootstrap`, with the caller's own credentials and this bucket."""
    alarm_email: str | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+$")
    allowed_origins: Annotated[tuple[str, ...], BeforeValidator(_words)] = ()
    """Browser origins for CORS."""
    high_availability: bool = False
    """A second NAT gateway and a standby database instance: about 80 USD a month more."""

    @model_validator(mode="after")
    def _database_belongs_to_local(self) -> Self:
        if self.is_local and self.database_url is None:
            raise ValueError("stage local needs databaseUrl: the embedded PostgreSQL's URL")
        if not self.is_local and self.database_url is not None:
            raise ValueError("databaseUrl is for stage local: other stages create their database")
        return self

    @classmethod
    def from_context(cls, get: Callable[[str], Any]) -> Self:
        """Read every key with `get`, which answers None for one that is not set."""
        keys = [to_camel(name) for name in cls.model_fields]
        values = {key: get(key) for key in keys}
        try:
            return cls.model_validate({k: v for k, v in values.items() if v is not None})
        except ValidationError as error:
            lines = (_explain(e["loc"], e["msg"]) for e in error.errors())
            raise StageError("\n".join(lines)) from None

    @property
    def is_local(self) -> bool:
        return self.stage == LOCAL

    @property
    def prefix(self) -> str:
        return f"assay-{self.stage}-"

    @property
    def timings(self) -> Timings:
        """The offline engine answers in milliseconds, so a laptop need not wait for a model."""
        quick = self.is_local and self.engine is Engine.OFFLINE
        model = self.model_timeout_seconds or (3 if quick else 20)
        # Three cold starts at once on two busy cores took 10.7 s from send to done.
        margin, step = (6, 1) if self.is_local else (10, 5)
        return Timings(model_call=model, margin=margin, step=step)

    @property
    def webhook_time_scale(self) -> float:
        """On a laptop the waits of a delivery are a thousandth: 75 hours are then five minutes."""
        return 0.001 if self.is_local else 1

    @property
    def origins(self) -> tuple[str, ...]:
        """Locally any page may call: tokens travel in a header, never in a cookie."""
        return self.allowed_origins or (("*",) if self.is_local else ())

    @property
    def removal_policy(self) -> RemovalPolicy:
        """Of what a person may still want to read or restore after it left the template."""
        return RemovalPolicy.DESTROY if self.is_local else RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE

    @property
    def workers_per_queue(self) -> int:
        """Jobs of one kind at once.

        In the cloud bounded by what the model provider allows (at 20, and five seconds a call,
        240 requests a minute); locally by the processes that a laptop can hold.
        """
        return 3 if self.is_local else 20

    def physical_name(self, words: str) -> str:
        """The name in this stage of a module or another thing, with dashes."""
        return self.prefix + words.replace("_", "-")


def _explain(location: tuple[int | str, ...], message: str) -> str:
    reason = message.removeprefix("Value error, ")
    if not location:
        return f"context: {reason}"
    if reason == "Field required":
        reason = f"missing; give it with -c {location[0]}=…"
    return f"context {location[0]}: {reason}"
