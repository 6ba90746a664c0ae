from typing import Any

import pytest

from shared.api.caller import ensure_allowed, idempotency_of, read_caller
from shared.api.routes import BASE_PATH, ROUTES, Route
from shared.domain.errors import (
    ForbiddenError,
    InvalidInputError,
    StoreUnavailableError,
    UnauthenticatedError,
)
from shared.domain.idempotency import IdempotencyKey
from shared.domain.user import Caller, Role, SessionId, UserId
from tests.unit.api.toy import LIST, START, STUDENT, Toy, an_event

PROTECTED = [route for route in ROUTES if route.roles is not None]
PUBLIC = [route for route in ROUTES if route.roles is None]


def key_of(route: Route) -> str:
    return f"{route.method} {BASE_PATH}{route.path}"


def event_for(
    route: Route, role: Role | None, *, resumes: str = "", asks: str = "asm_1"
) -> dict[str, Any]:
    """`resumes` is the assessment of a resume token, `asks` the one that the request names."""
    claims = None if role is None else STUDENT | {"role": role.value, "assessmentId": resumes}
    return an_event(
        key_of(route),
        parameters={"assessmentId": asks} if "{assessmentId}" in route.path else None,
        path=f"{BASE_PATH}{route.path}",
        query=None if "{" in route.path else {"assessmentId": asks},
        claims=claims,
    )


def name_of(value: object) -> str | None:
    return f"{value.method}-{value.path}" if isinstance(value, Route) else None


class TestDoor:
    @pytest.mark.parametrize("route", PROTECTED, ids=name_of)
    def test_without_a_caller_it_is_shut(self, route: Route) -> None:
        with pytest.raises(UnauthenticatedError):
            ensure_allowed(event_for(route, None))

    @pytest.mark.parametrize("route", PROTECTED, ids=name_of)
    def test_while_nobody_can_be_known_it_says_so(self, route: Route) -> None:
        event = an_event(key_of(route), claims={"outage": "the database cannot be reached"})

        with pytest.raises(StoreUnavailableError, match="the database cannot be reached"):
            ensure_allowed(event)

    @pytest.mark.parametrize(
        ("route", "role"),
        [(route, role) for route in PROTECTED for role in Role],
        ids=name_of,
    )
    def test_it_opens_to_the_roles_of_the_table_alone(self, route: Route, role: Role) -> None:
        event = event_for(route, role)

        if role in (route.roles or ()):
            ensure_allowed(event)
        else:
            with pytest.raises(ForbiddenError, match=f"you are {role}"):
                ensure_allowed(event)

    @pytest.mark.parametrize("route", PUBLIC, ids=name_of)
    def test_public_routes_ask_for_nobody(self, route: Route) -> None:
        ensure_allowed(event_for(route, None))

    @pytest.mark.parametrize(
        "route_key",
        [
            "",
            "$default",
            "PUT /api/v1/me",
            "GET /api/v1/assessments/{id}",
            "GET /me",
            "get /api/v1/me",
        ],
    )
    def test_a_route_that_is_not_in_the_table_is_closed_to_everybody(self, route_key: str) -> None:
        admin = STUDENT | {"role": "admin"}

        with pytest.raises(ForbiddenError, match="not open to anybody"):
            ensure_allowed(an_event(route_key, path="/api/v1/me", claims=admin))

    def test_an_event_without_a_route_is_closed(self) -> None:
        with pytest.raises(ForbiddenError):
            ensure_allowed({})

    def test_a_wrong_role_is_told_whom_it_is_for(self) -> None:
        with pytest.raises(ForbiddenError, match="this is for student; you are advisor"):
            ensure_allowed(an_event(START, claims=STUDENT | {"role": "advisor"}))


class TestResumeTokens:
    NAMING = tuple(
        r
        for r in PROTECTED
        if ("{assessmentId}" in r.path or r.function == "get_recommendations")
        and Role.STUDENT in (r.roles or ())
    )
    NAMELESS = (LIST, START, "GET /api/v1/me", "POST /api/v1/auth/logout")

    @pytest.mark.parametrize("route", NAMING, ids=name_of)
    def test_they_open_their_own_assessment(self, route: Route) -> None:
        ensure_allowed(event_for(route, Role.STUDENT, resumes="asm_1", asks="asm_1"))

    @pytest.mark.parametrize("route", NAMING, ids=name_of)
    def test_they_open_no_other(self, route: Route) -> None:
        with pytest.raises(ForbiddenError, match="its own assessment only"):
            ensure_allowed(event_for(route, Role.STUDENT, resumes="asm_1", asks="asm_2"))

    @pytest.mark.parametrize("route_key", [*NAMELESS, "GET /api/v1/recommendations"])
    def test_they_open_nothing_that_names_none(self, route_key: str) -> None:
        event = an_event(route_key, claims=STUDENT | {"assessmentId": "asm_1"})

        with pytest.raises(ForbiddenError, match="its own assessment only"):
            ensure_allowed(event)

    @pytest.mark.parametrize("route_key", NAMELESS)
    def test_naming_it_where_nobody_asks_opens_nothing(self, route_key: str) -> None:
        event = an_event(
            route_key,
            query={"assessmentId": "asm_1"},
            claims=STUDENT | {"assessmentId": "asm_1"},
        )

        with pytest.raises(ForbiddenError, match="its own assessment only"):
            ensure_allowed(event)

    def test_the_path_decides_whatever_the_query_says(self) -> None:
        event = an_event(
            "GET /api/v1/assessments/{assessmentId}",
            parameters={"assessmentId": "asm_2"},
            query={"assessmentId": "asm_1"},
            claims=STUDENT | {"assessmentId": "asm_1"},
        )

        with pytest.raises(ForbiddenError):
            ensure_allowed(event)


class TestReading:
    def test_the_caller_is_who_the_authorizer_found(self) -> None:
        assert read_caller(an_event(claims=STUDENT)) == Caller(
            user_id=UserId("usr_1"), session_id=SessionId("ses_1"), role=Role.STUDENT
        )

    def test_a_resume_token_says_which_assessment(self) -> None:
        assert read_caller(an_event(claims=STUDENT | {"assessmentId": "a"})).assessment_id == "a"

    def test_no_assessment_is_said_with_an_empty_text(self) -> None:
        assert read_caller(an_event(claims=STUDENT | {"assessmentId": ""})).assessment_id is None

    def test_a_refusal_of_the_authorizer_is_passed_on(self) -> None:
        with pytest.raises(UnauthenticatedError, match="the token has expired"):
            read_caller(an_event(claims={"refusal": "the token has expired"}))

    @pytest.mark.parametrize(
        "context",
        [{}, {"requestContext": {}}, {"requestContext": {"authorizer": {"lambda": None}}}],
    )
    def test_without_an_authorizer_there_is_no_caller(self, context: dict[str, Any]) -> None:
        with pytest.raises(UnauthenticatedError, match="send an access token as Bearer"):
            read_caller(context)


class TestIdempotencyKeys:
    def bind(self, toy: Toy, event: dict[str, Any], key: str | None) -> IdempotencyKey | None:
        """Bind a key to a request that the toy has just had."""
        toy.call(event)
        return idempotency_of(toy.api, key, scope="usr_1")

    def test_a_client_may_do_without(self, toy: Toy) -> None:
        assert self.bind(toy, an_event(body={"trackId": "x"}), None) is None

    def test_a_key_is_bound_to_whose_it_is_and_what_for(self, toy: Toy) -> None:
        bound = self.bind(toy, an_event(body={"trackId": "x"}), "k1")

        assert bound is not None
        assert (bound.scope, bound.operation, bound.key) == ("usr_1", START, "k1")
        assert len(bound.request_hash) == 64

    def test_the_same_request_hashes_alike_and_another_body_or_path_does_not(
        self, toy: Toy
    ) -> None:
        hashes = [
            bound.request_hash
            for event in (
                an_event(body={"trackId": "x"}),
                an_event(body={"trackId": "x"}),
                an_event(body={"trackId": "y"}),
                an_event(body={"trackId": "x"}, path="/api/v1/other"),
            )
            if (bound := self.bind(toy, event, "k1"))
        ]

        assert hashes[0] == hashes[1]
        assert len(set(hashes)) == 3

    @pytest.mark.parametrize("key", ["k", "x" * 255, "a, b c", "~!"])
    def test_printable_ascii_makes_a_key(self, toy: Toy, key: str) -> None:
        bound = self.bind(toy, an_event(), key)

        assert bound is not None
        assert bound.key == key

    @pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\tb", "a\0b"])
    def test_anything_else_is_refused(self, toy: Toy, key: str) -> None:
        with pytest.raises(InvalidInputError, match="1 to 255 printable") as caught:
            self.bind(toy, an_event(), key)

        assert caught.value.pointer == "header/idempotency-key"
