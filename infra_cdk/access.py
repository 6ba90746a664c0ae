"""What functions may use: each need is met by the settings and the permissions that it takes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from aws_cdk import aws_events as events

from infra_cdk.constructs.python_function import PythonFunction
from infra_cdk.data_stack import DataStack
from infra_cdk.stage import Stage
from shared.settings import (
    DatabaseAuth,
    DatabaseSettings,
    EngineSettings,
    EventBusSettings,
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
        match need:
            case Need.DATABASE:
                self._give_database(to)
            case Need.ENGINE:
                self._give_engine_choice(to)
                self.data.openai_secret.grant_read(to.function)
            case Need.ENGINE_CHOICE:
                self._give_engine_choice(to)
            case Need.EVENT_BUS:
                to.configure(EventBusSettings, event_bus_name=self.bus.event_bus_name)
                self.bus.grant_put_events_to(to.function)
            case Need.PRICES:
                to.configure(
                    UsageSettings,
                    monthly_token_budget=str(self.stage.monthly_token_budget),
                    model_prices=self.stage.model_prices,
                )
            case Need.SIGNING_KEY:
                to.configure(
                    TokenSettings,
                    signing_secret_arn=self.data.signing_secret.secret_arn,
                    token_issuer=f"assay-{self.stage.stage}",
                )
                self.data.signing_secret.grant_read(to.function)
            case Need.TRANSIENT_TABLE:
                table = self.data.transient_table
                to.configure(TransientTableSettings, transient_table=table.table_name)
                items = ("Get", "Put", "Update", "Delete")
                table.grant(to.function, *(f"dynamodb:{action}Item" for action in items))
            case Need.WEBHOOK_KEY:
                secret = self.data.webhook_secret
                to.configure(WebhookKeySettings, webhook_secret_arn=secret.secret_arn)
                secret.grant_read(to.function)
            case Need.WEBHOOK_POLICY:
                to.configure(
                    WebhookSettings,
                    webhook_loopback=str(self.stage.is_local).lower(),
                    webhook_time_scale=str(self.stage.webhook_time_scale),
                )
            case _:
                assert_never(need)

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
