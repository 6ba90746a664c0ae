"""Every function has one sample in `events/`, and serves it."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.api.routes import BASE_PATH, ROUTES
from shared.domain.assessment import AssessmentStatus
from shared.domain.embedding import DIMENSIONS
from shared.domain.embedding_index import Rebuild, RebuildId, RebuildStatus
from shared.domain.essay import Usage
from shared.domain.event import EventId, EventType
from shared.domain.job import JobId, JobStatus
from shared.domain.question import QuestionId
from shared.domain.user import Role
from shared.domain.webhook_delivery import DeliveryStatus
from shared.usecases.set_user_role import set_user_role
from shared.usecases.snapshot_metrics import snapshot_metrics
from shared.wiring import Wiring
from tests.builders import (
    NOON,
    TRACK,
    a_rescore,
    a_theoretical_question,
    a_user,
    an_acceptable_credential,
    an_accommodations_version,
    feedback_on,
    three_options,
)
from tests.fakes.sample_world import (
    ADMIN,
    ASSESSMENT,
    DELIVERY,
    EMAIL,
    ESSAY_JOBS,
    ESSAYS,
    FUSION_JOB,
    RECOMMENDED,
    RESCORE,
    RETRIEVAL_JOB,
    SESSION,
    STUDENT,
    Stage,
    add_delivery,
    add_webhook,
    world_at,
)
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import put_doubt, put_fallback, put_status

ROOT: Final = Path(__file__).parents[2]
EVENTS: Final = ROOT / "events"
FUNCTIONS: Final = sorted(path.stem for path in (ROOT / "functions").glob("[!_]*.py"))
REBUILD: Final = RebuildId("019b7a01-0000-7000-8000-000000000040")
QUESTION: Final = QuestionId("019b7a01-0000-7000-8000-000000000020")
EMAIL_ADDRESS: Final = re.compile(r"[\w.+-]+@[\w.-]+")

Reply = dict[str, Any]
Check = Callable[[Reply, FakeWiring], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a sample meets, and what must be so after it was served."""

    stage: Stage
    check: Check
    prepare: Callable[[FakeWiring], None] = lambda _: None


def answers(status: int, /, **expected: object) -> Check:
    """A reply with this status, and in its JSON body these fields."""

    def check(reply: Reply, _: FakeWiring) -> bool:
        body = json.loads(reply["body"]) if reply.get("body") else {}
        assert reply["statusCode"] == status, body
        assert {name: body.get(name) for name in expected} == expected
        return True

    return check


def logged_out(reply: Reply, world: FakeWiring) -> bool:
    return reply["statusCode"] == 204 and world.store.state.sessions[SESSION].revoked_at is not None


def lists_one(reply: Reply, _: FakeWiring) -> bool:
    return reply["statusCode"] == 200 and len(json.loads(reply["body"])["items"]) == 1


def starts_ten_questions(reply: Reply, _: FakeWiring) -> bool:
    return reply["statusCode"] == 201 and len(json.loads(reply["body"])["questions"]) == 10


def submits(reply: Reply, world: FakeWiring) -> bool:
    return (
        reply["statusCode"] == 202
        and (ASSESSMENT, 1) in world.pipeline.started
        and [e.type for e in world.bus.published] == [EventType.ASSESSMENT_SUBMITTED]
    )


def takes_feedback(reply: Reply, world: FakeWiring) -> bool:
    marks = [(f.rating.relevance, f.rating.fit) for f in world.store.state.feedback.values()]
    return (
        reply["statusCode"] == 201
        and marks == [(5, 4)]
        and [e.type for e in world.bus.published] == [EventType.RECOMMENDATION_FEEDBACK]
    )


def takes_a_verdict(reply: Reply, world: FakeWiring) -> bool:
    decided = [(v.credential_id, v.accepted) for v in world.store.state.verdicts.values()]
    return (
        reply["statusCode"] == 201
        and decided == [(RECOMMENDED, False)]
        and [e.type for e in world.bus.published] == [EventType.RECOMMENDATION_FEEDBACK]
    )


def rate(world: FakeWiring) -> None:
    """Let somebody rate an item of the recommendation."""
    recommendation = world.store.state.recommendations[ASSESSMENT]
    with world.store.begin() as repositories:
        repositories.feedback.add(feedback_on(recommendation, item=recommendation.items[0]))


def doubt(world: FakeWiring) -> None:
    put_doubt(world)


def reviews(*events: EventType) -> Check:
    """A person's score of the first essay is stored, and this was told."""

    def check(reply: Reply, world: FakeWiring) -> bool:
        score = world.store.state.essay_scores[ASSESSMENT, ESSAYS[0], 2]
        told = [e.type for e in world.bus.published]
        return (
            reply["statusCode"] == 201
            and score.provenance.engine == "person"
            and told == list(events)
        )

    return check


def begin_a_rebuild(world: FakeWiring) -> None:
    with world.store.begin() as repositories:
        repositories.index.save_rebuild(
            Rebuild(
                id=REBUILD,
                model=world.embedder.model,
                dimensions=DIMENSIONS,
                status=RebuildStatus.RUNNING,
                run=1,
                total=0,
                embedded=0,
                started_by=STUDENT,
                started_at=NOON,
                updated_at=NOON,
            )
        )


def embeds_all(reply: Reply, world: FakeWiring) -> bool:
    rebuild = world.store.state.rebuilds[REBUILD]
    return reply == {"done": True, "waitSeconds": 0} and (rebuild.embedded, rebuild.total) == (1, 1)


def starts_a_rebuild(reply: Reply, world: FakeWiring) -> bool:
    return reply["statusCode"] == 202 and len(world.rebuild_runner.started) == 1


def names_the_keys(reply: Reply, _: FakeWiring) -> bool:
    """Those of tokens, and those of webhooks."""
    keys = json.loads(reply["body"])["keys"]
    return [(k["crv"], k["kid"].startswith("webhook-")) for k in keys] == [
        ("Ed25519", False),
        ("Ed25519", True),
    ]


def is_openapi(reply: Reply, _: FakeWiring) -> bool:
    return json.loads(reply["body"])["openapi"].startswith("3.1")


def knows_the_caller(reply: Reply, _: FakeWiring) -> bool:
    return reply == {
        "isAuthorized": True,
        "context": {
            "userId": STUDENT,
            "sessionId": SESSION,
            "role": "student",
            "assessmentId": "",
        },
    }


def does(job: JobId) -> Check:
    """The job is finished, and the state that waited for it was told."""

    def check(reply: Reply, world: FakeWiring) -> bool:
        is_done = world.store.state.jobs[job].status is JobStatus.SUCCEEDED
        return reply == {"batchItemFailures": []} and is_done and len(world.tasks.completed) == 1

    return check


def fails_the_task(reply: Reply, world: FakeWiring) -> bool:
    errors = [error for error, _ in world.tasks.failed.values()]
    return reply == {"batchItemFailures": []} and errors == ["retries_exhausted"]


def falls_back(_: Reply, world: FakeWiring) -> bool:
    engines = [s.provenance.engine for s in world.store.state.essay_scores.values()]
    is_done = world.store.state.jobs[ESSAY_JOBS[0]].status is JobStatus.FELL_BACK
    return is_done and engines == ["rubric"]


def ends(status: AssessmentStatus, *events: EventType) -> Check:
    def check(_: Reply, world: FakeWiring) -> bool:
        is_ended = world.store.state.assessments[ASSESSMENT].status is status
        return is_ended and [e.type for e in world.bus.published] == list(events)

    return check


def restarts_the_pipeline(reply: Reply, world: FakeWiring) -> bool:
    return reply["started"] == 1 and (ASSESSMENT, 1) in world.pipeline.started


def grow_old(world: FakeWiring) -> None:
    world.clock.advance(timedelta(days=800))


def lets_go_of_the_assessment(reply: Reply, world: FakeWiring) -> bool:
    is_nobodys = world.store.state.assessments[ASSESSMENT].student_id != STUDENT
    return reply["isComplete"] and reply["counts"]["assessments"] == 1 and is_nobodys


def forget_the_pipeline(world: FakeWiring) -> None:
    world.store.state.runs.clear()
    world.clock.at = world.clock.at.replace(minute=5)


def loads_seeds(reply: Reply, _: FakeWiring) -> bool:
    return reply["tracks"] == {"added": 1} and reply["embedded"] == 2


def tell_of_the_submission(world: FakeWiring) -> None:
    add_webhook(world)
    with world.store.begin() as repositories:
        repositories.outbox.append(
            EventType.ASSESSMENT_SUBMITTED,
            STUDENT,
            {"assessmentId": ASSESSMENT},
            event_id=EventId(world.ids.new()),
            at=world.clock.now(),
        )


def starts_one_delivery(reply: Reply, world: FakeWiring) -> bool:
    return reply == {"batchItemFailures": []} and len(world.delivery_runs.started) == 1


def delivers(reply: Reply, world: FakeWiring) -> bool:
    is_delivered = world.store.state.deliveries[DELIVERY].status is DeliveryStatus.DELIVERED
    return is_delivered and reply == {"isOver": True, "wait": 0}


def exports(reply: Reply, _: FakeWiring) -> bool:
    body = json.loads(reply["body"])
    return (
        (reply["statusCode"], body["account"]["email"]) == (200, EMAIL)
        and [a["assessmentId"] for a in body["assessments"]] == [ASSESSMENT]
        and len(body["assessments"][0]["responses"]) == 10
    )


def erases(reply: Reply, world: FakeWiring) -> bool:
    body = json.loads(reply["body"])
    return (
        (reply["statusCode"], body["userId"]) == (200, STUDENT)
        and STUDENT not in world.store.state.users
        and [e.type for e in world.bus.published] == [EventType.USER_ERASED]
    )


def creates_an_advisor(reply: Reply, world: FakeWiring) -> bool:
    return world.store.state.users[reply["userId"]].role is Role.ADVISOR


def accommodate(world: FakeWiring) -> None:
    with world.store.begin() as repositories:
        repositories.accommodations.append(an_accommodations_version(student_id=STUDENT))


def add_admin(world: FakeWiring) -> None:
    with world.store.begin() as repositories:
        repositories.users.add(a_user(id=ADMIN, role=Role.ADMIN))


def change_a_role(world: FakeWiring) -> None:
    add_admin(world)
    set_user_role(STUDENT, Role.ADVISOR, caller=None, store=world.store, clock=world.clock)


def prompt_a_model(world: FakeWiring) -> None:
    with world.store.begin() as repositories:
        repositories.usage.record(
            ASSESSMENT,
            purpose="score_essay",
            model="priced",
            usage=Usage(prompt_tokens=1_000_000, completion_tokens=500_000),
            at=NOON,
        )


def makes_an_advisor(reply: Reply, world: FakeWiring) -> bool:
    return (
        reply["statusCode"] == 200
        and json.loads(reply["body"])["role"] == "advisor"
        and world.store.state.users[STUDENT].role is Role.ADVISOR
    )


def adds_up(reply: Reply, _: FakeWiring) -> bool:
    body = json.loads(reply["body"])
    return (body["total"]["cost"], body["items"][0]["trackId"]) == (2.0, "backend-engineer")


def shows_the_work(reply: Reply, _: FakeWiring) -> bool:
    body = json.loads(reply["body"])
    is_done = body["assessments"]["now"]["completed"] == body["completed"]["count"] == 1
    return is_done and [queue["name"] for queue in body["queues"]] == [
        "scoring",
        "retrieval",
        "fusion",
        "webhooks",
    ]


def keep_a_credential(world: FakeWiring) -> None:
    """Let the catalog hold the credential that the samples change."""
    with world.store.begin() as repositories:
        repositories.credentials.put(
            an_acceptable_credential(
                id="019b7a01-0000-7000-8000-000000000030", slug="designing-apis"
            ),
            content_hash="1",
        )


def has_versions(number: int, *, status: int = 200) -> Check:
    """The reply tells of a change, and the credential has so many versions."""

    def check(reply: Reply, world: FakeWiring) -> bool:
        body = json.loads(reply["body"])
        assert (reply["statusCode"], body.get("changed")) == (status, True), body
        kept = world.store.state.credential_versions
        slugs = [v.entry.credential.slug for v in kept.values()]
        return slugs.count("designing-apis") == number

    return check


def tells_of_a_change(reply: Reply, _: FakeWiring) -> bool:
    return reply["statusCode"] in {200, 201} and json.loads(reply["body"])["changed"]


def imports_a_credential(reply: Reply, world: FakeWiring) -> bool:
    body = json.loads(reply["body"])
    assert (reply["statusCode"], body["created"]) == (200, 1), body
    return "designing-apis" in world.store.state.credentials


def changes_the_track(reply: Reply, world: FakeWiring) -> bool:
    body = json.loads(reply["body"])
    assert (reply["statusCode"], body["affected"]) == (200, {"runningAssessments": 1}), body
    return world.store.state.tracks[TRACK, 2].estimated_minutes == 20


def spare_a_question(world: FakeWiring) -> None:
    """Let the pool have one more than the track asks, and the first one be as authors write."""
    question = a_theoretical_question(options=three_options())
    with world.store.begin() as repositories:
        repositories.questions.put(question, content_hash="spare")
        first = replace(question, id=QUESTION, slug=f"t-{QUESTION}", prompt="What is a lock for?")
        repositories.questions.put(first, content_hash="first")


def add_rescore(world: FakeWiring) -> None:
    with world.store.begin() as repositories:
        repositories.rescores.add(a_rescore(id=RESCORE, is_dry_run=True))


def fall_back(world: FakeWiring) -> None:
    put_fallback(world)


def heals(reply: Reply, world: FakeWiring) -> bool:
    told = [e.type for e in world.bus.published]
    return (
        (reply["queued"], reply["done"], reply["events_sent"]) == (1, 1, 1)
        and told == [EventType.RESULT_CORRECTED]
        and world.store.state.assessments[ASSESSMENT].degradations == ()
    )


def give_up(world: FakeWiring) -> None:
    put_status(world, AssessmentStatus.FAILED)


def retries(reply: Reply, world: FakeWiring) -> bool:
    return (
        reply["statusCode"] == 202
        and world.store.state.assessments[ASSESSMENT].status is AssessmentStatus.SCORING
        and (ASSESSMENT, 2) in world.pipeline.started
    )


def take_figures(world: FakeWiring) -> None:
    snapshot_metrics(store=world.store, prices=world.prices, clock=world.clock)


def shows_the_day(reply: Reply, _: FakeWiring) -> bool:
    day = json.loads(reply["body"])["items"][-1]
    return (day["start"], day["completed"], day["final"]) == ("2026-01-01", 1, False)


def takes_figures(reply: Reply, world: FakeWiring) -> bool:
    return reply == {"periods": 45} and len(world.store.state.metric_snapshots) == 47


CASES: Final = {
    "advance_rebuild": Case(stage=Stage.LOGGED_IN, prepare=begin_a_rebuild, check=embeds_all),
    "answer_question": Case(stage=Stage.ANSWERED, check=answers(200, saved=1, answered=10)),
    "apply_fallback": Case(stage=Stage.SUBMITTED, check=falls_back),
    "apply_retention": Case(
        stage=Stage.COMPLETED, prepare=grow_old, check=lets_go_of_the_assessment
    ),
    "authorize_request": Case(stage=Stage.LOGGED_IN, check=knows_the_caller),
    "change_me": Case(stage=Stage.LOGGED_IN, check=answers(200, name="Sample S. Student")),
    "check_health": Case(stage=Stage.NOBODY, check=answers(200, status="ok")),
    "complete_assessment": Case(stage=Stage.COMPLETED, check=answers(200, status="completed")),
    "confirm_score": Case(stage=Stage.COMPLETED, prepare=doubt, check=reviews()),
    "decide_ai_scoring": Case(
        stage=Stage.ANSWERED, check=answers(200, decision="declined", textVersion=1)
    ),
    "erase_me": Case(stage=Stage.COMPLETED, check=erases),
    "erase_user": Case(stage=Stage.COMPLETED, prepare=add_admin, check=erases),
    "export_me": Case(stage=Stage.COMPLETED, check=exports),
    "create_credential": Case(stage=Stage.LOGGED_IN, check=has_versions(1, status=201)),
    "create_question": Case(stage=Stage.LOGGED_IN, check=answers(201, changed=True)),
    "create_user": Case(stage=Stage.NOBODY, check=creates_an_advisor),
    "deactivate_credential": Case(
        stage=Stage.LOGGED_IN, prepare=keep_a_credential, check=has_versions(2)
    ),
    "deactivate_question": Case(
        stage=Stage.LOGGED_IN, prepare=spare_a_question, check=tells_of_a_change
    ),
    "fail_assessment": Case(
        stage=Stage.SUBMITTED,
        check=ends(AssessmentStatus.FAILED, EventType.ASSESSMENT_FAILED),
    ),
    "fail_task": Case(stage=Stage.NOBODY, check=fails_the_task),
    "fan_out_event": Case(
        stage=Stage.SUBMITTED, prepare=tell_of_the_submission, check=starts_one_delivery
    ),
    "finish_assessment": Case(
        stage=Stage.FUSED,
        check=ends(AssessmentStatus.COMPLETED, EventType.ASSESSMENT_COMPLETED),
    ),
    "fuse_results": Case(stage=Stage.RETRIEVED, check=does(FUSION_JOB)),
    "get_accommodations": Case(
        stage=Stage.LOGGED_IN,
        prepare=accommodate,
        check=answers(200, userId=STUDENT, timeMultiplier=1.5, extraDays=7),
    ),
    "get_assessment": Case(stage=Stage.ANSWERED, check=answers(200, status="in_progress")),
    "get_credential": Case(
        stage=Stage.LOGGED_IN, prepare=keep_a_credential, check=answers(200, origin="seeds")
    ),
    "get_feedback_dashboard": Case(
        stage=Stage.COMPLETED, prepare=rate, check=answers(200, trackId=TRACK, withheld=1)
    ),
    "get_operations": Case(stage=Stage.COMPLETED, check=shows_the_work),
    "get_trends": Case(stage=Stage.COMPLETED, prepare=take_figures, check=shows_the_day),
    "snapshot_metrics": Case(stage=Stage.COMPLETED, check=takes_figures),
    "get_usage": Case(stage=Stage.COMPLETED, prepare=prompt_a_model, check=adds_up),
    "get_index": Case(
        stage=Stage.LOGGED_IN, prepare=keep_a_credential, check=answers(200, active=2, stale=1)
    ),
    "get_jwks": Case(stage=Stage.NOBODY, check=names_the_keys),
    "get_me": Case(stage=Stage.LOGGED_IN, check=answers(200, email=EMAIL)),
    "get_next_question": Case(stage=Stage.ANSWERED, check=answers(200, done=True)),
    "get_profile": Case(stage=Stage.COMPLETED, check=answers(200, overallScore=72)),
    "get_question": Case(stage=Stage.LOGGED_IN, check=answers(200, id=QUESTION)),
    "get_recommendations": Case(
        stage=Stage.COMPLETED,
        check=answers(200, summary="You know databases; learn to design APIs next."),
    ),
    "get_result": Case(
        stage=Stage.COMPLETED, check=answers(200, status="completed", degraded=False)
    ),
    "get_status": Case(stage=Stage.SCORED, check=answers(200, status="scoring", percent=70)),
    "get_student_history": Case(stage=Stage.COMPLETED, check=lists_one),
    "get_track": Case(stage=Stage.LOGGED_IN, check=answers(200, id="backend-engineer")),
    "give_verdict": Case(stage=Stage.COMPLETED, check=takes_a_verdict),
    "give_feedback": Case(stage=Stage.COMPLETED, check=takes_feedback),
    "lease_review": Case(
        stage=Stage.COMPLETED, prepare=doubt, check=answers(200, until="2026-01-01T12:15:00.000Z")
    ),
    "list_assessments": Case(stage=Stage.ANSWERED, check=lists_one),
    "list_audit_logs": Case(stage=Stage.LOGGED_IN, prepare=change_a_role, check=lists_one),
    "list_users": Case(stage=Stage.LOGGED_IN, prepare=add_admin, check=lists_one),
    "set_user_role": Case(stage=Stage.LOGGED_IN, prepare=add_admin, check=makes_an_advisor),
    "verify_audit_logs": Case(
        stage=Stage.LOGGED_IN, prepare=change_a_role, check=answers(200, valid=True, rows=1)
    ),
    "list_cohort": Case(stage=Stage.COMPLETED, check=lists_one),
    "list_reviews": Case(stage=Stage.COMPLETED, prepare=doubt, check=lists_one),
    "list_credential_versions": Case(
        stage=Stage.LOGGED_IN, prepare=keep_a_credential, check=lists_one
    ),
    "list_credentials": Case(stage=Stage.LOGGED_IN, check=lists_one),
    "list_question_versions": Case(stage=Stage.LOGGED_IN, check=lists_one),
    "list_questions": Case(
        stage=Stage.LOGGED_IN, check=lambda r, _: len(json.loads(r["body"])["items"]) == 10
    ),
    "list_tracks": Case(stage=Stage.LOGGED_IN, check=lists_one),
    "load_seeds": Case(stage=Stage.NOBODY, check=loads_seeds),
    "log_in": Case(stage=Stage.LOGGED_IN, check=answers(200, tokenType="Bearer")),
    "log_out": Case(stage=Stage.LOGGED_IN, check=logged_out),
    "migrate_database": Case(stage=Stage.NOBODY, check=lambda r, _: r == {"revision": "0001"}),
    "override_score": Case(stage=Stage.COMPLETED, check=reviews(EventType.RESULT_CORRECTED)),
    "rebuild_index": Case(stage=Stage.LOGGED_IN, check=starts_a_rebuild),
    "reconcile": Case(
        stage=Stage.SUBMITTED, prepare=forget_the_pipeline, check=restarts_the_pipeline
    ),
    "redrive_queue": Case(
        stage=Stage.NOBODY,
        prepare=lambda world: world.dead_letters.left.update(scoring=3),
        check=answers(200, queue="scoring", moved=3, waiting=0),
    ),
    "refresh_session": Case(stage=Stage.LOGGED_IN, check=answers(200, tokenType="Bearer")),
    "register_user": Case(stage=Stage.NOBODY, check=answers(201, email=EMAIL, role="student")),
    "remove_accommodations": Case(
        stage=Stage.LOGGED_IN,
        prepare=accommodate,
        check=answers(200, userId=STUDENT, changed=[], unchanged=[]),
    ),
    "restore_credential": Case(
        stage=Stage.LOGGED_IN, prepare=keep_a_credential, check=has_versions(2)
    ),
    "restore_question": Case(
        stage=Stage.LOGGED_IN, prepare=spare_a_question, check=tells_of_a_change
    ),
    "start_rescore": Case(
        stage=Stage.COMPLETED, check=answers(202, scope="track", subject=TRACK, dryRun=True)
    ),
    "get_rescore": Case(stage=Stage.COMPLETED, prepare=add_rescore, check=lists_one),
    "run_rescores": Case(stage=Stage.COMPLETED, prepare=fall_back, check=heals),
    "retry_assessment": Case(stage=Stage.SCORED, prepare=give_up, check=retries),
    "retrieve_credentials": Case(stage=Stage.SCORED, check=does(RETRIEVAL_JOB)),
    "save_responses": Case(stage=Stage.ANSWERED, check=answers(200, saved=3, answered=10)),
    "score_essay": Case(stage=Stage.SUBMITTED, check=does(ESSAY_JOBS[0])),
    "send_delivery": Case(stage=Stage.NOBODY, prepare=add_delivery, check=delivers),
    "serve_deliveries": Case(stage=Stage.NOBODY, prepare=add_delivery, check=lists_one),
    "serve_docs": Case(stage=Stage.NOBODY, check=is_openapi),
    "set_accommodations": Case(
        stage=Stage.LOGGED_IN,
        check=answers(200, userId=STUDENT, timeMultiplier=1.5, extraDays=7, version=1),
    ),
    "serve_webhooks": Case(
        stage=Stage.NOBODY, check=answers(201, url="https://lms.example.com/assay", enabled=True)
    ),
    "serve_tracks": Case(stage=Stage.ANSWERED, check=changes_the_track),
    "start_assessment": Case(stage=Stage.LOGGED_IN, check=starts_ten_questions),
    "transfer_content": Case(stage=Stage.LOGGED_IN, check=imports_a_credential),
    "update_credential": Case(
        stage=Stage.LOGGED_IN, prepare=keep_a_credential, check=has_versions(2)
    ),
    "update_question": Case(
        stage=Stage.LOGGED_IN, prepare=spare_a_question, check=tells_of_a_change
    ),
    "submit_assessment": Case(stage=Stage.ANSWERED, check=submits),
}


def sample(function: str) -> dict[str, Any]:
    return json.loads((EVENTS / f"{function}.json").read_text())


def test_every_function_has_exactly_one_sample() -> None:
    assert sorted(path.stem for path in EVENTS.glob("*.json")) == FUNCTIONS
    assert sorted(CASES) == FUNCTIONS


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_sample_is_served(
    function: str, context: LambdaContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = CASES[function]
    world = world_at(case.stage)
    case.prepare(world)
    module = import_module(f"functions.{function}")
    monkeypatch.setattr(module, "wiring", world)

    reply = module.lambda_handler(sample(function), context)

    assert case.check(reply, world), reply


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_sample_holds_no_real_address(function: str) -> None:
    addresses = EMAIL_ADDRESS.findall((EVENTS / f"{function}.json").read_text())

    assert all(address.endswith("@example.com") for address in addresses)


@pytest.mark.parametrize("function", sorted({route.function for route in ROUTES}))
def test_the_sample_of_a_route_is_a_request_to_it(function: str) -> None:
    event = sample(function)
    keys = {
        f"{route.method} {BASE_PATH}{route.path}" for route in ROUTES if route.function == function
    }

    assert event["routeKey"] in keys
    method, template = event["routeKey"].split()
    path = template.format(**event.get("pathParameters", {}))
    assert (event["requestContext"]["http"]["method"], event["rawPath"]) == (method, path)


def test_the_fake_wiring_offers_all_that_the_real_one_does() -> None:
    offered = {name for name in vars(Wiring) if not name.startswith("_")}

    assert offered <= set(dir(FakeWiring()))
