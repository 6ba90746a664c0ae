"""Every minute: finish what a crash left half done, send what waits, forget what is long told."""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.usecases.find_overdue_deliveries import find_overdue_deliveries
from shared.usecases.prune_deliveries import prune_deliveries
from shared.usecases.publish_events import publish_events
from shared.usecases.publish_facts import publish_facts
from shared.usecases.reconcile import reconcile
from shared.usecases.start_deliveries import start_deliveries
from shared.wiring import wiring

logger = Logger()


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    done = asdict(reconcile(store=wiring.store, pipeline=wiring.pipeline, clock=wiring.clock))
    done["events_sent"] = publish_events(store=wiring.store, bus=wiring.bus, clock=wiring.clock)
    overdue = find_overdue_deliveries(store=wiring.store, clock=wiring.clock)
    done["deliveries_started"] = start_deliveries(
        overdue, store=wiring.store, runs=wiring.delivery_runs
    )
    pruned = prune_deliveries(store=wiring.store, clock=wiring.clock, rounds=1)
    done["messages_removed"] = pruned.counts["webhook_events"]
    done["facts_sent"] = publish_facts(store=wiring.store, bus=wiring.bus, clock=wiring.clock)
    logger.info("reconciled", **done)
    return done
