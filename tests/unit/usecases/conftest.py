import pytest

from tests.fakes.wiring import FakeWiring


@pytest.fixture
def world() -> FakeWiring:
    """A deployment in which nobody has done anything."""
    return FakeWiring()
