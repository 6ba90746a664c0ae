"""What the handlers of reviews add: the bodies they take, the answers they give, and the event."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.essay import SecondReading
from shared.domain.event import EventType
from tests.builders import a_provenance
from tests.fakes.sample_world import ASSESSMENT, ESSAY_SCORES, ESSAYS, STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, as_caller, body_of, sample
from tests.unit.usecases.scenes import ADMIN, ADVISOR, put_doubt

FUNCTIONS = ("list_reviews", "lease_review", "confirm_score", "override_score")
REASON = "Isolation is not what the answer says it is."
GOOD: dict[str, Any] = {"name": "accuracy", "score": 2, "reason": REASON}
JSON = {"content-type": "application/json"}


@pytest.fixture
def world() -> FakeWiring:
    world = world_at(Stage.COMPLETED)
    put_doubt(world)
    return world


def override(serve: Serve, world: FakeWiring, *marks: object, **changes: object) -> dict[str, Any]:
    body = json.dumps({"criteria": list(marks)})
    return serve("override_score", world, **{"headers": JSON, "body": body} | changes)


def problem_of(reply: Mapping[str, Any], status: int) -> dict[str, Any]:
    assert reply["statusCode"] == status, reply
    return body_of(reply)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    ("user_id", "role", "is_allowed"),
    [
        (STUDENT, "student", False),
        (ADVISOR.user_id, "advisor", True),
        (ADMIN.user_id, "admin", True),
    ],
)
def test_reviews_are_for_staff(
    serve: Serve, world: FakeWiring, function: str, user_id: str, role: str, *, is_allowed: bool
) -> None:
    caller = as_caller(function, user_id, role=role)

    reply = serve(function, world, requestContext=caller)

    assert (reply["statusCode"] == 403) is not is_allowed
    if is_allowed:
        assert reply["statusCode"] in {200, 201}


def test_the_queue_shows_all_that_a_fair_mark_needs(serve: Serve, world: FakeWiring) -> None:
    reading = SecondReading(score=3.5, provenance=a_provenance(engine="rubric"), bound=3.0)
    put_doubt(world, flags=("engines_disagree",), second_reading=reading)

    body = body_of(serve("list_reviews", world))

    (review,) = body["items"]
    criteria, rubric = review.pop("criteria"), review.pop("rubric")
    assert review == {
        "essayScoreId": ESSAY_SCORES[0],
        "assessmentId": ASSESSMENT,
        "trackId": "backend-engineer",
        "questionId": ESSAYS[0],
        "prompt": "Explain what transactions are for.",
        "domain": "backend.databases",
        "answer": "A transaction is atomic.",
        "score": 7.3,
        "maxScore": 10,
        "feedback": "A sound answer.",
        "flags": ["engines_disagree"],
        "secondReading": {
            "score": 3.5,
            "maxScore": 10,
            "engine": "rubric",
            "model": "gpt-5.4-mini",
            "bound": 3,
        },
        "scoredBy": {
            "engine": "openai",
            "model": "gpt-5.4-mini",
            "promptVersion": "score_essay.v1",
            "promptHash": "beef",
            "rubricHash": "c0ffee",
            "questionVersion": 1,
            "attempt": 1,
        },
        "scoredAt": "2026-01-01T12:00:00.000Z",
        "overallScore": 72,
        "band": "proficient",
        "urgency": "flagged",
        "lease": None,
    }
    assert [c["name"] for c in rubric["criteria"]] == ["accuracy", "clarity", "coherence"]
    assert all(c["weight"] > 0 and c["levels"] for c in rubric["criteria"])
    assert all(set(point) == {"text", "weight"} for point in rubric["keyPoints"])
    assert rubric["referenceAnswer"]
    assert criteria[0]["evidence"] == [{"quote": "is atomic", "start": 14, "end": 23}]
    assert body["nextCursor"] is None
    assert STUDENT not in json.dumps(body), "a reviewer need not know whose answer it is"


def test_the_queue_pages_by_its_cursor(serve: Serve, world: FakeWiring) -> None:
    put_doubt(world, 1)

    first = body_of(serve("list_reviews", world, queryStringParameters={"limit": "1"}))
    rest = body_of(
        serve(
            "list_reviews",
            world,
            queryStringParameters={"limit": "1", "cursor": first["nextCursor"]},
        )
    )

    found = [review["essayScoreId"] for page in (first, rest) for review in page["items"]]
    assert found == list(ESSAY_SCORES[:2])
    assert rest["nextCursor"] is None


@pytest.mark.parametrize("cursor", ["nonsense", "MSAyIDM", "%%%", "MDE5Yg"])
def test_another_cursor_is_refused(serve: Serve, world: FakeWiring, cursor: str) -> None:
    reply = serve("list_reviews", world, queryStringParameters={"cursor": cursor})

    assert [e["pointer"] for e in problem_of(reply, 422)["errors"]] == ["query/cursor"]


def test_a_lease_is_mine_or_somebody_elses_and_nobody_is_named(
    serve: Serve, world: FakeWiring
) -> None:
    taken = serve("lease_review", world)
    assert body_of(taken) == {
        "essayScoreId": ESSAY_SCORES[0],
        "until": "2026-01-01T12:15:00.000Z",
    }

    other = as_caller("list_reviews", ADMIN.user_id, role="admin")
    mine = serve("list_reviews", world)
    theirs = serve("list_reviews", world, requestContext=other)

    leases = [body_of(reply)["items"][0]["lease"] for reply in (mine, theirs)]
    assert leases == [
        {"until": "2026-01-01T12:15:00.000Z", "mine": True},
        {"until": "2026-01-01T12:15:00.000Z", "mine": False},
    ]
    holder = sample("lease_review")["requestContext"]["authorizer"]["lambda"]["userId"]
    assert holder not in theirs["body"]


@pytest.mark.parametrize("function", FUNCTIONS[1:])
def test_who_comes_second_is_told_until_when_and_not_who(
    serve: Serve, world: FakeWiring, function: str
) -> None:
    serve("lease_review", world)
    holder = sample("lease_review")["requestContext"]["authorizer"]["lambda"]["userId"]

    reply = serve(function, world, requestContext=as_caller(function, ADMIN.user_id, role="admin"))

    problem = problem_of(reply, 409)
    assert problem["code"] == "leased"
    assert "2026-01-01T12:15:00.000Z" in problem["detail"]
    assert holder not in reply["body"]


def test_what_was_reviewed_is_not_reviewed_again(serve: Serve, world: FakeWiring) -> None:
    serve("confirm_score", world)

    for function in ("lease_review", "confirm_score"):
        headers = {"idempotency-key": "another"}
        reply = serve(function, world, headers=headers)
        assert problem_of(reply, 409)["code"] == "review_not_needed"


@pytest.mark.parametrize("function", ["lease_review", "confirm_score"])
@pytest.mark.parametrize("unknown", ["nonsense", "019b7a01-0000-7000-8000-00000000dead"])
def test_an_unknown_score_is_not_found(
    serve: Serve, world: FakeWiring, function: str, unknown: str
) -> None:
    path = sample(function)["rawPath"].replace(ESSAY_SCORES[0], unknown)

    reply = serve(function, world, rawPath=path, pathParameters={"essayScoreId": unknown})

    assert problem_of(reply, 404)["code"] == "not_found"


def test_the_answer_to_an_override_is_numbers(serve: Serve, world: FakeWiring) -> None:
    reply = override(serve, world, GOOD)

    score = world.store.state.essay_scores[ASSESSMENT, ESSAYS[0], 2]
    assert reply["statusCode"] == 201
    body = body_of(reply)
    marks = body.pop("criteria")
    assert body == {
        "essayScoreId": score.id,
        "assessmentId": ASSESSMENT,
        "questionId": ESSAYS[0],
        "score": 5,
        "maxScore": 10,
        "attempt": 2,
        "createdAt": "2026-01-01T12:00:00.000Z",
    }
    assert {mark["name"]: mark["score"] for mark in marks} == {
        "accuracy": 2,
        "clarity": 8,
        "coherence": 8,
    }


def test_the_result_says_that_a_person_marked_it_and_what_was_before(
    serve: Serve, world: FakeWiring
) -> None:
    override(serve, world, GOOD)

    essay, *others = body_of(serve("get_result", world))["essayScores"]

    assert (essay["scoredBy"]["engine"], essay["scoredBy"]["attempt"]) == ("person", 2)
    assert (essay["score"], essay["needsReview"], essay["flags"]) == (5, False, [])
    assert {c["name"]: c["feedback"] for c in essay["criteria"]}["accuracy"] == REASON
    (before,) = essay["previous"]
    assert (before["score"], before["flags"]) == (7.3, ["addresses_grader"])
    assert {c["name"]: c["score"] for c in before["criteria"]}["accuracy"] == 8
    assert [other["previous"] for other in others] == [[], []]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"score": -0.1}, "score"),
        ({"score": 10.1}, "score"),
        ({"score": "5"}, "score"),
        ({"score": True}, "score"),
        ({"score": None}, "score"),
        ({"name": "style"}, "name"),
        ({"reason": ""}, "reason"),
        ({"reason": " \n"}, "reason"),
        ({"reason": "x" * 1001}, "reason"),
        ({"reason": "a\0b"}, "reason"),
        ({"reason": None}, "reason"),
        ({"feedback": "x"}, "feedback"),
    ],
)
def test_bad_input_is_refused_by_name(
    serve: Serve, world: FakeWiring, change: dict[str, Any], pointer: str
) -> None:
    reply = override(serve, world, GOOD | change)

    problem = problem_of(reply, 422)
    assert problem["code"] == "invalid_request"
    assert [e["pointer"] for e in problem["errors"]] == [f"/criteria/0/{pointer}"]
    assert "xxx" not in reply["body"], "what was sent is not echoed"
    assert len(world.store.state.essay_scores) == 3


@pytest.mark.parametrize("missing", ["name", "score", "reason"])
def test_name_score_and_reason_are_required(serve: Serve, world: FakeWiring, missing: str) -> None:
    mark = {name: value for name, value in GOOD.items() if name != missing}

    problem = problem_of(override(serve, world, mark), 422)

    assert problem["errors"] == [
        {"pointer": f"/criteria/0/{missing}", "detail": "this field is required"}
    ]


@pytest.mark.parametrize("count", [0, 4])
def test_there_are_one_to_three_marks(serve: Serve, world: FakeWiring, count: int) -> None:
    problem = problem_of(override(serve, world, *[GOOD] * count), 422)

    assert [e["pointer"] for e in problem["errors"]] == ["/criteria"]


def test_a_criterion_is_named_once(serve: Serve, world: FakeWiring) -> None:
    problem = problem_of(override(serve, world, GOOD, GOOD), 422)

    assert problem["code"] == "invalid_input"
    assert [e["pointer"] for e in problem["errors"]] == ["/criteria/1/name"]


@pytest.mark.parametrize("score", [0, 10, 7.5])
def test_the_ends_of_the_scale_belong_to_it(serve: Serve, world: FakeWiring, score: float) -> None:
    reply = override(serve, world, GOOD | {"score": score, "reason": " 😀 " + "x" * 990})

    assert reply["statusCode"] == 201
    (mark,) = [
        c
        for c in world.store.state.essay_scores[ASSESSMENT, ESSAYS[0], 2].criteria
        if c.name == "accuracy"
    ]
    assert (mark.score, mark.feedback) == (score, "😀 " + "x" * 990)


@pytest.mark.parametrize("function", ["override_score", "confirm_score"])
def test_the_same_request_again_gets_the_first_answer_again(
    serve: Serve, world: FakeWiring, function: str
) -> None:
    first = serve(function, world)
    world.clock.advance(timedelta(minutes=1))

    again = serve(function, world)

    assert (again["statusCode"], again["body"]) == (first["statusCode"], first["body"])
    assert again["headers"]["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first["headers"]


def test_the_event_is_sent_at_once_and_when_the_bus_is_away_later(
    serve: Serve, world: FakeWiring
) -> None:
    override(serve, world, GOOD)
    world.bus.is_available = False

    assert override(serve, world, GOOD)["statusCode"] == 201

    told = [event.type for event in world.store.state.outbox.values()]
    assert told == [EventType.RESULT_CORRECTED] * 2
    assert len(world.bus.published) == len(world.store.state.sent) == 1
