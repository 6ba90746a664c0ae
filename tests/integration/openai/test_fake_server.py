"""The fake provider itself, since the end-to-end suite rests on it."""

import pytest

from shared.domain.errors import EngineError
from tests.fakes.openai_server import FAULTS, RECORDED, OpenAIServer
from tests.integration.openai.conftest import Connect

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def test_scenarios_can_be_switched_while_it_runs(server: OpenAIServer, connect: Connect) -> None:
    provider = connect()
    server.behave("server_error")
    with pytest.raises(EngineError):
        provider.embed(["SQL"], model="m", dimensions=256)

    server.behave("good")
    assert len(provider.embed(["SQL"], model="m", dimensions=256)) == 1


def test_one_endpoint_can_fail_alone(server: OpenAIServer, connect: Connect) -> None:
    server.behave("server_error", on="chat/completions")
    assert len(connect().embed(["SQL"], model="m", dimensions=256)) == 1


def test_a_name_that_is_no_scenario_is_refused(server: OpenAIServer) -> None:
    with pytest.raises(ValueError, match="no scenario 'goood'"):
        server.behave("goood")


def test_recorded_replies_and_faults_do_not_share_names() -> None:
    assert FAULTS.keys().isdisjoint(RECORDED)
