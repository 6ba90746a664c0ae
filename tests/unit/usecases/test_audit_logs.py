import pytest

from shared.domain.audit import AuditFilter, AuditVerification
from shared.usecases.list_audit_logs import list_audit_logs
from shared.usecases.verify_audit_logs import verify_audit_logs
from tests.builders import later
from tests.fakes.wiring import FakeWiring


@pytest.fixture
def world(world: FakeWiring) -> FakeWiring:
    with world.store.begin() as repositories:
        for number in range(3):
            repositories.audit.append(
                actor="a", action="b", subject="c", details={"n": number}, at=later(number)
            )
    return world


def test_the_log_is_listed_newest_first(world: FakeWiring) -> None:
    page = list_audit_logs(AuditFilter(), limit=2, after=None, store=world.store)

    assert [entry.number for entry in page.items] == [3, 2]
    assert page.next_cursor == 2


def test_a_log_as_it_was_written_verifies(world: FakeWiring) -> None:
    assert verify_audit_logs(store=world.store) == AuditVerification(rows=3)


def test_a_log_with_a_gap_does_not(world: FakeWiring) -> None:
    del world.store.state.audit[1]

    assert verify_audit_logs(store=world.store) == AuditVerification(rows=1, first_broken=3)
