"""Events as AWS sends them: API Gateway's HTTP API (payload 2.0), its authorizer, SQS."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bench.environment import QUEUE_URL
from bench.invocation import Event
from shared.api.routes import BASE_PATH, ROUTES

ROUTE_OF: Final = {route.function: route for route in ROUTES}
HOST: Final = "abcdefghij.execute-api.us-east-1.amazonaws.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    user_id: str
    session_id: str

    def authorizer_context(self) -> dict[str, str]:
        return {
            "userId": self.user_id,
            "sessionId": self.session_id,
            "role": "student",
            "assessmentId": "",
        }


def http_event(
    function: str,
    *,
    student: Student | None = None,
    assessment_id: str | None = None,
    body: object = None,
    key: str | None = None,
) -> Event:
    """Return the request to the function's route; `key` is the Idempotency-Key."""
    route = ROUTE_OF[function]
    path = BASE_PATH + route.path.replace("{assessmentId}", assessment_id or "")
    authorizer = {"lambda": student.authorizer_context()} if student else {}
    return {
        "version": "2.0",
        "routeKey": f"{route.method} {BASE_PATH}{route.path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": _headers({"idempotency-key": key} if key else {}),
        "requestContext": {
            **_request_context(route.method, path),
            "authorizer": authorizer,
        },
        "pathParameters": {"assessmentId": assessment_id} if assessment_id else None,
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def authorizer_event(token: str) -> Event:
    route = ROUTE_OF["get_status"]
    path = BASE_PATH + route.path
    return {
        "version": "2.0",
        "type": "REQUEST",
        "routeKey": f"{route.method} {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": _headers({"authorization": f"Bearer {token}"}),
        "requestContext": _request_context(route.method, path),
        "pathParameters": None,
    }


def task_event(*, job_id: str, assessment_id: str) -> Event:
    """Return a delivery of one task, as the state machine puts it on a queue."""
    task = {"taskToken": "token", "jobId": job_id, "assessmentId": assessment_id}
    return {
        "Records": [
            {
                "messageId": job_id,
                "receiptHandle": "handle",
                "body": json.dumps(task),
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:{QUEUE_URL[-5:]}",
                "awsRegion": "us-east-1",
            }
        ]
    }


def _headers(more: Mapping[str, str]) -> dict[str, str]:
    return {
        "accept": "application/json",
        "accept-encoding": "gzip, deflate, br",
        "content-type": "application/json",
        "host": HOST,
        "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "x-amzn-trace-id": "Root=1-67891233-abcdef012345678912345678",
        "x-forwarded-for": "192.0.2.1",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
        **more,
    }


def _request_context(method: str, path: str) -> dict[str, Any]:
    return {
        "accountId": "000000000000",
        "apiId": HOST.partition(".")[0],
        "domainName": HOST,
        "http": {
            "method": method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": "192.0.2.1",
            "userAgent": "Mozilla/5.0",
        },
        "requestId": "JKJaXmPLvHcESHA=",
        "stage": "$default",
        "time": "21/Nov/2026:10:00:00 +0000",
        "timeEpoch": 1795255200000,
    }
