from datetime import timedelta

import pytest

from shared.usecases.snapshot_metrics import snapshot_metrics
from tests.builders import TRACK
from tests.fakes.sample_world import Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, as_caller, body_of


@pytest.fixture
def world() -> FakeWiring:
    """A month with one assessment is over, and the next has begun."""
    world = world_at(Stage.COMPLETED)
    world.clock.advance(timedelta(days=33))
    snapshot_metrics(store=world.store, prices=world.prices, clock=world.clock)
    return world


def test_months_are_shown_oldest_first(serve: Serve, world: FakeWiring) -> None:
    body = body_of(serve("get_trends", world, queryStringParameters=None))

    assert (body["by"], body["trackId"], body["currency"]) == ("month", None, "USD")
    assert [item["start"] for item in body["items"]][-2:] == ["2026-01-01", "2026-02-01"]
    assert body["items"][-2] == {
        "start": "2026-01-01",
        "final": True,
        "takenAt": "2026-02-03T12:00:00.000Z",
        "started": 1,
        "submitted": 1,
        "completed": 1,
        "degraded": 0,
        "degradedShare": 0.0,
        "failed": 0,
        "medianMinutes": 9.9,
        "p50Seconds": 5.0,
        "p95Seconds": 5.0,
        "prompts": 0,
        "promptTokens": 0,
        "completionTokens": 0,
        "cost": 0.0,
        "reviewsWaiting": None,
    }
    present = body["items"][-1]
    assert (present["final"], present["completed"], present["degradedShare"]) == (False, 0, None)


@pytest.mark.parametrize(("track", "months"), [(TRACK, ["2026-01-01"]), ("unheard-of", [])])
def test_one_track_is_shown_in_the_months_that_it_was_taken(
    serve: Serve, world: FakeWiring, track: str, months: list[str]
) -> None:
    query = {"trackId": track}

    body = body_of(serve("get_trends", world, queryStringParameters=query))

    assert body["trackId"] == track
    assert [item["start"] for item in body["items"]] == months


def test_days_are_those_with_a_moment_of_the_period(serve: Serve, world: FakeWiring) -> None:
    query = {"by": "day", "since": "2026-01-31T12:00:00Z", "until": "2026-02-03"}

    body = body_of(serve("get_trends", world, queryStringParameters=query))

    starts = [item["start"] for item in body["items"]]
    assert starts == ["2026-01-31", "2026-02-01", "2026-02-02"]


def test_a_month_is_shown_whole_where_the_period_begins_in_it(
    serve: Serve, world: FakeWiring
) -> None:
    query = {"since": "2026-01-31", "until": "2026-02-01"}

    body = body_of(serve("get_trends", world, queryStringParameters=query))

    assert [(i["start"], i["completed"]) for i in body["items"]] == [("2026-01-01", 1)]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"by": "week"}, "query/by"),
        ({"by": "day", "since": "2024-01-01"}, "query/since"),
        ({"since": "2010-01-01"}, "query/since"),
        ({"since": "soon"}, "query/since"),
        ({"trackId": ""}, "query/trackId"),
    ],
)
def test_what_cannot_be_shown_is_refused(
    serve: Serve, world: FakeWiring, query: dict[str, str], pointer: str
) -> None:
    reply = serve("get_trends", world, queryStringParameters=query)

    assert reply["statusCode"] == 422
    assert body_of(reply)["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("role", ["student", "advisor"])
def test_they_are_for_admins(serve: Serve, world: FakeWiring, role: str) -> None:
    context = as_caller("get_trends", "somebody", role=role)

    assert serve("get_trends", world, requestContext=context)["statusCode"] == 403
