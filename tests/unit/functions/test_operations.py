"""What operators set going again, over HTTP."""

import pytest

from shared.domain.assessment import AssessmentStatus
from tests.fakes.sample_world import ASSESSMENT, Stage, world_at
from tests.unit.functions.serving import Serve, as_caller, body_of
from tests.unit.usecases.scenes import put_status


class TestRetry:
    def test_it_says_where_to_look(self, serve: Serve) -> None:
        world = world_at(Stage.SCORED)
        put_status(world, AssessmentStatus.FAILED)

        reply = serve("retry_assessment", world)

        assert reply["statusCode"] == 202
        assert body_of(reply) == {
            "assessmentId": ASSESSMENT,
            "status": "scoring",
            "statusUrl": f"/api/v1/assessments/{ASSESSMENT}/status",
        }

    def test_the_same_key_is_answered_again(self, serve: Serve) -> None:
        world = world_at(Stage.SCORED)
        put_status(world, AssessmentStatus.FAILED)

        first, again = (serve("retry_assessment", world) for _ in range(2))

        assert body_of(first) == body_of(again)
        assert "Idempotency-Replayed" not in first["headers"]
        assert again["headers"]["Idempotency-Replayed"] == "true"

    def test_what_has_not_failed_is_refused_with_a_remedy(self, serve: Serve) -> None:
        reply = serve("retry_assessment", world_at(Stage.COMPLETED))

        assert (reply["statusCode"], body_of(reply)["code"]) == (409, "assessment_not_failed")
        assert "read its result" in body_of(reply)["detail"]

    @pytest.mark.parametrize("role", ["student", "advisor"])
    def test_it_is_for_admins(self, serve: Serve, role: str) -> None:
        world = world_at(Stage.SCORED)
        put_status(world, AssessmentStatus.FAILED)

        context = as_caller("retry_assessment", "somebody", role=role)
        reply = serve("retry_assessment", world, requestContext=context)

        assert (reply["statusCode"], body_of(reply)["code"]) == (403, "forbidden")
        assert world.pipeline.running == set()


class TestRedrive:
    def test_it_says_how_many(self, serve: Serve) -> None:
        world = world_at(Stage.NOBODY)
        world.dead_letters.left["scoring"] = 3

        reply = serve("redrive_queue", world)

        assert reply["statusCode"] == 200
        assert body_of(reply) == {"queue": "scoring", "moved": 3, "waiting": 0, "inFlight": 0}

    def test_the_same_key_is_answered_again(self, serve: Serve) -> None:
        world = world_at(Stage.NOBODY)
        world.dead_letters.left["scoring"] = 3

        first, again = (serve("redrive_queue", world) for _ in range(2))

        assert body_of(first) == body_of(again)
        assert again["headers"]["Idempotency-Replayed"] == "true"

    def test_an_unknown_queue_is_answered_with_those_that_there_are(self, serve: Serve) -> None:
        reply = serve(
            "redrive_queue",
            world_at(Stage.NOBODY),
            pathParameters={"queue": "essays"},
            rawPath="/api/v1/admin/queues/essays/redrive",
        )

        assert (reply["statusCode"], body_of(reply)["code"]) == (404, "not_found")
        assert "scoring, retrieval, fusion" in body_of(reply)["detail"]

    def test_queues_that_are_away_say_when_to_come_again(self, serve: Serve) -> None:
        world = world_at(Stage.NOBODY)
        world.dead_letters.is_available = False

        reply = serve("redrive_queue", world)

        assert (reply["statusCode"], body_of(reply)["code"]) == (503, "queues_unavailable")
        assert reply["headers"]["Retry-After"] == "5"

    @pytest.mark.parametrize("role", ["student", "advisor"])
    def test_it_is_for_admins(self, serve: Serve, role: str) -> None:
        world = world_at(Stage.NOBODY)
        world.dead_letters.left["scoring"] = 3

        context = as_caller("redrive_queue", "somebody", role=role)
        reply = serve("redrive_queue", world, requestContext=context)

        assert reply["statusCode"] == 403
        assert world.dead_letters.left["scoring"] == 3
