"""What a student does, call by call, in several settings side by side.

All settings take the same step before any takes the next one, so that whatever else the machine
does in that moment slows all of them alike.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from uuid import uuid4

from bench.databases import Database, use
from bench.events import Event, Student, authorizer_event, http_event
from bench.invocation import Functions, Reply
from bench.prior_assessments import TRACKS, Answers
from shared.ports.store import Store

SEED: Final = 2026


def _none() -> int:
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    elapsed_ms: float
    cpu_ms: float
    round_trips: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A database and a way to it, with what was measured there."""

    name: str
    database: Database
    store: Store
    round_trips: Callable[[], int] = _none
    """How many there have been so far."""
    measured: dict[str, list[Measurement]] = field(default_factory=lambda: defaultdict(list))
    """By call."""


class Journey:
    def __init__(self, functions: Functions) -> None:
        self._functions = functions
        self._answers = Answers()

    def go(
        self, settings: Sequence[Setting], *, rounds: int, warm_up: int, tick: Callable[[], None]
    ) -> None:
        """Measure every call so many times in each setting, after a warm-up."""
        random = Random(SEED)  # noqa: S311 - chance, not secrecy
        for number in range(-warm_up, rounds):
            if number == 0:
                for setting in settings:
                    setting.measured.clear()
            seed = random.random()
            # By turns the first and the last to go.
            turn = settings if number % 2 else settings[::-1]
            steps = [self._steps(setting, Random(seed)) for setting in turn]  # noqa: S311
            for _ in zip(*steps, strict=True):
                pass
            tick()

    def _steps(self, setting: Setting, random: Random) -> Iterator[Reply]:
        """One round: measures a call, pauses, measures the next."""
        database = setting.database
        student = random.choice(database.students)
        track_id = random.choice(TRACKS)
        past_id, past_student = random.choice(database.completed)
        known = authorizer_event(database.access_token)

        self._functions.module("authorize_request").remembered.clear()
        yield self._invoke(setting, "authorizer, look-up", "authorize_request", known)
        yield self._invoke(setting, "authorizer, cached", "authorize_request", known)
        yield self._request(setting, "tracks", "list_tracks")

        start = {"trackId": track_id}
        yield (
            started := self._request(
                setting, "start", "start_assessment", student, body=start, key=True, status=201
            )
        )
        this = started.body["assessmentId"]
        given = self._answers.to(track_id, started.body["questions"])
        save = {"responses": given}
        yield self._request(setting, "next", "get_next_question", student, this)
        yield self._request(setting, "save", "save_responses", student, this, body=save)
        one = random.choice(given)
        yield self._request(setting, "answer", "answer_question", student, this, body=one)
        yield self._request(setting, "get_assessment", "get_assessment", student, this)
        yield self._request(
            setting, "submit", "submit_assessment", student, this, body={}, key=True, status=202
        )
        yield self._request(setting, "status, scoring", "get_status", student, this)
        yield self._request(setting, "status, done", "get_status", past_student, past_id)
        yield self._request(setting, "result", "get_result", past_student, past_id)

    def _request(
        self,
        setting: Setting,
        call: str,
        function: str,
        student: Student | None = None,
        assessment_id: str | None = None,
        *,
        body: Any = None,
        key: bool = False,
        status: int = 200,
    ) -> Reply:
        event = http_event(
            function,
            student=student,
            assessment_id=assessment_id,
            body=body,
            key=str(uuid4()) if key else None,
        )
        return _measure(
            setting, call, lambda: self._functions.request(function, event, status=status)
        )

    def _invoke(self, setting: Setting, call: str, function: str, event: Event) -> Reply:
        return _measure(setting, call, lambda: self._functions.invoke(function, event))


def _measure(setting: Setting, name: str, call: Callable[[], Reply]) -> Reply:
    use(setting.store)
    before = setting.round_trips()
    reply = call()
    setting.measured[name].append(
        Measurement(
            elapsed_ms=reply.elapsed_ms,
            cpu_ms=reply.cpu_ms,
            round_trips=setting.round_trips() - before,
        )
    )
    return reply
