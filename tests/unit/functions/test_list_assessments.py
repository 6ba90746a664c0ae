from shared.domain.assessment import LIFETIME
from tests.builders import an_assessment
from tests.fakes.sample_world import ASSESSMENT, STUDENT, Stage, world_at
from tests.unit.functions.serving import Serve, as_caller, body_of
from tests.unit.usecases.scenes import ADVISOR, SOMEBODY_ELSE


def test_the_cursor_leads_through_all_pages(serve: Serve) -> None:
    world = world_at(Stage.ANSWERED)
    with world.store.begin() as repositories:
        for _ in range(2):
            repositories.assessments.add(an_assessment(student_id=STUDENT), ())
    seen: list[str] = []
    query = {"limit": "1"}
    while True:
        page = body_of(serve("list_assessments", world, queryStringParameters=query))
        seen += [item["assessmentId"] for item in page["items"]]
        if page["nextCursor"] is None:
            break
        query = {"limit": "1", "cursor": page["nextCursor"]}

    assert len(seen) == 3
    assert seen == sorted(world.store.state.assessments, reverse=True)


def test_an_assessment_whose_time_is_up_is_listed_as_expired(serve: Serve) -> None:
    world = world_at(Stage.ANSWERED)
    world.clock.advance(LIFETIME)

    [item] = body_of(serve("list_assessments", world))["items"]

    assert item["status"] == "expired"


def test_an_advisor_names_the_student(serve: Serve) -> None:
    reply = serve(
        "list_assessments",
        world_at(Stage.ANSWERED),
        queryStringParameters={"studentId": STUDENT},
        requestContext=as_caller("list_assessments", ADVISOR.user_id, role="advisor"),
    )

    assert [item["assessmentId"] for item in body_of(reply)["items"]] == [ASSESSMENT]


def test_a_student_may_not(serve: Serve) -> None:
    reply = serve(
        "list_assessments",
        world_at(Stage.ANSWERED),
        queryStringParameters={"studentId": STUDENT},
        requestContext=as_caller("list_assessments", SOMEBODY_ELSE.user_id),
    )

    assert reply["statusCode"] == 403


def test_a_made_up_cursor_is_refused(serve: Serve) -> None:
    reply = serve(
        "list_assessments", world_at(Stage.ANSWERED), queryStringParameters={"cursor": "made up"}
    )

    assert reply["statusCode"] == 422
