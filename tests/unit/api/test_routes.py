"""The route table and the functions must agree; neither is generated from the other."""

import json
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.api.routes import BASE_PATH, ROUTES, Route
from shared.api.urls import status_url
from shared.domain.assessment import AssessmentId
from shared.domain.user import Role
from tests.unit.api.toy import an_event

FUNCTIONS = Path(__file__).parents[3] / "functions"
PROTECTED = [route for route in ROUTES if route.roles is not None]


def name_of(route: Route) -> str:
    return f"{route.method}-{route.path}"


def function_of(route: Route) -> ModuleType:
    return import_module(f"functions.{route.function}")


def declared_by(function: ModuleType) -> set[tuple[str, str]]:
    api = function.api
    return {(route.method, route.path) for route in api._static_routes + api._dynamic_routes}


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_the_function_declares_its_route(route: Route) -> None:
    path = f"{BASE_PATH}{route.path}".replace("{", "<").replace("}", ">")

    assert (route.method, path) in declared_by(function_of(route))


def test_every_route_that_a_function_declares_is_in_the_table() -> None:
    http = [
        import_module(f"functions.{path.stem}")
        for path in FUNCTIONS.glob("[!_]*.py")
        if "build_api" in path.read_text("utf-8")
    ]
    declared = set().union(*map(declared_by, http))

    assert declared == {
        (r.method, f"{BASE_PATH}{r.path}".replace("{", "<").replace("}", ">")) for r in ROUTES
    }


@pytest.mark.parametrize("route", PROTECTED, ids=name_of)
def test_every_function_stands_behind_the_door(route: Route, context: LambdaContext) -> None:
    event = an_event(
        f"{route.method} {BASE_PATH}{route.path}",
        path=f"{BASE_PATH}{route.path}".replace("{assessmentId}", "asm_1").replace(
            "{userId}", "usr_1"
        ),
        claims=None,
    )

    reply = function_of(route).lambda_handler(event, context)

    assert reply["statusCode"] == 401
    assert reply["headers"]["Content-Type"] == "application/problem+json"
    assert json.loads(reply["body"])["code"] == "unauthenticated"


def test_no_route_stands_twice() -> None:
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)


def test_what_changes_an_assessment_is_for_students_alone_but_for_reviews() -> None:
    changing = [r for r in ROUTES if r.path.startswith("/assessments/") and r.method != "GET"]

    assert len(changing) == 7
    assert all(
        route.roles == {Role.STUDENT} for route in changing if route.function != "override_score"
    )


def test_reviews_and_cohorts_are_for_staff_alone() -> None:
    functions = {
        "list_reviews",
        "lease_review",
        "confirm_score",
        "override_score",
        "list_cohort",
        "get_student_history",
        "give_verdict",
    }
    roles = {route.function: route.roles for route in ROUTES if route.function in functions}

    assert roles == dict.fromkeys(functions, frozenset({Role.ADVISOR, Role.ADMIN}))


def test_feedback_is_given_by_students_and_advisors_and_read_by_staff() -> None:
    roles = {r.function: r.roles for r in ROUTES if r.path.endswith("/feedback")}

    assert roles == {
        "give_feedback": {Role.STUDENT, Role.ADVISOR},
        "get_feedback_dashboard": {Role.ADVISOR, Role.ADMIN},
    }


def test_what_admins_keep_is_for_admins_alone() -> None:
    kept = [route for route in ROUTES if route.path.startswith("/admin/")]

    assert kept
    assert {route.roles for route in kept} == {frozenset({Role.ADMIN})}


def test_tracks_are_read_by_everybody_and_changed_by_admins_alone() -> None:
    of_tracks = [route for route in ROUTES if route.path.startswith("/tracks")]
    open_to_all = {(r.method, r.path) for r in of_tracks if r.roles is None}

    assert open_to_all == {("GET", "/tracks"), ("GET", "/tracks/{trackId}")}
    assert {r.roles for r in of_tracks if r.roles} == {frozenset({Role.ADMIN})}


def test_only_what_must_be_is_open_to_everybody() -> None:
    assert {route.path for route in ROUTES if route.roles is None} == {
        "/health",
        "/.well-known/jwks.json",
        "/openapi.json",
        "/docs",
        "/auth/register",
        "/auth/login",
        "/auth/refresh",
        "/tracks",
        "/tracks/{trackId}",
    }


def test_administration_and_what_it_costs_are_for_admins_alone() -> None:
    dashboards = ("/dashboards/operations", "/dashboards/usage")
    guarded = [r for r in ROUTES if r.path.startswith(("/admin/", *dashboards))]

    assert guarded
    assert all(route.roles == {Role.ADMIN} for route in guarded)


def test_a_status_url_is_a_route_that_exists() -> None:
    (route,) = [r for r in ROUTES if r.function == "get_status"]

    assert status_url(AssessmentId("{assessmentId}")) == f"{BASE_PATH}{route.path}"
