"""The bus on which the outbox tells what happened."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_events as events
from constructs import Construct

from infra_cdk.stage import Stage

ARCHIVED: Final = Duration.days(30)
"""As long as a receiver that was broken, or did not exist yet, may ask for what it missed."""


class EventBus(Construct):
    def __init__(self, scope: Construct, id: str, *, stage: Stage) -> None:
        super().__init__(scope, id)
        self.bus: Final = events.EventBus(self, "Bus", event_bus_name=stage.physical_name("events"))
        if not stage.is_local:
            self.bus.archive(
                "Archive",
                archive_name=stage.physical_name("events"),
                description="Events carry ids and numbers only, so keeping them keeps no answers",
                event_pattern=events.EventPattern(source=events.Match.prefix("assay")),
                retention=ARCHIVED,
            )
