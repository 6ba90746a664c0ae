"""Once an hour: write down the figures of the day and the month, and of what was missed."""

from collections.abc import Mapping

from shared.domain.pricing import Price
from shared.domain.trends import Granularity, due, earliest_due, period_from, take
from shared.ports.clock import Clock
from shared.ports.store import Store


def snapshot_metrics(*, store: Store, prices: Mapping[str, Price], clock: Clock) -> int:
    """Take every period that is not final yet, one transaction each; return how many there were.

    Again in the same hour it writes the same: a period's figures replace each other until one of
    them, taken an hour after its end, is final.
    """
    now = clock.now()
    taken = 0
    for granularity in Granularity:
        with store.begin() as repositories:
            final = repositories.trends.final_starts(
                granularity, since=earliest_due(granularity, now)
            )
        for start in due(granularity, now, final=final):
            period = period_from(granularity, start)
            with store.begin() as repositories:
                snapshots = take(
                    granularity,
                    start,
                    figures=repositories.trends.figures(period),
                    usage=repositories.usage.sums(period),
                    backlog=repositories.trends.backlog(),
                    prices=prices,
                    now=now,
                )
                repositories.trends.replace(granularity, start, snapshots)
            taken += 1
    return taken
