"""AWS in this process: moto answers where boto3 would open a socket."""

from collections.abc import Iterator

import pytest
from moto import mock_aws
from moto.core.models import MockAWS


@pytest.fixture(scope="module")
def moto() -> Iterator[MockAWS]:
    """Once a module, because each start makes boto3 read the models of its services anew."""
    mock = mock_aws()
    with mock:
        yield mock


@pytest.fixture(autouse=True)
def aws(moto: MockAWS) -> None:
    """An account without resources."""
    moto.reset()
