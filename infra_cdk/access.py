"""What functions may use: each need is met by the settings and the permissions that it takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from aws_cdk import aws_events as events

from infra_cdk.constructs.python_function import PythonFunction
from infra_cdk.data_stack import DataStack
from infra_cdk.stage import Stage
from shared.settings import (
    DatabaseAuth,
    DatabaseSettings,
    EngineSettings,
    EventBusSettings,
    RescoreSettings,
    TokenSettings,
    TransientTableSettings,
    UsageSettings,
    WebhookKeySettings,
    WebhookSettings,
)


class Need(StrEnum):
    DATABASE = "database"
    ENGINE = "engine"
    ENGINE_CHOICE = "engine choice"
    """Which engine the deployment has, without the key to it."""
    EVENT_BUS = "event bus"
    PRICES = "prices"
    RESCORE_POLICY = "rescore policy"
    SIGNING_KEY = "signing key"
    TRANSIENT_TABLE = "transient table"
    WEBHOOK_KEY = "webhook key"
    WEBHOOK_POLICY = "webhook policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    stage: Stage
    data: DataStack
    bus: events.EventBus

    def give(self, to: PythonFunction, need: Need) -> None:
        gives: Mapping[Need, Callable[[PythonFunction], None]] = {
            Need.DATABASE: self._give_database,
            Need.ENGINE: self._give_engine,
            Need.ENGINE_CHOICE: self._give_engine_choice,
            Need.EVENT_BUS: self._give_event_bus,
            Need.PRICES: self._give_prices,
            Need.RESCORE_POLICY: self._give_rescore_policy,
            Need.SIGNING_KEY: self._give_signing_key,
            Need.TRANSIENT_TABLE: self._give_transient_table,
            Need.WEBHOOK_KEY: self._give_webhook_key,
            Need.WEBHOOK_POLICY: self._give_webhook_policy,
        }
        gives[need](to)

    def _give_database(self, to: PythonFunction) -> None:
        if self.data.database:
            url, auth = self.data.database.url, DatabaseAuth.IAM
            self.data.database.grant_connect(to.function)
        else:
            url, auth = self.stage.database_url or "", DatabaseAuth.NONE
        to.configure(DatabaseSettings, database_url=url, database_auth=auth)

    def _give_engine_choice(self, to: PythonFunction) -> None:
        stage = self.stage
        to.configure(
            EngineSettings,
            engine=stage.engine,
            openai_secret_arn=self.data.openai_secret.secret_arn,
            openai_base_url=stage.openai_base_url,
            openai_model=stage.openai_model,
            openai_embedding_model=stage.openai_embedding_model,
            model_timeout_seconds=str(stage.timings.model_call),
            monthly_token_budget=str(stage.monthly_token_budget),
        )

    def _give_engine(self, to: PythonFunction) -> None:
        self._give_engine_choice(to)
        self.data.openai_secret.grant_read(to.function)

    def _give_event_bus(self, to: PythonFunction) -> None:
        to.configure(EventBusSettings, event_bus_name=self.bus.event_bus_name)
        self.bus.grant_put_events_to(to.function)

    def _give_prices(self, to: PythonFunction) -> None:
        to.configure(
            UsageSettings,
            monthly_token_budget=str(self.stage.monthly_token_budget),
            model_prices=self.stage.model_prices,
        )

    def _give_rescore_policy(self, to: PythonFunction) -> None:
        to.configure(RescoreSettings, degraded_may_lower=str(self.stage.degraded_may_lower).lower())

    def _give_signing_key(self, to: PythonFunction) -> None:
        to.configure(
            TokenSettings,
            signing_secret_arn=self.data.signing_secret.secret_arn,
            token_issuer=f"assay-{self.stage.stage}",
        )
        self.data.signing_secret.grant_read(to.function)

    def _give_transient_table(self, to: PythonFunction) -> None:
        table = self.data.transient_table
        to.configure(TransientTableSettings, transient_table=table.table_name)
        items = ("Get", "Put", "Update", "Delete")
        table.grant(to.function, *(f"dynamodb:{action}Item" for action in items))

    def _give_webhook_key(self, to: PythonFunction) -> None:
        secret = self.data.webhook_secret
        to.configure(WebhookKeySettings, webhook_secret_arn=secret.secret_arn)
        secret.grant_read(to.function)

    def _give_webhook_policy(self, to: PythonFunction) -> None:
        to.configure(
            WebhookSettings,
            webhook_loopback=str(self.stage.is_local).lower(),
            webhook_time_scale=str(self.stage.webhook_time_scale),
        )
