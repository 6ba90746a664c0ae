"""Every minute: mark again what was asked for, and what a fallback marked in an outage."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.ports.rescored_assessment import Engines
from shared.usecases.publish_events import publish_events
from shared.usecases.queue_degraded import queue_degraded
from shared.usecases.run_rescores import run_rescores
from shared.wiring import wiring

logger = Logger()

ROUND_SECONDS: Final = 45
"""After so long nothing new is begun: what a round has begun takes a model's time more."""

AT_ONCE: Final = 4
"""Assessments; at five seconds an essay some 16 a minute, and 48 prompts: students come first."""


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    """`seconds` in the event makes a shorter round, for somebody who waits to see how far it is."""
    until = wiring.clock.now() + timedelta(seconds=event.get("seconds", ROUND_SECONDS))
    queued = 0
    if wiring.uses_model:
        queued = queue_degraded(
            may_lower=wiring.degraded_may_lower,
            store=wiring.store,
            ids=wiring.ids,
            clock=wiring.clock,
        )
    done = asdict(
        run_rescores(
            until=until,
            at_once=AT_ONCE,
            engines=Engines(
                scorer=wiring.scorer,
                second_reader=wiring.second_reader,
                budget=wiring.rescore_budget,
            ),
            store=wiring.store,
            ids=wiring.ids,
            clock=wiring.clock,
        )
    )
    done["queued"] = queued
    done["events_sent"] = publish_events(store=wiring.store, bus=wiring.bus, clock=wiring.clock)
    logger.info("rescored", **done)
    return done
