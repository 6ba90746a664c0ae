"""The two databases that calls are compared in: one without a past, one with."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Final

import sqlalchemy as sa

from bench.clones import clone
from bench.events import Student
from bench.invocation import Functions
from bench.prior_assessments import TRACKS, Answers, complete, register
from bench.server import Server, administer
from bench.stand_ins import StepFunctions
from shared.adapters.postgres.engine import create_engine
from shared.adapters.postgres.migrator import PostgresMigrator
from shared.adapters.postgres.store import PostgresStore
from shared.domain.assessment import AssessmentStatus
from shared.ports.store import Store
from shared.settings import DatabaseAuth, DatabaseSettings
from shared.wiring import wiring

REAL_ASSESSMENTS: Final = 36
"""Taken through the whole pipeline; the others are copies of these."""
READ_AGAIN: Final = 500
"""Completed assessments whose results are read, drawn from all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    url: str
    access_token: str
    students: Sequence[Student]
    completed: Sequence[tuple[str, Student]]
    """Assessments with results, and whose they are."""
    prior: int
    """How many of them there are in all."""


def settings_of(url: str) -> DatabaseSettings:
    return DatabaseSettings(database_url=url, database_auth=DatabaseAuth.NONE)


@contextmanager
def store_of(engine: sa.Engine) -> Generator[Store]:
    """A store over the engine, which the functions use until another one is used."""
    store = PostgresStore(engine)
    use(store)
    try:
        yield store
    finally:
        engine.dispose()


def use(store: Store) -> None:
    vars(wiring)["store"] = store


def prepare(
    server: Server, *, assessments: int, functions: Functions, aws: StepFunctions
) -> tuple[Database, Database]:
    """Return the empty database, with no more than one result for each track, and the full one."""
    answers = Answers()
    engine = create_engine(settings_of(server.url))
    with store_of(engine):
        PostgresMigrator(engine).upgrade()
        functions.invoke("load_seeds", {})
        token = register(functions)
        caller = wiring.tokens.read_bearer(token, now=wiring.clock.now())
        student = Student(user_id=caller.user_id, session_id=caller.session_id)
        for track_id in TRACKS:
            complete(track_id, student, functions=functions, aws=aws, answers=answers)
    full_url = server.database("with_prior", like=sa.make_url(server.url).database)
    with store_of(create_engine(settings_of(full_url))):
        for track_id in islice(cycle(TRACKS), max(0, REAL_ASSESSMENTS - len(TRACKS))):
            complete(track_id, student, functions=functions, aws=aws, answers=answers)
    with administer(full_url) as connection:
        clone(connection, assessments)
    return _read(server.url, token), _read(full_url, token)


def _read(url: str, token: str) -> Database:
    with administer(url) as connection:
        sessions = connection.execute(sa.text("SELECT user_id::text, id::text FROM sessions"))
        students = {user: Student(user_id=user, session_id=session) for user, session in sessions}
        completed = list(_completed(connection))
    return Database(
        url=url,
        access_token=token,
        students=list(students.values()),
        completed=[(past, students[student]) for past, student in completed[:READ_AGAIN]],
        prior=len(completed),
    )


def _completed(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    rows = connection.execute(
        sa.text("""
            SELECT id::text, student_id::text FROM assessments
            WHERE status = :completed ORDER BY random()
        """),
        {"completed": AssessmentStatus.COMPLETED},
    )
    return ((row.id, row.student_id) for row in rows)
