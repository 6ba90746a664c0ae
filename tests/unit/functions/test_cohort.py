"""What advisors see of many students, and of one over time."""

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.assessment import LIFETIME
from tests.builders import TRACK, a_degradation, a_user, an_assessment, an_id
from tests.fakes.sample_world import ASSESSMENT, STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, as_caller, body_of, sample
from tests.unit.usecases.scenes import ADVISOR, put_doubt

OUTCOME: dict[str, Any] = {
    "assessmentId": ASSESSMENT,
    "trackId": TRACK,
    "status": "completed",
    "experienceLevel": "intermediate",
    "startedAt": "2026-01-01T11:50:00.000Z",
    "expiresAt": "2026-01-08T11:50:00.000Z",
    "accommodated": False,
    "aiScoring": {"decision": "not_asked", "textVersion": None, "decidedAt": None},
    "submittedAt": "2026-01-01T11:59:55.000Z",
    "completedAt": "2026-01-01T12:00:00.000Z",
    "overallScore": 72,
    "band": "proficient",
    "confidence": 0.86,
    "degraded": True,
    "degradedReasons": ["essay_scoring_fallback"],
    "needsReview": True,
}


@pytest.fixture
def world() -> FakeWiring:
    """The sample student's assessment is degraded and wants a review."""
    world = world_at(Stage.COMPLETED)
    put_doubt(world)
    assessments = world.store.state.assessments
    twice = (a_degradation(), a_degradation())
    assessments[ASSESSMENT] = replace(assessments[ASSESSMENT], degradations=twice)
    return world


def add_assessment(world: FakeWiring) -> str:
    """Let another student begin."""
    student, assessment = a_user(), an_assessment()
    with world.store.begin() as repositories:
        repositories.users.add(student)
        repositories.assessments.add(replace(assessment, student_id=student.id), ())
    return assessment.id


def listed(serve: Serve, world: FakeWiring, **query: str) -> list[str]:
    page = body_of(serve("list_cohort", world, queryStringParameters=query))
    return [item["assessmentId"] for item in page["items"]]


def test_an_entry_says_who_and_what_came_of_it(serve: Serve, world: FakeWiring) -> None:
    body = body_of(serve("list_cohort", world, queryStringParameters={}))

    assert body == {
        "items": [OUTCOME | {"studentId": STUDENT, "studentName": "Sample Student"}],
        "nextCursor": None,
    }


def test_an_assessment_without_a_result_has_none(serve: Serve, world: FakeWiring) -> None:
    begun = add_assessment(world)
    world.clock.advance(LIFETIME)

    items = body_of(serve("list_cohort", world, queryStringParameters={}))["items"]

    item = next(item for item in items if item["assessmentId"] == begun)
    assert (item["status"], item["overallScore"], item["band"], item["confidence"]) == (
        "expired",
        None,
        None,
        None,
    )


def test_every_filter_reaches_the_list(serve: Serve, world: FakeWiring) -> None:
    begun = add_assessment(world)

    for name, yes, no in (
        ("q", "sample STUD", "simple"),
        ("student", STUDENT, an_id()),
        ("trackId", TRACK, "unknown"),
        ("band", "proficient", "advanced"),
        ("since", "2026-01-01T11:50:00Z", "2026-01-02"),
        ("until", "2026-01-01T11:50:01Z", "2026-01-01T11:50:00Z"),
    ):
        assert ASSESSMENT in listed(serve, world, **{name: yes}), name
        assert listed(serve, world, **{name: no}) == [], name
    for name in ("degraded", "needsReview"):
        assert listed(serve, world, **{name: "true"}) == [ASSESSMENT]
        assert listed(serve, world, **{name: "false"}) == [begun]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("q", ""),
        ("q", " x "),
        ("q", "x" * 101),
        ("q", "a\0b"),
        ("band", "excellent"),
        ("degraded", "perhaps"),
        ("needsReview", "2"),
        ("since", "yesterday"),
        ("until", "2026-13-01"),
        ("trackId", ""),
        ("student", "x" * 65),
        ("limit", "0"),
        ("cursor", "%%%"),
    ],
)
def test_a_bad_filter_is_refused_by_name(
    serve: Serve, world: FakeWiring, name: str, value: str
) -> None:
    reply = serve("list_cohort", world, queryStringParameters={name: value})

    assert reply["statusCode"] == 422
    assert [e["pointer"] for e in body_of(reply)["errors"]] == [f"query/{name}"]


@pytest.mark.parametrize("function", ["list_cohort", "get_student_history"])
def test_the_cursor_leads_through_all_pages(serve: Serve, world: FakeWiring, function: str) -> None:
    with world.store.begin() as repositories:
        for _ in range(2):
            repositories.assessments.add(an_assessment(student_id=STUDENT), ())
    seen: list[str] = []
    query = {"limit": "2"}
    while True:
        page = body_of(serve(function, world, queryStringParameters=query))
        seen += [item["assessmentId"] for item in page["items"]]
        if page["nextCursor"] is None:
            break
        query = {"limit": "2", "cursor": page["nextCursor"]}

    assert seen == sorted(world.store.state.assessments, reverse=True)
    assert len(seen) == 3


def test_a_history_has_the_scores_by_domain(serve: Serve, world: FakeWiring) -> None:
    add_assessment(world)

    assert body_of(serve("get_student_history", world)) == {
        "studentId": STUDENT,
        "studentName": "Sample Student",
        "items": [
            OUTCOME
            | {"domainBreakdown": [{"domain": "backend.databases", "score": 80, "questions": 2}]}
        ],
        "nextCursor": None,
    }


def test_who_is_no_student_has_no_history(serve: Serve, world: FakeWiring) -> None:
    advisor = a_user(role=ADVISOR.role)
    with world.store.begin() as repositories:
        repositories.users.add(advisor)

    for user_id in (advisor.id, an_id(), "nonsense"):
        path = sample("get_student_history")["rawPath"].replace(STUDENT, user_id)
        reply = serve(
            "get_student_history", world, rawPath=path, pathParameters={"studentId": user_id}
        )
        assert (reply["statusCode"], body_of(reply)["code"]) == (404, "not_found")


@pytest.mark.parametrize("function", ["list_cohort", "get_student_history"])
def test_students_see_neither(serve: Serve, world: FakeWiring, function: str) -> None:
    assert serve(function, world, requestContext=as_caller(function, STUDENT))["statusCode"] == 403
