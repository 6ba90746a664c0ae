import io
import json
from types import SimpleNamespace

import pytest

from shared.api.body import MAX_BODY_BYTES
from shared.domain.errors import (
    AssessmentExpiredError,
    InvalidInputError,
    JobBusyError,
    StoreUnavailableError,
)
from shared.domain.metrics import Metric
from tests.unit.api.toy import SAVE, START, STUDENT, SUBMIT, Toy, an_event

GOOD = {"trackId": "backend-engineer"}


class TestAnswers:
    def test_a_good_request_is_answered_in_camel_case_json(self, toy: Toy) -> None:
        reply = toy.call(an_event(body=GOOD))

        assert (reply.status, reply.content_type) == (201, "application/json")
        assert reply.body == {
            "trackId": "backend-engineer",
            "level": "intermediate",
            "caller": "usr_1",
        }

    def test_parameters_of_the_path_reach_the_route(self, toy: Toy) -> None:
        assert toy.call(an_event(SUBMIT, body={}, parameters={"assessmentId": "asm_7"})).body == {
            "id": "asm_7",
            "allows": False,
        }


class TestRefusals:
    def test_an_error_of_the_domain_is_a_problem(self, toy: Toy) -> None:
        toy.raises = AssessmentExpiredError("start a new one")

        reply = toy.call(an_event(body=GOOD))

        assert (reply.status, reply.content_type) == (410, "application/problem+json")
        assert reply.body["code"] == "assessment_expired"
        assert reply.body["detail"] == "start a new one"
        assert reply.body["instance"] == "/api/v1/assessments/start"

    def test_subclasses_keep_their_pointer(self, toy: Toy) -> None:
        toy.raises = InvalidInputError("too long", pointer="/responses/0/answer/text")

        assert toy.call(an_event(body=GOOD)).pointers == ["/responses/0/answer/text"]

    def test_a_database_that_is_away_is_a_503_with_retry_after(self, toy: Toy) -> None:
        toy.raises = StoreUnavailableError("the database is away")

        reply = toy.call(an_event(body=GOOD))

        assert (reply.status, reply.headers["retry-after"]) == (503, "5")

    def test_without_a_caller_the_route_is_not_reached(self, toy: Toy) -> None:
        reply = toy.call(an_event(body=GOOD, claims=None))

        assert (reply.status, reply.body["code"]) == (401, "unauthenticated")
        assert reply.headers["www-authenticate"] == "Bearer"
        assert toy.calls == 0

    def test_with_the_wrong_role_it_is_not_reached(self, toy: Toy) -> None:
        reply = toy.call(an_event(body=GOOD, claims=STUDENT | {"role": "admin"}))

        assert (reply.status, reply.body["code"]) == (403, "forbidden")
        assert toy.calls == 0

    @pytest.mark.parametrize("body", ["{}", "no json", "x" * (MAX_BODY_BYTES + 1)])
    def test_who_may_not_come_in_learns_nothing_of_the_body(self, toy: Toy, body: str) -> None:
        event = an_event(body=body, headers={"content-type": "text/plain"}, claims=None)

        assert toy.call(event).status == 401

    def test_an_unknown_path_is_a_problem_too(self, toy: Toy) -> None:
        reply = toy.call(an_event(START, path="/api/v1/assessments/nowhere", body=GOOD))

        assert (reply.status, reply.content_type) == (404, "application/problem+json")
        assert reply.body["code"] == "not_found"

    @pytest.mark.parametrize("odd", ["a\0b", 'a"b', "a\\b", "../x"])
    def test_an_id_that_cannot_be_one_is_not_found(self, toy: Toy, odd: str) -> None:
        reply = toy.call(an_event(SUBMIT, parameters={"assessmentId": odd}))

        assert (reply.status, reply.body["code"]) == (404, "not_found")


class TestBodies:
    def test_half_a_megabyte_is_enough_for_anybody(self, toy: Toy) -> None:
        body = json.dumps(GOOD).ljust(512 * 1024)

        assert toy.call(an_event(body=body)).status == 201

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param("x" * (MAX_BODY_BYTES + 1), id="one-byte-more"),
            pytest.param("é" * (MAX_BODY_BYTES // 2 + 1), id="bytes-count-not-characters"),
        ],
    )
    def test_more_is_a_413(self, toy: Toy, body: str) -> None:
        reply = toy.call(an_event(SAVE, body=body))

        assert (reply.status, reply.content_type) == (413, "application/problem+json")
        assert reply.body["code"] == "body_too_large"
        assert toy.calls == 0

    @pytest.mark.parametrize(
        "content_type",
        [
            "text/plain",
            "application/xml",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "multipart/form-data; boundary=x",
        ],
    )
    def test_what_is_not_json_is_a_415(self, toy: Toy, content_type: str) -> None:
        reply = toy.call(an_event(body="trackId=x", headers={"content-type": content_type}))

        assert (reply.status, reply.content_type) == (415, "application/problem+json")
        assert reply.body["code"] == "unsupported_media_type"
        assert toy.calls == 0

    def test_so_is_the_promise_of_something_else_without_a_body(self, toy: Toy) -> None:
        reply = toy.call(an_event(headers={"content-type": "text/plain"}))

        assert (reply.status, reply.body["code"]) == (415, "unsupported_media_type")

    def test_without_a_content_type_it_is_taken_for_json(self, toy: Toy) -> None:
        assert toy.call(an_event(body=GOOD, headers={})).status == 201

    def test_a_post_of_curl_without_a_body_passes(self, toy: Toy) -> None:
        headers = {"content-type": "application/x-www-form-urlencoded"}

        assert toy.call(an_event(SUBMIT, headers=headers)).status == 200


class TestOurFaults:
    @pytest.fixture(params=[ZeroDivisionError("in a secret place"), JobBusyError("at the edge")])
    def broken(self, toy: Toy, request: pytest.FixtureRequest) -> Toy:
        toy.raises = request.param
        return toy

    def test_an_unexpected_error_is_a_problem_that_names_the_request(self, toy: Toy) -> None:
        toy.raises = ZeroDivisionError("in a secret place")

        reply = toy.call(an_event(body=GOOD))

        assert (reply.status, reply.content_type) == (500, "application/problem+json")
        assert reply.body == {
            "type": "https://assay.example/problems/internal-error",
            "title": "Internal Server Error",
            "status": 500,
            "detail": "something went wrong on our side; quote request req_1",
            "code": "internal_error",
            "instance": "/api/v1/assessments/start",
        }

    def test_its_trace_stands_in_the_log_and_nowhere_else(self, toy: Toy, log: io.StringIO) -> None:
        toy.raises = ZeroDivisionError("in a secret place")

        reply = toy.call(an_event(body=GOOD))

        assert "Traceback" not in json.dumps(reply.body)
        assert "secret" not in json.dumps(reply.body)
        assert "ZeroDivisionError" in log.getvalue()
        assert "req_1" in log.getvalue()

    def test_even_a_resolver_that_breaks_leaves_a_problem(self, toy: Toy) -> None:
        event = an_event(body=GOOD)
        del event["requestContext"]["http"]

        assert toy.call(event).body["code"] == "internal_error"

    def test_an_answer_that_does_not_fit_its_model_is_our_fault(
        self, toy: Toy, log: io.StringIO
    ) -> None:
        reply = toy.call(an_event("GET /api/v1/tracks"))

        assert (reply.status, reply.content_type) == (500, "application/problem+json")
        assert reply.body["code"] == "internal_error"
        assert "answer does not fit its model" in log.getvalue()
        assert "ada@example.org" not in log.getvalue()


class TestMeasures:
    def test_each_request_is_timed_by_route(self, toy: Toy) -> None:
        toy.call(an_event(SUBMIT, parameters={"assessmentId": "asm_7"}))

        (measured,) = toy.metrics.of(Metric.REQUEST_LATENCY)
        assert measured.dimensions == {"route": "POST /api/v1/assessments/{assessmentId}/submit"}
        assert 0 < measured.value < 10_000

    def test_it_is_timed_in_milliseconds(
        self, toy: Toy, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
    ) -> None:
        seconds = iter((10.0, 10.25))
        monkeypatch.setattr(
            "shared.api.app.time", SimpleNamespace(perf_counter=lambda: next(seconds))
        )

        toy.call(an_event(body=GOOD))

        assert [m.value for m in toy.metrics.measured] == [250.0]
        assert json.loads(log.getvalue())["milliseconds"] == 250.0

    def test_refusals_and_failures_are_timed_too(self, toy: Toy) -> None:
        toy.raises = ZeroDivisionError()
        for event in (an_event(claims=None), an_event(body="x"), an_event(body=GOOD)):
            toy.call(event)

        assert len(toy.metrics.measured) == 3


class TestLog:
    def test_a_request_is_one_line_of_ids_and_numbers(self, toy: Toy, log: io.StringIO) -> None:
        answer = {"questionId": "q_1", "answer": {"text": "my secret answer"}}
        event = an_event(SAVE, body={"responses": [answer]}, parameters={"assessmentId": "asm_7"})

        toy.call(event)

        (line,) = map(json.loads, log.getvalue().splitlines())
        assert line["message"] == "answered"
        assert line["assessment_id"] == "asm_7"
        assert line["correlation_id"] == "gateway-request"
        assert line["function_request_id"] == "req_1"
        assert line["status"] == 200
        assert "secret" not in log.getvalue()
        assert "203.0.113.7" not in log.getvalue()

    def test_a_refusal_names_its_code(self, toy: Toy, log: io.StringIO) -> None:
        toy.raises = AssessmentExpiredError("start a new one")

        toy.call(an_event(body=GOOD))

        refused, answered = map(json.loads, log.getvalue().splitlines())
        assert (refused["message"], refused["code"]) == ("request refused", "assessment_expired")
        assert answered["status"] == 410

    def test_so_does_a_refusal_at_the_door(self, toy: Toy, log: io.StringIO) -> None:
        toy.call(an_event(body=GOOD, claims=None))

        refused, answered = map(json.loads, log.getvalue().splitlines())
        assert (refused["message"], refused["code"]) == ("request refused", "unauthenticated")
        assert answered["status"] == 401

    def test_faults_in_the_input_are_logged_by_their_place_alone(
        self, toy: Toy, log: io.StringIO
    ) -> None:
        toy.call(an_event(body={"trackId": ["my secret answer"]}))

        refused, _ = map(json.loads, log.getvalue().splitlines())
        assert (refused["code"], refused["pointers"]) == ("invalid_request", ["/trackId"])
        assert "secret" not in log.getvalue()

    def test_one_requests_assessment_is_not_anothers(self, toy: Toy, log: io.StringIO) -> None:
        toy.call(an_event(SUBMIT, parameters={"assessmentId": "asm_7"}))
        toy.call(an_event(body=GOOD))

        _, second = map(json.loads, log.getvalue().splitlines())
        assert "assessment_id" not in second
