import io
import logging
from collections.abc import Iterator

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.api import app
from tests.unit.api.toy import Toy


@pytest.fixture
def toy(context: LambdaContext) -> Toy:
    return Toy(context)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the HTTP edge logs."""
    handler, lines = app.logger.registered_handler, io.StringIO()
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(lines)
    yield lines
    handler.setStream(before)
