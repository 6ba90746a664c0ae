"""A function like those in `functions/`, without a use case, and the events that reach it."""

import json
from http import HTTPStatus
from typing import Annotated, Any, Final, NamedTuple

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.api.app import HttpHandler, build_api, handler_of
from shared.api.caller import current_caller
from shared.api.paging import Cursor, Limit
from shared.api.schemas.assessments import Responses, SavedOut, Start, Submit
from shared.api.schemas.auth import Registration, UserOut
from tests.fakes.metrics import FakeMetrics

START: Final = "POST /api/v1/assessments/start"
SAVE: Final = "PUT /api/v1/assessments/{assessmentId}/responses"
SUBMIT: Final = "POST /api/v1/assessments/{assessmentId}/submit"
LIST: Final = "GET /api/v1/assessments"
IDS: Final = {
    "assessmentId": "asm_1",
    "credentialId": "cred_1",
    "deliveryId": "dlv_1",
    "essayScoreId": "esc_1",
    "questionId": "q_1",
    "queue": "scoring",
    "recommendationId": "rec_1",
    "rescoreId": "rsc_1",
    "studentId": "usr_1",
    "trackId": "backend-engineer",
    "userId": "usr_1",
    "webhookId": "whk_1",
}
REGISTER: Final = "POST /api/v1/auth/register"
STUDENT: Final = {"userId": "usr_1", "sessionId": "ses_1", "role": "student"}


def an_event(
    route_key: str = START,
    *,
    path: str | None = None,
    body: object = None,
    headers: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
    parameters: dict[str, str] | None = None,
    claims: dict[str, str] | None = STUDENT,
    is_base64: bool = False,
) -> dict[str, Any]:
    """An event as API Gateway's HTTP API sends it (payload 2.0); a `body` of text goes as it is."""
    method, _, template = route_key.partition(" ")
    path = path or template.format(**(IDS | (parameters or {})))
    text = body if body is None or isinstance(body, str) else json.dumps(body)
    return {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": path,
        "rawQueryString": "&".join(f"{k}={v}" for k, v in (query or {}).items()),
        "queryStringParameters": query,
        "headers": {"content-type": "application/json"} if headers is None else headers,
        "pathParameters": parameters,
        "requestContext": {
            "requestId": "gateway-request",
            "stage": "$default",
            "http": {"method": method, "path": path, "sourceIp": "203.0.113.7"},
            **({"authorizer": {"lambda": claims}} if claims is not None else {}),
        },
        "body": text,
        "isBase64Encoded": is_base64,
    }


class Reply(NamedTuple):
    status: int
    content_type: str
    headers: dict[str, str]
    body: Any

    @property
    def pointers(self) -> list[str]:
        return [error["pointer"] for error in self.body["errors"]]


class Toy:
    """Routes that answer what they understood, or raise `raises`."""

    def __init__(self, context: LambdaContext) -> None:
        self.metrics = FakeMetrics()
        self.raises: Exception | None = None
        self.calls = 0
        self.api = build_api()
        self._context = context
        self._declare(self.api)
        self.handler: HttpHandler = handler_of(self.api, lambda: self.metrics)

    def call(self, event: dict[str, Any]) -> Reply:
        reply = self.handler(event, self._context)
        assert reply["isBase64Encoded"] is False
        headers = {name.lower(): str(value) for name, value in reply["headers"].items()}
        return Reply(
            status=reply["statusCode"],
            content_type=headers["content-type"],
            headers=headers,
            body=json.loads(reply["body"]),
        )

    def _called(self) -> None:
        self.calls += 1
        if self.raises:
            raise self.raises

    def _declare(self, api: APIGatewayHttpResolver) -> None:
        @api.post("/api/v1/assessments/start", status_code=HTTPStatus.CREATED)
        def start(start: Start) -> dict[str, Any]:
            self._called()
            return {
                "trackId": start.track_id,
                "level": start.experience_level,
                "caller": current_caller(api).user_id,
            }

        @api.put("/api/v1/assessments/<assessmentId>/responses")
        def save(assessmentId: str, body: Responses) -> dict[str, Any]:  # noqa: N803
            self._called()
            return {"id": assessmentId, "texts": [r.answer.text for r in body.responses]}

        @api.post("/api/v1/assessments/<assessmentId>/submit")
        def submit(assessmentId: str, submit: Submit | None = None) -> dict[str, Any]:  # noqa: N803
            self._called()
            return {"id": assessmentId, "allows": submit.allow_incomplete if submit else None}

        @api.get("/api/v1/assessments")
        def list_all(
            student_id: Annotated[str | None, Query(alias="studentId", max_length=64)] = None,
            limit: Limit = 20,
            cursor: Cursor = None,
        ) -> dict[str, Any]:
            self._called()
            return {"studentId": student_id, "limit": limit, "cursor": cursor}

        @api.post("/api/v1/auth/register")
        def register(registration: Registration) -> UserOut:
            self._called()
            unfit: Any = {"email": registration.email}
            return unfit

        # Its declared answer does not fit what it returns: a defect of ours.
        @api.get("/api/v1/tracks")
        def defect() -> SavedOut:
            self._called()
            unfit: Any = {"saved": "ada@example.org wrote this"}
            return unfit
