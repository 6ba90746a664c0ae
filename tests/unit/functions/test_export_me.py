"""The edge of the export: paging, length, and who did what."""

import base64
import io
import json
from itertools import chain
from typing import Any
from zipfile import ZipFile

import pytest

from shared.domain.assessment import Answer
from shared.domain.essay import Evidence
from shared.domain.event import EventId, EventType
from shared.domain.user import Role
from tests.builders import (
    MORE_TIME,
    NOON,
    a_criterion_score,
    a_rating,
    a_response,
    a_user,
    a_verdict_on,
    an_accommodations_version,
    an_assessment,
    an_essay_question,
    an_essay_score,
    an_id,
    feedback_on,
    snapshots_of,
)
from tests.fakes.sample_world import ASSESSMENT, STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, as_caller, body_of

LONGEST = "漢" * 10_000


def pages(serve: Serve, world: FakeWiring, **query: str) -> list[list[str]]:
    """Return the assessments of every document, following the cursor."""
    found: list[list[str]] = []
    cursor: dict[str, str] = {}
    while True:
        reply = serve("export_me", world, queryStringParameters=query | cursor)
        assert reply["statusCode"] == 200
        assert len(reply["body"]) < 6_000_000
        body = body_of(reply)
        found.append([a["assessmentId"] for a in body["assessments"]])
        if body["nextCursor"] is None:
            return found
        cursor = {"cursor": body["nextCursor"]}


def test_the_cursor_leads_to_older_assessments(serve: Serve) -> None:
    world = world_at(Stage.COMPLETED)
    with world.store.begin() as repositories:
        for _ in range(2):
            repositories.assessments.add(an_assessment(student_id=STUDENT), ())

    found = pages(serve, world, limit="2")

    assert [len(page) for page in found] == [2, 1]
    assert list(chain(*found)) == sorted(world.store.state.assessments, reverse=True)


def documents(reply: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what is in the zip, in order."""
    assert (reply["statusCode"], reply["headers"]["Content-Type"]) == (200, "application/zip")
    assert reply["headers"]["Cache-Control"] == "no-store"
    assert len(reply["body"]) < 6_000_000
    with ZipFile(io.BytesIO(base64.b64decode(reply["body"]))) as archive:
        return [json.loads(archive.read(name)) for name in archive.namelist()]


def test_a_zip_has_the_documents_of_all_assessments(serve: Serve) -> None:
    world = world_at(Stage.COMPLETED)
    with world.store.begin() as repositories:
        for _ in range(2):
            repositories.assessments.add(an_assessment(student_id=STUDENT), ())

    asked = {"format": "zip", "limit": "2"}
    found = documents(serve("export_me", world, queryStringParameters=asked))

    assert [len(document["assessments"]) for document in found] == [2, 1]
    assert found[-1]["nextCursor"] is None
    first = serve("export_me", world, queryStringParameters={"limit": "2"})
    assert found[0] == body_of(first)


def test_what_does_not_fit_one_zip_is_in_the_next(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = world_at(Stage.COMPLETED)
    with world.store.begin() as repositories:
        repositories.assessments.add(an_assessment(student_id=STUDENT), ())
    monkeypatch.setattr("functions.export_me.ZIP_FULL", 0)
    asked = {"format": "zip", "limit": "1"}

    [first] = documents(serve("export_me", world, queryStringParameters=asked))
    asked["cursor"] = first["nextCursor"]
    [second] = documents(serve("export_me", world, queryStringParameters=asked))

    ids = [d["assessments"][0]["assessmentId"] for d in (first, second)]
    assert ids == sorted(world.store.state.assessments, reverse=True)
    assert second["nextCursor"] is None


def test_a_document_stays_within_what_a_function_may_answer(serve: Serve) -> None:
    world = world_at(Stage.LOGGED_IN)
    for _ in range(10):
        add_the_longest_assessment(world)

    found = pages(serve, world)

    assert len(found) > 1
    assert all(found)
    assert list(chain(*found)) == sorted(world.store.state.assessments, reverse=True)


def add_the_longest_assessment(world: FakeWiring) -> None:
    essays = [an_essay_question(max_length=None) for _ in range(3)]
    assessment = an_assessment(student_id=STUDENT)
    quotes = (Evidence(quote=LONGEST, start=0, end=len(LONGEST)),)
    with world.store.begin() as repositories:
        of = repositories.assessments
        of.add(assessment, snapshots_of(essays))
        of.save_responses(
            assessment.id, [a_response(essay, answer=Answer(text=LONGEST)) for essay in essays]
        )
        for essay in essays:
            of.add_essay_score(
                an_essay_score(
                    assessment_id=assessment.id,
                    question_id=essay.id,
                    criteria=tuple(a_criterion_score(evidence=quotes) for _ in range(3)),
                )
            )


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "11"}, {"cursor": "made up"}])
def test_a_wrong_page_is_refused(serve: Serve, query: dict[str, str]) -> None:
    reply = serve("export_me", world_at(Stage.COMPLETED), queryStringParameters=query)

    assert reply["statusCode"] == 422


def test_no_cache_keeps_it(serve: Serve) -> None:
    reply = serve("export_me", world_at(Stage.COMPLETED))

    assert reply["headers"]["Cache-Control"] == "no-store"
    assert "assay-export.json" in reply["headers"]["Content-Disposition"]


def test_of_the_staff_it_says_what_they_did_and_not_who(serve: Serve) -> None:
    world, advisor = world_at(Stage.COMPLETED), an_id()
    with world.store.begin() as repositories:
        for actor, subject in (
            ("operator", STUDENT),
            (advisor, STUDENT),
            (STUDENT, STUDENT),
            ("system", STUDENT),
            (advisor, ASSESSMENT),
            (STUDENT, advisor),
        ):
            repositories.audit.append(
                actor=actor, action="looked.at", subject=subject, details={"n": 1}, at=NOON
            )

    reply = serve("export_me", world)
    body: dict[str, Any] = body_of(reply)

    assert [entry["by"] for entry in body["audit"]] == ["operator", "staff", "me", "system"]
    assert [entry["by"] for entry in body["assessments"][0]["audit"]] == ["staff"]
    assert advisor not in json.dumps(body)


def test_of_feedback_and_accommodations_it_has_all_but_who_of_the_staff(serve: Serve) -> None:
    world, staff = world_at(Stage.COMPLETED), an_id()
    with world.store.begin() as repositories:
        recommendation = repositories.recommendations.of_assessment(ASSESSMENT)
        assert recommendation is not None
        own = feedback_on(recommendation, author_id=STUDENT, rating=a_rating(comment="mine"))
        theirs = feedback_on(
            recommendation,
            author_id=staff,
            author_role=Role.ADVISOR,
            rating=a_rating(comment="theirs"),
        )
        verdicts = [
            a_verdict_on(recommendation, author_id=staff, reason="Owned."),
            a_verdict_on(recommendation, author_id=staff, revision=2, accepted=True),
        ]
        for verdict in verdicts:
            repositories.verdicts.add(verdict)
        for feedback in (own, theirs):
            repositories.feedback.add(feedback)
            repositories.outbox.append(
                EventType.RECOMMENDATION_FEEDBACK,
                STUDENT,
                {"authorId": feedback.author_id, "fit": 1},
                event_id=EventId(an_id()),
                at=NOON,
            )
        for version, granted in ((1, MORE_TIME), (2, None)):
            repositories.accommodations.append(
                an_accommodations_version(
                    student_id=STUDENT, version=version, granted=granted, set_by=staff
                )
            )

    body: dict[str, Any] = body_of(serve("export_me", world))

    [given] = body["feedback"]
    [received] = body["assessments"][0]["feedback"]
    assert body["assessments"][0]["verdicts"] == [
        {
            "id": verdict.id,
            "credentialId": verdict.credential_id,
            "verdict": "rejected" if verdict.revision == 1 else "accepted",
            "reason": verdict.reason,
            "role": "advisor",
            "revision": verdict.revision,
            "createdAt": "2026-01-01T12:00:00.000Z",
        }
        for verdict in verdicts
    ]
    [item] = body["assessments"][0]["recommendation"]["items"]
    assert (item["verdict"]["verdict"], item["verdict"]["revision"]) == ("accepted", 2)
    assert body["assessments"][0]["recommendation"]["trace"]["ranking"]
    assert body["verdicts"] == []
    assert (given["id"], given["comment"]) == (own.id, "mine")
    assert (received["id"], received["comment"]) == (theirs.id, "theirs")
    assert received["authorRole"] == "advisor"
    assert [event["data"] for event in body["events"]] == [
        {"authorId": STUDENT, "fit": 1},
        {"fit": 1},
    ]
    assert [(v["version"], v["granted"] is not None) for v in body["accommodations"]] == [
        (1, True),
        (2, False),
    ]
    assert body["accommodations"][0]["reason"] == "Certificate of 3 March"
    assert staff not in json.dumps(body)


def test_a_resume_token_exports_nothing(serve: Serve) -> None:
    context = as_caller("export_me", STUDENT)
    context["authorizer"]["lambda"]["assessmentId"] = ASSESSMENT

    reply = serve("export_me", world_at(Stage.COMPLETED), requestContext=context)

    assert reply["statusCode"] == 403


def test_an_advisor_has_the_verdicts_that_they_gave(serve: Serve) -> None:
    world, advisor = world_at(Stage.COMPLETED), a_user(role=Role.ADVISOR)
    with world.store.begin() as repositories:
        recommendation = repositories.recommendations.of_assessment(ASSESSMENT)
        assert recommendation is not None
        repositories.users.add(advisor)
        given = a_verdict_on(recommendation, author_id=advisor.id)
        repositories.verdicts.add(given)
        repositories.verdicts.add(a_verdict_on(recommendation, revision=2))

    caller = as_caller("export_me", advisor.id, role="advisor")
    body = body_of(serve("export_me", world, requestContext=caller))

    assert body["verdicts"] == [
        {
            "id": given.id,
            "recommendationId": recommendation.id,
            "credentialId": given.credential_id,
            "verdict": "rejected",
            "reason": "You hold this certificate already.",
            "revision": 1,
            "createdAt": "2026-01-01T12:00:00.000Z",
        }
    ]
