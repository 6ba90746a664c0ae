"""What admins do over HTTP: find people, change roles, read the audit log and check it."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from local_stack.deployment import Deployment
from local_stack.emulator import session
from local_stack.outputs import Outputs
from local_stack.where import api_url_of
from tests.e2e.driver import Client, Person, Student
from tests.e2e.operations import Operator, assay

ADMIN_PATHS: Final = (
    "/admin/users",
    "/admin/audit-logs",
    "/admin/audit-logs/verify",
    "/dashboards/usage",
    "/dashboards/operations",
)
REWRITE: Final = """
SET LOCAL session_replication_role = replica;
UPDATE audit_logs SET action = '{action}' WHERE number = {number}
"""


def _set_role(by: Client, user_id: str, role: str) -> Any:
    return by.call("PATCH", f"/admin/users/{user_id}", {"role": role})


@pytest.mark.parametrize("path", ADMIN_PATHS)
def test_only_admins_come_in(nobody: Client, student: Student, advisor: Person, path: str) -> None:
    nobody.get(path).expect_problem(401, "unauthenticated")
    student.get(path).expect_problem(403, "forbidden")
    advisor.get(path).expect_problem(403, "forbidden")


def test_an_admin_finds_a_person_by_address_and_people_by_role(
    admin: Person, http: httpx.Client
) -> None:
    person = Student.register(http)

    by_address = admin.get(f"/admin/users?email={person.email.upper()}").expect(200)
    students = admin.get("/admin/users?role=student&limit=1").expect(200)

    assert [user["id"] for user in by_address["items"]] == [person.id]
    assert by_address["nextCursor"] is None
    assert [user["id"] for user in students["items"]] == [person.id]
    after = admin.get(f"/admin/users?role=advisor&cursor={students['nextCursor']}").expect(200)
    assert all(user["role"] == "advisor" for user in after["items"])


def test_a_change_of_role_ends_old_tokens_and_is_in_the_next_ones(
    admin: Person, http: httpx.Client, operator: Operator
) -> None:
    person = Student.register(http)

    changed = _set_role(admin, person.id, "advisor").expect(200)

    assert (changed["id"], changed["role"]) == (person.id, "advisor")
    refresh = {"refreshToken": person.refresh_token}
    person.holding(None).post("/auth/refresh", refresh).expect_problem(401, "unauthenticated")
    # An environment that has seen the token good may go by it for 60 s.
    operator.renew_environments("authorize_request")
    person.get("/me").expect_problem(401, "unauthenticated")
    again = person.on_another_device()
    assert again.get("/me").expect(200)["role"] == "advisor"
    again.get(f"/assessments?studentId={admin.id}").expect(200)


def test_a_change_of_role_is_in_the_audit_log_with_before_and_after(
    admin: Person, http: httpx.Client
) -> None:
    person = Student.register(http)
    person.on_another_device()
    _set_role(admin, person.id, "advisor").expect(200)
    _set_role(admin, person.id, "advisor").expect(200)

    found = admin.get(f"/admin/audit-logs?subject={person.id}&actor={admin.id}").expect(200)

    (entry,) = found["items"]
    assert entry["action"] == "user.role_changed"
    assert entry["details"] == {
        "before": {"role": "student"},
        "after": {"role": "advisor"},
        "sessionsRevoked": 2,
    }
    before = admin.get(f"/admin/audit-logs?subject={person.id}&until={entry['at']}").expect(200)
    since = admin.get(f"/admin/audit-logs?subject={person.id}&since={entry['at']}").expect(200)
    assert (before["items"], since["items"]) == ([], [entry])


@pytest.fixture
def last_admin(http: httpx.Client, operator: Operator) -> Iterator[Person]:
    """The only admin there is, for as long as the test takes."""
    person = operator.create_person(http, "admin")
    others = operator.rows(
        "SELECT id FROM users WHERE role = 'admin' AND id <> :id FOR UPDATE", id=person.id
    )
    ids = [row["id"] for row in others]
    operator.change("UPDATE users SET role = 'student' WHERE id = ANY(:ids)", ids=ids)
    yield person
    operator.change("UPDATE users SET role = 'admin' WHERE id = ANY(:ids)", ids=ids)


def test_the_last_admin_keeps_the_role_until_there_is_another(
    last_admin: Person, http: httpx.Client
) -> None:
    person = Student.register(http)

    _set_role(last_admin, last_admin.id, "student").expect_problem(409, "last_admin")
    last_admin.get("/admin/users").expect(200)

    _set_role(last_admin, person.id, "admin").expect(200)
    _set_role(last_admin, last_admin.id, "student").expect(200)


def test_one_who_was_an_admin_a_moment_ago_cannot_take_it_back(
    admin: Person, http: httpx.Client, operator: Operator
) -> None:
    former = operator.create_person(http, "admin")
    former.get("/admin/users").expect(200)
    _set_role(admin, former.id, "student").expect(200)

    # 403 where the authorizer still goes by what it knew, 401 where it does not.
    assert _set_role(former, former.id, "admin").status in {401, 403}

    found = admin.get(f"/admin/users?email={former.email}").expect(200)
    assert [user["role"] for user in found["items"]] == ["student"]


def test_what_is_asked_wrongly_is_explained(admin: Person) -> None:
    unknown = f"/admin/users/{uuid4()}"
    admin.call("PATCH", unknown, {"role": "advisor"}).expect_problem(404, "not_found")
    admin.call("PATCH", "/admin/users/x", {"role": "advisor"}).expect_problem(404, "not_found")
    fault = _set_role(admin, admin.id, "emperor").expect_problem(422, "invalid_request")
    assert fault["errors"][0]["pointer"] == "/role"
    for path in ("/admin/audit-logs?since=yesterday", "/admin/users?cursor=made-up"):
        admin.get(path).expect(422)


def test_a_row_that_somebody_rewrote_is_found(admin: Person, operator: Operator) -> None:
    (newest,) = admin.get("/admin/audit-logs?limit=1").expect(200)["items"]
    number = newest["number"]
    verified = admin.get("/admin/audit-logs/verify").expect(200)
    assert verified == {"valid": True, "rows": number}

    operator.change(REWRITE.format(action="nothing.happened", number=number))
    try:
        broken = admin.get("/admin/audit-logs/verify").expect(200)
    finally:
        operator.change(REWRITE.format(action=newest["action"], number=number))

    assert broken == {"valid": False, "firstBroken": number}
    assert admin.get("/admin/audit-logs/verify").expect(200)["valid"] is True


def test_the_commands_do_on_the_stack_what_admins_do_over_http(
    admin: Person, http: httpx.Client
) -> None:
    person = Student.register(http)

    changed = assay("users", "set-role", person.email, "advisor")

    assert assay("users", "list", "--email", person.email) == [changed]
    assert admin.get(f"/admin/users?email={person.email}").expect(200)["items"] == [changed]
    (entry,) = admin.get(f"/admin/audit-logs?subject={person.id}").expect(200)["items"]
    assert entry["actor"] in {person["id"] for person in assay("users", "list", "--role", "admin")}
    assert assay("audit", "verify") == admin.get("/admin/audit-logs/verify").expect(200)


def test_a_stage_tells_where_its_api_is(outputs: Outputs) -> None:
    """As the commands ask of a stage in AWS, by the names that the CDK app gives."""
    deployment = Deployment(
        stage=outputs.stage, session=session(), endpoint_url=outputs.endpoint_url
    )

    assert api_url_of(deployment) == outputs.stacks["assay-local-app"]["ApiUrl"].rstrip("/")
