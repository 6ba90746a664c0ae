"""Work off rescores, assessment by assessment, until the time is up."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count, islice
from threading import Event
from typing import Final

from shared.domain.errors import EngineError, JobBusyError, ReviewLeasedError
from shared.domain.rescore import OUTAGE, OUTAGE_WAIT, RescoreItem
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.rescored_assessment import Engines, mark_again, settle
from shared.ports.store import Store

LEASE: Final = timedelta(minutes=6)
"""Longer than the function may run: what a crash left behind is taken up again after it."""
BUSY_WAIT: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RescoreRound:
    done: int = 0
    put_off: int = 0
    """Failed, or wait for a person or for the model; tried again later unless it was too often."""
    outage: str | None = None
    """Why the round ended early: the engine's reason."""
    finished: int = 0
    """Rescores of which this was the end."""

    def __add__(self, other: "RescoreRound") -> "RescoreRound":
        return RescoreRound(
            done=self.done + other.done,
            put_off=self.put_off + other.put_off,
            outage=self.outage or other.outage,
            finished=self.finished + other.finished,
        )


def run_rescores(
    *, until: datetime, at_once: int, engines: Engines, store: Store, ids: Ids, clock: Clock
) -> RescoreRound:
    """Take assessments until there is none to take, the time is up, or the model is away.

    Whether the model is there, the first essay tells: an open circuit refuses it in milliseconds,
    and once that has rested, it is the probe. Only then are `at_once` taken at once.
    """
    is_over = Event()

    def take(most: int | None = None) -> RescoreRound:
        taken = RescoreRound()
        for _ in islice(count(), most):
            if is_over.is_set() or clock.now() >= until:
                break
            one = _take_one(engines, store, ids, clock)
            if one is None or one.outage:
                is_over.set()
            taken += one or RescoreRound()
        return taken

    taken = take(1)
    if not is_over.is_set():
        with ThreadPoolExecutor(at_once) as pool:
            others = [pool.submit(take) for _ in range(at_once)]
        for other in others:
            taken += other.result()
    return replace(taken, finished=_finish(store, clock))


def _take_one(engines: Engines, store: Store, ids: Ids, clock: Clock) -> RescoreRound | None:
    """Claim and rescore one assessment; None where there is none to take."""
    with store.begin() as repositories:
        item = repositories.rescores.claim(now=clock.now(), lease=LEASE)
    if item is None:
        return None
    error = _work(item, engines, store, ids, clock)
    if error is None:
        return RescoreRound(done=1)
    return RescoreRound(put_off=1, outage=error if error in OUTAGE else None)


def _work(item: RescoreItem, engines: Engines, store: Store, ids: Ids, clock: Clock) -> str | None:
    """Rescore one assessment, and return why it was put off, or None."""
    with store.begin() as repositories:
        rescore = repositories.rescores.get(item.rescore_id)
    try:
        remarks = mark_again(rescore, item, engines=engines, store=store, ids=ids, clock=clock)
        settle(rescore, item, remarks, store=store, ids=ids, clock=clock)
    except EngineError as error:
        now = clock.now()
        put_off = (
            item.postponed(error.reason, until=now + OUTAGE_WAIT)
            if error.reason in OUTAGE
            else item.failed(error.reason, at=now)
        )
        return _put_off(put_off, error.reason, store)
    except ReviewLeasedError as error:
        return _put_off(item.postponed("in_review", until=error.until), "in_review", store)
    except JobBusyError:
        until = clock.now() + BUSY_WAIT
        return _put_off(item.postponed("busy", until=until), "busy", store)
    except Exception:
        # Counted as well, so that one that can never be marked ends some time.
        _put_off(item.failed("internal_error", at=clock.now()), "internal_error", store)
        raise
    return None


def _put_off(item: RescoreItem, error: str, store: Store) -> str:
    with store.begin() as repositories:
        repositories.rescores.settle(item)
    return error


def _finish(store: Store, clock: Clock) -> int:
    now = clock.now()
    with store.begin() as repositories:
        finished = repositories.rescores.finish(now=now)
        for rescore in finished:
            counts = repositories.rescores.counts(rescore.id)
            repositories.audit.append(
                actor=rescore.requested_by,
                action="rescore.finished",
                subject=rescore.id,
                details={
                    "dryRun": rescore.is_dry_run,
                    "done": counts.done,
                    "failed": counts.failed,
                    "raised": counts.raised,
                    "lowered": counts.lowered,
                    "crossedBand": counts.crossed_band,
                    "withheld": counts.withheld,
                },
                at=now,
            )
    return len(finished)
