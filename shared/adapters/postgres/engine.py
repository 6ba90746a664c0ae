"""How a function connects: one connection, kept between invocations, replaced when it is dead."""

import ssl
import time
from typing import Any, Final, Protocol

import sqlalchemy as sa
from sqlalchemy.event import listens_for
from sqlalchemy.exc import DisconnectionError

from shared.adapters.postgres.connection import PipelinedConnection

CONNECT_SECONDS: Final = 5
STATEMENT_SECONDS: Final = 10
"""No statement of ours takes a tenth of it; HTTP functions end after 29 s."""
READ_SECONDS: Final = STATEMENT_SECONDS + 5
"""For a server that vanished without a word; one that is alive cancels the statement first."""
SETTINGS: Final = {
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    "TimeZone": "UTC",
    # The vector index is searched on until enough credentials pass the filters, nearest first.
    "hnsw.iterative_scan": "strict_order",
    # Candidates it looks at in one go: ADR 12 has time and recall by this.
    "hnsw.ef_search": "400",
    # A statement has one core; plans that count on more would rather read everything.
    "max_parallel_workers_per_gather": "0",
}
"""What every session has."""
IDLE_SECONDS: Final = 60
"""After so long a network path may have forgotten the connection without telling either end."""
GONE: Final = frozenset({"57P01", "57P02", "57P03", "25006"})
"""Shutdowns, and `read_only_sql_transaction`: after a failover this was the writer once."""


class Address(Protocol):
    """What the settings say of the database; `database_auth` is `none` or `iam`."""

    @property
    def database_url(self) -> str: ...

    @property
    def database_auth(self) -> str: ...


def create_engine(settings: Address) -> sa.Engine:
    """Connect on first use. A function runs one request at a time; the overflow is for threads."""
    engine = sa.create_engine(
        settings.database_url,
        pool_size=1,
        max_overflow=9,
        pool_timeout=CONNECT_SECONDS,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "read_timeout": READ_SECONDS,
            "application_name": "assay",
        },
    )
    options = _iam_options if settings.database_auth == "iam" else _plain_options

    @listens_for(engine, "do_connect")
    def _connect(_dialect: object, _record: object, _args: object, params: dict[str, Any]) -> Any:
        return PipelinedConnection(**params, **options(engine.url))

    @listens_for(engine, "checkin")
    def _note_time(_connection: object, record: Any) -> None:
        record.info["idle_since"] = time.time()

    @listens_for(engine, "checkout")
    def _replace_dead(connection: Any, record: Any, _proxy: object) -> None:
        """Look at the socket (1 µs) each time, ask the server (a round trip) after a long rest."""
        idle = time.time() - record.info.get("idle_since", time.time())
        if connection.is_stale or (idle > IDLE_SECONDS and not connection.answers()):
            raise DisconnectionError("the server has closed the connection")

    @listens_for(engine, "handle_error")
    def _notice_gone(context: sa.engine.ExceptionContext) -> None:
        if sqlstate(context.original_exception) in GONE:
            context.is_disconnect = True

    return engine


def sqlstate(error: BaseException | None) -> str | None:
    """Return PostgreSQL's five-character code of an error that pg8000 raised."""
    fields = error.args[0] if error and error.args else None
    return fields.get("C") if isinstance(fields, dict) else None


def detail(error: BaseException | None) -> str:
    """Return what PostgreSQL adds to the message of an error that pg8000 raised."""
    fields = error.args[0] if error and error.args else None
    return str(fields.get("D", "")) if isinstance(fields, dict) else ""


def _plain_options(url: sa.URL) -> dict[str, Any]:
    options: dict[str, Any] = {"startup_params": SETTINGS}
    if "unix_sock" in url.query:
        options["ssl_context"] = False  # pg8000 would ask for TLS first: 25 ms
    return options


def _iam_options(url: sa.URL) -> dict[str, Any]:
    """Sign in with a token, which is made without a call and is good for 15 minutes.

    The system's roots verify the server: RDS Proxy has a public certificate from ACM. The proxy
    refuses settings at connection and pins sessions that set them later; its `init_query` sets
    them.
    """
    import boto3  # noqa: PLC0415 - 70 ms that an embedded database does not need

    token = boto3.client("rds").generate_db_auth_token(
        DBHostname=url.host or "", Port=url.port or 5432, DBUsername=url.username or ""
    )
    return {"password": token, "ssl_context": ssl.create_default_context()}
