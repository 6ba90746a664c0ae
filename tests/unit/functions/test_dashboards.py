from collections.abc import Sequence

from shared.domain.budget import Budget
from shared.domain.degraded import DegradedReason
from shared.domain.essay import Usage
from shared.domain.event import EventId, EventType
from shared.domain.operations import QueueDepth, QueueState
from shared.domain.webhook import DisabledReason
from shared.domain.webhook_delivery import DeliveryStatus
from tests.builders import (
    NOON,
    a_degradation,
    a_delivery,
    a_message,
    a_webhook,
    an_id,
    later,
)
from tests.fakes.sample_world import ASSESSMENT, STUDENT, Stage, add_delivery, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, body_of


def prompted(world: FakeWiring, *models: str, purpose: str = "score_essay") -> None:
    with world.store.begin() as repositories:
        for model in models:
            repositories.usage.record(
                ASSESSMENT,
                purpose=purpose,
                model=model,
                usage=Usage(prompt_tokens=1_000, completion_tokens=500),
                at=NOON,
            )


class TestUsage:
    def test_prompts_tokens_and_cost_are_added_up(self, serve: Serve) -> None:
        world = world_at(Stage.COMPLETED)
        prompted(world, "priced", "priced")
        prompted(world, "priced", purpose="summarize")

        body = body_of(serve("get_usage", world))

        assert (body["since"], body["until"]) == (
            "2025-12-15T00:00:00.000Z",
            "2026-01-02T00:00:00.000Z",
        )
        assert body["items"][0] == {
            "day": "2026-01-01",
            "trackId": "backend-engineer",
            "purpose": "score_essay",
            "model": "priced",
            "prompts": 2,
            "promptTokens": 2_000,
            "completionTokens": 1_000,
            "budgetShare": 0.003,
            "cost": 0.004,
        }
        assert body["total"] == {
            "prompts": 3,
            "promptTokens": 3_000,
            "completionTokens": 1_500,
            "cost": 0.006,
            "unpricedModels": [],
        }
        assert body["month"] == {
            "since": "2026-01-01T00:00:00.000Z",
            "tokens": 4_500,
            "budget": 1_000_000,
            "share": 0.0045,
            "left": 995_500,
            "until": "2026-02-01T00:00:00.000Z",
        }

    def test_a_spent_budget_has_nothing_left(self, serve: Serve) -> None:
        world = world_at(Stage.COMPLETED)
        world.token_budget = Budget(monthly_tokens=1_000)
        prompted(world, "priced")

        body = body_of(serve("get_usage", world))

        assert (body["month"]["share"], body["month"]["left"]) == (1.5, 0)
        assert body["items"][0]["budgetShare"] == 1.5

    def test_without_a_limit_there_is_no_share_of_it(self, serve: Serve) -> None:
        world = world_at(Stage.COMPLETED)
        world.token_budget = Budget(monthly_tokens=0)
        prompted(world, "priced")

        body = body_of(serve("get_usage", world))

        assert (body["month"]["share"], body["month"]["left"]) == (None, None)
        assert body["items"][0]["budgetShare"] is None

    def test_prices_come_with_their_source_and_date(self, serve: Serve) -> None:
        world = world_at(Stage.COMPLETED)
        prompted(world, "priced", "unheard-of")

        prices = body_of(serve("get_usage", world))["prices"]

        assert prices == {
            "currency": "USD",
            "source": "https://openai.com/api/pricing",
            "asOf": "2026-06-04",
            "models": {"priced": {"prompt": 1.0, "completion": 2.0}},
        }

    def test_a_model_without_a_price_costs_null_and_is_named(self, serve: Serve) -> None:
        world = world_at(Stage.COMPLETED)
        prompted(world, "priced", "unheard-of")

        body = body_of(serve("get_usage", world))

        assert [(i["model"], i["cost"]) for i in body["items"]] == [
            ("priced", 0.002),
            ("unheard-of", None),
        ]
        assert (body["total"]["cost"], body["total"]["unpricedModels"]) == (None, ["unheard-of"])

    def test_nothing_was_used(self, serve: Serve) -> None:
        body = body_of(serve("get_usage", world_at(Stage.NOBODY)))

        assert (body["items"], body["total"]["cost"]) == ([], 0)

    def test_more_than_a_year_is_refused(self, serve: Serve) -> None:
        reply = serve(
            "get_usage", world_at(Stage.NOBODY), queryStringParameters={"since": "2024-12-01"}
        )

        assert reply["statusCode"] == 422
        assert body_of(reply)["errors"][0]["pointer"] == "query/since"
        assert "366 days" in body_of(reply)["detail"]


def degraded(world: FakeWiring, reasons: Sequence[DegradedReason]) -> None:
    with world.store.begin() as repositories:
        assessment = repositories.assessments.get(ASSESSMENT)
        repositories.assessments.save(assessment.degrade(*map(a_degradation, reasons)))


class TestOperations:
    def test_a_quiet_deployment(self, serve: Serve) -> None:
        body = body_of(serve("get_operations", world_at(Stage.NOBODY)))

        empty = {"waiting": 0, "inFlight": 0, "delayed": 0, "oldestSeconds": None}
        statuses = ("in_progress", "scoring", "in_review", "completed", "failed", "expired")
        nothing = dict.fromkeys(statuses, 0)
        assert body == {
            "at": "2026-01-01T12:00:00.000Z",
            "since": "2025-12-31T12:00:00.000Z",
            "queues": [
                {"name": name, **empty, "deadLetters": empty}
                for name in ("scoring", "retrieval", "fusion", "webhooks")
            ],
            "assessments": {"now": nothing, "recent": nothing},
            "inReview": {"waiting": 0, "oldestSeconds": None},
            "completed": {
                "count": 0,
                "p50Seconds": None,
                "p95Seconds": None,
                "readByPeople": 0,
                "degraded": {"count": 0, "share": None},
                "degradedByReason": {r: {"count": 0, "share": None} for r in DegradedReason},
                "degradedByCause": {},
            },
            "failedJobs": {"score_essay": 0, "retrieve_credentials": 0, "fuse_results": 0},
            "outbox": {"unsent": 0, "oldestSeconds": None},
            "webhooks": {
                "enabled": 0,
                "disabled": {"by_admin": 0, "gone": 0, "failing": 0},
                "pending": 0,
                "finished": {"delivered": 0, "failed": 0, "discarded": 0},
            },
        }

    def test_a_busy_one(self, serve: Serve) -> None:
        world = world_at(Stage.COMPLETED)
        degraded(world, [DegradedReason.SUMMARY_FALLBACK, DegradedReason.INCOMPLETE_DATA])
        full = QueueDepth(waiting=7, in_flight=3, delayed=1, oldest_seconds=95)
        left = QueueDepth(waiting=1, in_flight=0, delayed=0, oldest_seconds=None)
        world.queue_monitor.states[0] = QueueState(name="scoring", queue=full, dead_letters=left)
        with world.store.begin() as repositories:
            repositories.outbox.append(
                EventType.ASSESSMENT_COMPLETED, STUDENT, {}, event_id=EventId(an_id()), at=later(-9)
            )

        body = body_of(serve("get_operations", world))

        assert body["queues"][0] == {
            "name": "scoring",
            "waiting": 7,
            "inFlight": 3,
            "delayed": 1,
            "oldestSeconds": 95,
            "deadLetters": {"waiting": 1, "inFlight": 0, "delayed": 0, "oldestSeconds": None},
        }
        assert body["assessments"]["recent"]["completed"] == 1
        assert (body["completed"]["p50Seconds"], body["completed"]["p95Seconds"]) == (5.0, 5.0)
        assert body["completed"]["degraded"] == {"count": 1, "share": 1.0}
        assert body["completed"]["degradedByReason"]["summary_fallback"] == {
            "count": 1,
            "share": 1.0,
        }
        assert body["completed"]["degradedByReason"]["retrieval_fallback"]["count"] == 0
        assert body["completed"]["degradedByCause"] == {"timeout": {"count": 1, "share": 1.0}}
        assert body["outbox"] == {"unsent": 1, "oldestSeconds": 9.0}

    def test_webhooks_that_were_disabled_and_deliveries_that_failed_are_noticed(
        self, serve: Serve
    ) -> None:
        world = world_at(Stage.NOBODY)
        add_delivery(world)
        gone = a_webhook(disabled=DisabledReason.GONE)
        message = a_message()
        failed = a_delivery(message, gone, status=DeliveryStatus.FAILED)
        with world.store.begin() as repositories:
            repositories.webhooks.add(gone)
            repositories.deliveries.add_message(message)
            repositories.deliveries.add([failed])

        body = body_of(serve("get_operations", world))

        assert body["webhooks"] == {
            "enabled": 1,
            "disabled": {"by_admin": 0, "gone": 1, "failing": 0},
            "pending": 1,
            "finished": {"delivered": 0, "failed": 1, "discarded": 0},
        }

    def test_queues_that_do_not_answer_are_null_and_the_rest_is_there(self, serve: Serve) -> None:
        world = world_at(Stage.COMPLETED)
        world.queue_monitor.is_available = False

        reply = serve("get_operations", world)

        assert reply["statusCode"] == 200
        assert body_of(reply)["queues"] is None
        assert body_of(reply)["completed"]["count"] == 1
