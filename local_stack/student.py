"""A student at the public API: what the demo, the end-to-end tests and the benchmark speak with."""

from types import TracebackType
from typing import Literal, Self
from uuid import uuid4

import httpx
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

BASE_PATH = "/api/v1"
TIMEOUT_SECONDS = 60.0


class Body(BaseModel):
    """A response body; fields that a client does not know are not its business."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class Option(Body):
    id: str
    text: str


class Question(Body):
    id: str
    position: int
    type: Literal["theoretical", "essay", "profile"]
    prompt: str
    domain: str
    options: list[Option] | None = None
    multiple: bool | None = None
    max_length: int | None = None


class TrackDomain(Body):
    id: str
    name: str


class Track(Body):
    id: str
    name: str
    description: str
    estimated_minutes: int
    domains: list[TrackDomain] = []


class TrackList(Body):
    items: list[Track]


class StartedAssessment(Body):
    assessment_id: str
    track_id: str
    questions: list[Question]


class Answer(Body):
    selected: list[str] | None = None
    text: str | None = None


class Stage(Body):
    name: str
    state: str


class Status(Body):
    status: str
    percent: int
    stages: list[Stage]


class DomainScore(Body):
    domain: str
    score: int
    questions: int


class Evidence(Body):
    quote: str


class CriterionScore(Body):
    name: str
    score: float
    max_score: float
    feedback: str
    next_level: str
    evidence: list[Evidence]
    unsure: bool


class ScoredBy(Body):
    engine: str
    model: str | None


class EssayScore(Body):
    question_id: str
    score: float
    max_score: float
    criteria: list[CriterionScore]
    feedback: str
    needs_review: bool
    flags: list[str]
    scored_by: ScoredBy


class RuleScore(Body):
    question_id: str
    score: float
    max_score: float


class Source(Body):
    field: str
    snippet: str
    similarity: float


class RecommendedCredential(Body):
    rank: int
    title: str
    provider: str
    url: str
    level: str
    hours: float | None
    format: str
    why: str
    sources: list[Source]


class Recommendation(Body):
    summary: str
    items: list[RecommendedCredential]


class DegradedReason(Body):
    reason: str


class Result(Body):
    overall_score: int
    band: str
    confidence: float
    domain_breakdown: list[DomainScore]
    strengths: list[str]
    improvements: list[str]
    rule_scores: list[RuleScore]
    essay_scores: list[EssayScore]
    recommendation: Recommendation
    degraded: bool
    degraded_reasons: list[DegradedReason]
    processing_ms: int


class ApiError(Exception):
    """The API refused; `problem` is its problem+json, or what else it said."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.status = response.status_code
        try:
            self.problem = response.json()
        except ValueError:
            self.problem = {"detail": response.text[:500]}
        request = response.request
        super().__init__(f"{request.method} {request.url.path}: {self.status} {self.problem}")


class Student:
    """One person with one session."""

    def __init__(self, api_url: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self._http = httpx.Client(
            base_url=api_url + BASE_PATH,
            timeout=TIMEOUT_SECONDS,
            transport=transport,
            # The stack is on this machine, where no proxy can reach it.
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def request(
        self, method: str, path: str, body: object = None, *, key: str | None = None
    ) -> httpx.Response:
        """Any call, answered as it is; `key` is the Idempotency-Key."""
        headers = {"Idempotency-Key": key} if key else {}
        return self._http.request(method, path, json=body, headers=headers)

    def register(self, email: str, password: str, name: str) -> None:
        self._call("POST", "/auth/register", {"email": email, "password": password, "name": name})

    def log_in(self, email: str, password: str) -> None:
        """Take a session, which every later call uses."""
        body = self._call("POST", "/auth/login", {"email": email, "password": password})
        self._http.headers["Authorization"] = f"Bearer {body.json()['accessToken']}"

    def tracks(self) -> list[Track]:
        return TrackList.model_validate_json(self._call("GET", "/tracks").content).items

    def start(self, track_id: str, *, level: str | None = None) -> StartedAssessment:
        body = {"trackId": track_id} | ({"experienceLevel": level} if level else {})
        reply = self._call("POST", "/assessments/start", body, key=str(uuid4()))
        return StartedAssessment.model_validate_json(reply.content)

    def answer(self, assessment_id: str, question_id: str, answer: Answer) -> None:
        body = {"questionId": question_id, "answer": answer.model_dump(exclude_none=True)}
        self._call("POST", f"/assessments/{assessment_id}/answer", body)

    def submit(self, assessment_id: str) -> None:
        self._call("POST", f"/assessments/{assessment_id}/submit", {}, key=str(uuid4()))

    def status(self, assessment_id: str) -> Status:
        reply = self._call("GET", f"/assessments/{assessment_id}/status")
        return Status.model_validate_json(reply.content)

    def result(self, assessment_id: str) -> Result:
        reply = self._call("GET", f"/assessments/{assessment_id}/result")
        return Result.model_validate_json(reply.content)

    def _call(
        self, method: str, path: str, body: object = None, *, key: str | None = None
    ) -> httpx.Response:
        response = self.request(method, path, body, key=key)
        if not response.is_success:
            raise ApiError(response)
        return response
