"""Operators' commands over HTTP: the real functions answer, in the test's own process."""

import json
import sys
from io import StringIO
from pathlib import Path
from typing import Final

import httpx
import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from local_stack import access
from local_stack.where import Where
from shared.domain.assessment import AssessmentStatus
from shared.domain.user import Role, User
from tests.builders import a_user, an_assessment, an_id
from tests.fakes.wiring import FakeWiring
from tests.operating import Assay, OperatedStack, assay_with, operated_stack

PASSWORD: Final = "a long enough password"
ADMIN: Final = "boss@example.org"


@pytest.fixture
def world() -> FakeWiring:
    return FakeWiring()


@pytest.fixture
def stack(
    world: FakeWiring, context: LambdaContext, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> OperatedStack:
    return operated_stack(world, context, monkeypatch, tmp_path)


@pytest.fixture
def assay(stack: OperatedStack, capsys: pytest.CaptureFixture[str]) -> Assay:
    del stack
    return assay_with(capsys)


def stored(world: FakeWiring, role: Role, *, email: str, name: str = "Ada") -> User:
    user = a_user(role=role, email=email, name=name, password_hash=world.hasher.hash(PASSWORD))
    with world.store.begin() as repositories:
        repositories.users.add(user)
    return user


class TestWho:
    def test_the_local_stack_has_an_admin_of_its_own(
        self, assay: Assay, stack: OperatedStack
    ) -> None:
        assert assay("webhooks", "list").code == 0
        assert assay("webhooks", "list").code == 0

        assert stack.functions.called == ["create_user"]

    def test_a_person_is_asked_for_their_password(
        self, assay: Assay, world: FakeWiring, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stored(world, Role.ADMIN, email=ADMIN)
        monkeypatch.setattr(sys, "stdin", StringIO(f"{PASSWORD}\n"))

        assert assay("webhooks", "list", "--email", ADMIN).code == 0

    def test_scripts_have_a_token(
        self, assay: Assay, world: FakeWiring, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stored(world, Role.ADMIN, email=ADMIN)
        monkeypatch.setenv("ASSAY_PASSWORD", PASSWORD)
        token = assay("token", "--email", ADMIN).out.strip()
        monkeypatch.setenv("ASSAY_TOKEN", token)
        stack_admins = len(json.loads(assay("users", "list", "--json").out))

        assert stack_admins == 1, "nobody was created"

    def test_a_token_that_is_over_is_said_to_be(
        self, assay: Assay, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ASSAY_TOKEN", "over")

        said = assay("webhooks", "list")

        assert said.code == 1
        assert "The token in ASSAY_TOKEN is over, or of another stage." in said.err
        assert "assay token" in said.err

    def test_a_wrong_password_is_said_to_be(
        self, assay: Assay, world: FakeWiring, stack: OperatedStack
    ) -> None:
        stored(world, Role.ADMIN, email=ADMIN)

        said = assay("users", "list", "--as", ADMIN, "--password", "not this one")

        assert said.code == 1
        assert "(401, invalid_credentials)" in said.err
        assert "Name an admin by --email, and their password." in said.err
        assert len(stack.api.requests) == 1, "a guess is not repeated"

    def test_a_role_that_may_not_is_said(self, assay: Assay, world: FakeWiring) -> None:
        stored(world, Role.ADVISOR, email="advisor@example.org")

        said = assay("redrive", "scoring", "--email", "advisor@example.org", "--password", PASSWORD)

        assert said.code == 1
        assert "(403, forbidden)" in said.err
        assert "Only admins may" in said.err

    def test_two_answers_to_who_are_one_too_many(
        self, assay: Assay, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ASSAY_TOKEN", "t")

        assert "Leave one of them out" in assay("index", "show", "--email", ADMIN).err

    def test_in_aws_somebody_has_to_be_named(self, assay: Assay, stack: OperatedStack) -> None:
        said = assay("webhooks", "list", "--stage", "production")

        assert said.code == 1
        assert "It is not said who speaks to stage 'production'." in said.err
        assert stack.functions.called == []

    def test_a_stage_in_aws_is_spoken_to_at_its_own_url(
        self,
        assay: Assay,
        world: FakeWiring,
        stack: OperatedStack,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        stored(world, Role.ADMIN, email=ADMIN)
        asked: list[Where] = []

        def api_url(where: Where) -> str:
            asked.append(where)
            return "https://production.example.org"

        monkeypatch.setattr(access.Access, "api_url", api_url)
        for name, value in (
            ("ASSAY_STAGE", "production"),
            ("AWS_PROFILE", "ops"),
            ("ASSAY_EMAIL", ADMIN),
            ("ASSAY_PASSWORD", PASSWORD),
        ):
            monkeypatch.setenv(name, value)

        assert assay("webhooks", "list").code == 0

        assert [(where.stage, where.profile) for where in asked] == [("production", "ops")]
        assert {r.url.host for r in stack.api.requests} == {"production.example.org"}

    def test_no_way_to_a_stage_is_said(
        self, assay: Assay, stack: OperatedStack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def api_url(_: Where) -> str:
            return "https://gone.example.org"

        def away(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("Name or service not known", request=request)

        monkeypatch.setattr(access.Access, "api_url", api_url)
        monkeypatch.setattr(stack.api, "handler", away)
        monkeypatch.setenv("ASSAY_TOKEN", "t")

        said = assay("webhooks", "list", "--stage", "production")

        assert "The API at gone.example.org does not answer: Name or service not known." in said.err
        assert "--profile" in said.err


class TestUsers:
    def test_people_read_a_table(self, assay: Assay, world: FakeWiring) -> None:
        stored(world, Role.STUDENT, email="s@example.org", name="[bold]")

        head, first, *_ = assay("users", "list", "--role", "student").out.splitlines()

        assert head.split() == ["since", "role", "e-mail", "name", "id"]
        assert first.split()[:4] == ["2026-01-01", "student", "s@example.org", "[bold]"]

    def test_scripts_read_what_the_api_shows(self, assay: Assay, world: FakeWiring) -> None:
        student = stored(world, Role.STUDENT, email="s@example.org")

        said = assay("users", "list", "--email", "s@example.org", "--json")

        assert json.loads(said.out) == [
            {
                "id": student.id,
                "email": "s@example.org",
                "name": "Ada",
                "role": "student",
                "createdAt": "2026-01-01T12:00:00.000Z",
            }
        ]

    def test_nobody_is_an_empty_list(self, assay: Assay) -> None:
        assert json.loads(assay("users", "list", "--email", "x@example.org", "--json").out) == []

    @pytest.mark.parametrize(("limit", "shown", "is_cut"), [(130, 130, True), (200, 131, False)])
    def test_pages_are_followed_up_to_the_limit(
        self, assay: Assay, world: FakeWiring, limit: int, shown: int, *, is_cut: bool
    ) -> None:
        for number in range(131):
            stored(world, Role.STUDENT, email=f"{number}@example.org")

        said = assay("users", "list", "--role", "student", "--limit", str(limit))

        assert sum("example" in line for line in said.out.splitlines()) == shown
        assert (f"more than {limit}" in said.err) is is_cut

    @pytest.mark.parametrize("by", ["id", "email"])
    def test_a_role_is_changed_by_id_or_address(
        self, assay: Assay, world: FakeWiring, by: str
    ) -> None:
        user = stored(world, Role.STUDENT, email="s@example.org")
        person = user.id if by == "id" else "S@Example.org"

        said = assay("users", "set-role", person, "admin", "--json")

        assert json.loads(said.out)["role"] == "admin"
        with world.store.begin() as repositories:
            assert repositories.users.get(user.id).role is Role.ADMIN

    @pytest.mark.parametrize("person", ["x@example.org", "no-uuid"])
    def test_an_unknown_person_is_said_in_a_sentence(self, assay: Assay, person: str) -> None:
        said = assay("users", "set-role", person, "admin")

        assert said.code == 1
        assert f"nobody with the id or the address {person}" in said.err

    def test_the_last_admin_stays_one(self, assay: Assay, world: FakeWiring) -> None:
        stored(world, Role.ADMIN, email=ADMIN)

        said = assay(
            "users", "set-role", ADMIN, "student", "--email", ADMIN, "--password", PASSWORD
        )

        assert said.code == 1
        assert f"{ADMIN} is the last admin. Make somebody else" in said.err


class TestAudit:
    def test_one_as_it_was_written_is_success(self, assay: Assay, world: FakeWiring) -> None:
        stored(world, Role.STUDENT, email="s@example.org")
        assay("users", "set-role", "s@example.org", "advisor")

        said, as_json = assay("audit", "verify"), assay("audit", "verify", "--json")

        rows = json.loads(as_json.out)["rows"]
        assert said.out == f"The audit log is as it was written: {rows} rows.\n"
        assert (said.code, as_json.code, rows) == (0, 0, 2)


class TestOperations:
    def test_an_assessment_that_failed_is_scored_again(
        self, assay: Assay, world: FakeWiring
    ) -> None:
        student = stored(world, Role.STUDENT, email="s@example.org")
        failed = an_assessment(student_id=student.id, status=AssessmentStatus.FAILED)
        with world.store.begin() as repositories:
            repositories.assessments.add(failed, ())

        said = assay("retry", failed.id)
        again = assay("retry", failed.id)

        assert said.out == f"Assessment {failed.id} is being scored again.\n"
        assert again.code == 1
        assert "(409, assessment_not_failed)" in again.err

    def test_one_that_is_unknown_is_said_in_a_sentence(self, assay: Assay) -> None:
        unknown = an_id()

        said = assay("retry", unknown)

        assert said.code == 1
        assert f"There is no assessment {unknown}." in said.err

    def test_dead_letters_are_moved_and_counted(self, assay: Assay, world: FakeWiring) -> None:
        world.dead_letters.left["fusion"] = 201

        people, scripts = assay("redrive", "fusion"), assay("redrive", "fusion", "--json")

        assert people.out.splitlines()[1].split() == ["fusion", "200", "1", "0"]
        assert json.loads(scripts.out) == {
            "queue": "fusion",
            "moved": 1,
            "waiting": 0,
            "inFlight": 0,
        }

    def test_queues_that_are_away_are_said_to_be(self, assay: Assay, world: FakeWiring) -> None:
        world.dead_letters.is_available = False

        said = assay("redrive", "fusion")

        assert said.code == 1
        assert "(503, queues_unavailable)" in said.err
        assert "assay logs" in said.err

    def test_a_receiver_here_is_out_of_reach_of_aws(self, assay: Assay) -> None:
        said = assay("webhooks", "listen", "--stage", "production")

        assert said.code == 1
        assert "cannot reach a receiver on this machine" in said.err
