"""One deployed stack for the whole session, and the people who use it.

`make e2e` brings stacks up and names each in ASSAY_OUTPUTS; otherwise it is the one of `make up`.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest

from local_stack.outputs import Outputs
from tests.e2e.driver import Client, Person, Student
from tests.e2e.model import index_of_model
from tests.e2e.operations import Operator

HERE: Final = Path(__file__).parent
OF_MAKE_UP: Final = HERE.parents[1] / ".local" / "outputs.json"
REQUEST_SECONDS: Final = 60.0


@pytest.hookimpl(trylast=True)  # after pytest-randomly
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place_of)
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.deployed)
            item.add_marker(pytest.mark.enable_socket)


def _place_of(item: pytest.Item) -> tuple[int, ...]:
    """Let the contract come last and in its own order: it leaves nothing as it was."""
    if item.path != HERE / "test_contract.py":
        return (0,)
    indices = getattr(item, "callspec", None)
    return (1, item.reportinfo()[1] or 0, *(indices.indices.values() if indices else ()))


@pytest.fixture(scope="session")
def outputs_file() -> Path:
    named = os.environ.get("ASSAY_OUTPUTS")
    if named is None and not OF_MAKE_UP.exists():
        pytest.skip("no stack is up: run `make e2e`, or `make up` first")
    return Path(named) if named else OF_MAKE_UP


@pytest.fixture(scope="session")
def outputs(outputs_file: Path) -> Outputs:
    return Outputs.read(outputs_file)


@pytest.fixture(scope="session")
def http(outputs: Outputs) -> Iterator[httpx.Client]:
    limits = httpx.Limits(max_connections=30)
    with httpx.Client(
        base_url=outputs.api_url, timeout=REQUEST_SECONDS, limits=limits, trust_env=False
    ) as client:
        yield client


@pytest.fixture(scope="session")
def operator(outputs: Outputs, outputs_file: Path) -> Operator:
    return Operator(outputs, home=outputs_file.parent)


@pytest.fixture(scope="session")
def nobody(http: httpx.Client) -> Client:
    """A caller without a token."""
    return Client(http)


@pytest.fixture(scope="session")
def student(http: httpx.Client) -> Student:
    return Student.register(http)


@pytest.fixture(scope="session")
def stranger(http: httpx.Client) -> Student:
    """A student who must not see what is the other's."""
    return Student.register(http)


@pytest.fixture(scope="session")
def advisor(http: httpx.Client, operator: Operator) -> Person:
    return operator.create_person(http, "advisor")


@pytest.fixture(scope="session")
def admin(http: httpx.Client, operator: Operator) -> Person:
    return operator.create_person(http, "admin")


@pytest.fixture
def embedded_catalog(operator: Operator) -> Iterator[None]:
    """The index is of the model, and not of the embedded one."""
    with index_of_model(operator):
        yield
