"""How often something took effect, read from the database and the state machine."""

from tests.e2e.driver import Attempt
from tests.e2e.operations import Operator
from tests.e2e.polling import eventually

TABLES = ("rule_scores", "essay_scores", "profiles", "recommendations", "async_jobs")


def counted(operator: Operator, attempt: Attempt) -> dict[str, int]:
    """Return the rows that an assessment has in each table, and its executions."""
    found = {
        table: int(
            operator.rows(
                f"SELECT count(*) AS n FROM {table} WHERE assessment_id = :id",  # noqa: S608
                id=attempt.id,
            )[0]["n"]
        )
        for table in TABLES
    }
    events = operator.rows(
        "SELECT type FROM outbox_events WHERE data->>'assessmentId' = :id ORDER BY sequence",
        id=attempt.id,
    )
    for event in events:
        found[event["type"]] = found.get(event["type"], 0) + 1
    return found | {"executions": len(operator.executions(attempt.id))}


ONCE = {
    "rule_scores": 3,
    "essay_scores": 3,
    "profiles": 1,
    "recommendations": 1,
    "async_jobs": 5,
    "assessment.submitted": 1,
    "assessment.completed": 1,
    "executions": 1,
}
"""What one assessment leaves behind when all went well."""


def attempts_of_jobs(operator: Operator, attempt: Attempt) -> dict[str, list[int]]:
    """Return how often the jobs of each kind were claimed."""
    rows = operator.rows(
        "SELECT kind, attempt FROM async_jobs WHERE assessment_id = :id ORDER BY attempt",
        id=attempt.id,
    )
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(row["kind"], []).append(row["attempt"])
    return found


def ended_executions(operator: Operator, attempt: Attempt) -> list[str]:
    """Return how each execution ended, once none is running any more."""

    def all_ended() -> list[str]:
        states = [execution["status"] for execution in operator.executions(attempt.id)]
        return [] if "RUNNING" in states else states

    return eventually(all_ended, at_most=20, what=f"end of the executions of {attempt.id}")
