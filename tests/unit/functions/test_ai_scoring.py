"""AI scoring, consented to or declined, as clients see it."""

import json
from typing import Any

import pytest

from shared.domain.assessment import AssessmentStatus
from shared.domain.consent import CURRENT_TEXT, TEXTS
from shared.domain.event import EventType
from tests.fakes.sample_world import ASSESSMENT, ESSAYS, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, as_caller, body_of, sample
from tests.unit.usecases.scenes import ADVISOR

JSON = {"content-type": "application/json"}
DECIDED_AT = "2026-01-01T12:00:00.000Z"
DECLINED = {"decision": "declined", "textVersion": 1, "decidedAt": DECIDED_AT}
NOT_ASKED = {"decision": "not_asked", "textVersion": None, "decidedAt": None}


def start(serve: Serve, world: FakeWiring, **said: object) -> dict[str, Any]:
    body = json.loads(sample("start_assessment")["body"]) | said
    return serve("start_assessment", world, body=json.dumps(body))


def declined_and_submitted(serve: Serve) -> FakeWiring:
    world = world_at(Stage.ANSWERED)
    assert serve("decide_ai_scoring", world)["statusCode"] == 200
    assert serve("submit_assessment", world)["statusCode"] == 202
    return world


def mark(serve: Serve, world: FakeWiring, question_id: str, *names: str) -> dict[str, Any]:
    event = sample("override_score")
    path = event["pathParameters"] | {"questionId": question_id}
    criteria = [{"name": name, "score": 7, "reason": "Because."} for name in names]
    raw = event["rawPath"].replace(event["pathParameters"]["questionId"], question_id)
    return serve(
        "override_score",
        world,
        pathParameters=path,
        rawPath=raw,
        requestContext=_at(as_caller("override_score", ADVISOR.user_id, role="advisor"), raw),
        headers=JSON,
        body=json.dumps({"criteria": criteria}),
    )


def _at(context: dict[str, Any], path: str) -> dict[str, Any]:
    return context | {"http": context["http"] | {"path": path}}


def test_a_track_has_the_text_that_is_asked_about(serve: Serve) -> None:
    body = body_of(serve("get_track", world_at(Stage.LOGGED_IN)))

    assert body["aiScoring"] == {"textVersion": CURRENT_TEXT, "text": TEXTS[CURRENT_TEXT]}


@pytest.mark.parametrize(
    ("said", "recorded"),
    [
        ({"aiScoring": "declined", "aiScoringTextVersion": 1}, DECLINED),
        ({"aiScoring": "consented"}, DECLINED | {"decision": "consented"}),
        ({"aiScoring": None}, NOT_ASKED),
        ({}, NOT_ASKED),
    ],
)
def test_a_start_answers_what_was_recorded(
    serve: Serve, said: dict[str, object], recorded: dict[str, object]
) -> None:
    reply = start(serve, world_at(Stage.LOGGED_IN), **said)

    assert (reply["statusCode"], body_of(reply)["aiScoring"]) == (201, recorded)


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"aiScoring": "not_asked"}, "/aiScoring"),
        ({"aiScoring": "yes"}, "/aiScoring"),
        ({"aiScoring": "consented", "aiScoringTextVersion": 2}, "/aiScoringTextVersion"),
        ({"aiScoring": "consented", "aiScoringTextVersion": "1"}, "/aiScoringTextVersion"),
        ({"aiScoringTextVersion": 1}, "/aiScoring"),
    ],
)
def test_a_start_with_anything_else_is_refused(
    serve: Serve, said: dict[str, object], pointer: str
) -> None:
    world = world_at(Stage.LOGGED_IN)

    reply = start(serve, world, **said)

    assert reply["statusCode"] == 422
    assert [e["pointer"] for e in body_of(reply)["errors"]] == [pointer]
    assert world.store.state.assessments == {}


def test_a_decision_shows_in_the_assessment(serve: Serve) -> None:
    world = world_at(Stage.ANSWERED)
    before = body_of(serve("get_assessment", world))["aiScoring"]

    assert body_of(serve("decide_ai_scoring", world)) == DECLINED

    assert (before, body_of(serve("get_assessment", world))["aiScoring"]) == (NOT_ASKED, DECLINED)
    assert body_of(serve("list_assessments", world))["items"][0]["aiScoring"] == DECLINED


def test_after_submission_it_is_too_late(serve: Serve) -> None:
    reply = serve("decide_ai_scoring", world_at(Stage.SUBMITTED))

    assert (reply["statusCode"], body_of(reply)["code"]) == (409, "already_submitted")


@pytest.mark.parametrize(
    "body", ['{"decision":"not_asked"}', "{}", '{"decision":"declined","x":1}']
)
def test_a_bad_decision_is_refused(serve: Serve, body: str) -> None:
    assert serve("decide_ai_scoring", world_at(Stage.ANSWERED), body=body)["statusCode"] == 422


def test_a_client_can_show_that_people_read(serve: Serve) -> None:
    world = world_at(Stage.ANSWERED)
    serve("decide_ai_scoring", world)

    submitted = body_of(serve("submit_assessment", world))
    status = body_of(serve("get_status", world))

    assert submitted["status"] == status["status"] == "in_review"
    assert len(submitted["ruleScores"]) == 3
    assert status["readByPeople"] == {"essays": 3, "marked": 0}
    assert (status["percent"], status["estimatedSecondsRemaining"]) == (10, None)
    assert (status["degraded"], status["degradedReasons"]) == (False, [])
    waiting = serve("complete_assessment", world)
    assert (waiting["statusCode"], body_of(waiting)) == (202, status)
    result = serve("get_result", world)
    assert (result["statusCode"], body_of(result)["code"]) == (409, "result_not_ready")


def test_a_replay_says_so_too_when_all_is_done(serve: Serve) -> None:
    world = world_at(Stage.ANSWERED)
    serve("decide_ai_scoring", world)
    keyed = JSON | {"idempotency-key": "key 1"}
    first = serve("submit_assessment", world, headers=keyed)
    for essay in ESSAYS:
        mark(serve, world, essay, "accuracy", "clarity", "coherence")

    assert serve("submit_assessment", world, headers=keyed)["body"] == first["body"]


def test_the_queue_says_that_nobody_has_read_and_what_to_mark_by(serve: Serve) -> None:
    world = declined_and_submitted(serve)

    (review, *_) = body_of(serve("list_reviews", world))["items"]

    assert review["urgency"] == "unread"
    nothing = ("score", "scoredBy", "overallScore", "band", "secondReading", "lease")
    assert {review[name] for name in nothing} == {None}
    assert (review["criteria"], review["flags"]) == ([], ["ai_scoring_declined"])
    assert review["scoredAt"] == DECIDED_AT
    assert len(review["rubric"]["criteria"]) == 3


def test_an_advisor_marks_all_and_the_student_has_a_result(serve: Serve) -> None:
    world = declined_and_submitted(serve)
    incomplete = mark(serve, world, ESSAYS[0], "accuracy")
    assert incomplete["statusCode"] == 422
    assert "clarity, coherence" in body_of(incomplete)["detail"]

    for essay in ESSAYS:
        assert mark(serve, world, essay, "accuracy", "clarity", "coherence")["statusCode"] == 201

    result = body_of(serve("get_result", world))
    assert (result["status"], result["aiScoring"]) == ("completed", DECLINED)
    assert {e["scoredBy"]["engine"] for e in result["essayScores"]} == {"person"}
    assert {e["score"] for e in result["essayScores"]} == {7}
    assert [e["previous"] for e in result["essayScores"]] == [[], [], []]
    assert result["recommendation"]["writtenBy"]["engine"] == "template"
    assert result["recommendation"]["trace"]["embeddingModel"] is None
    assert [e.type for e in world.bus.published] == [
        EventType.ASSESSMENT_SUBMITTED,
        EventType.ASSESSMENT_COMPLETED,
    ]
    assert world.store.state.assessments[ASSESSMENT].status is AssessmentStatus.COMPLETED


def test_there_is_nothing_to_confirm(serve: Serve) -> None:
    world = declined_and_submitted(serve)
    event = sample("confirm_score")
    waiting = body_of(serve("list_reviews", world))["items"][0]["essayScoreId"]
    raw = event["rawPath"].replace(event["pathParameters"]["essayScoreId"], waiting)

    reply = serve(
        "confirm_score",
        world,
        pathParameters={"essayScoreId": waiting},
        rawPath=raw,
        requestContext=_at(event["requestContext"], raw),
    )

    assert (reply["statusCode"], body_of(reply)["code"]) == (409, "marks_missing")


def test_the_export_has_the_decisions_and_no_marks_that_nobody_gave(serve: Serve) -> None:
    world = declined_and_submitted(serve)

    [held] = body_of(serve("export_me", world))["assessments"]

    assert (held["aiScoring"], held["aiScoringDecisions"]) == (DECLINED, [DECLINED])
    assert (held["status"], held["essayScores"], held["jobs"]) == ("in_review", [], [])


def test_operations_count_it_apart(serve: Serve) -> None:
    world = declined_and_submitted(serve)

    body = body_of(serve("get_operations", world))

    assert body["assessments"]["now"]["in_review"] == 1
    assert body["assessments"]["now"]["scoring"] == 0
    assert body["inReview"] == {"waiting": 1, "oldestSeconds": 0.0}
    assert body["completed"]["readByPeople"] == 0


def test_it_is_for_the_student_who_takes_it(serve: Serve) -> None:
    caller = as_caller("decide_ai_scoring", "somebody-else")

    reply = serve("decide_ai_scoring", world_at(Stage.ANSWERED), requestContext=caller)

    assert reply["statusCode"] == 404
