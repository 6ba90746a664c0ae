from pathlib import Path

import boto3
import pytest

from local_stack.emulator import Emulator, client_environment, session

OURS = {
    "PATH": "/usr/bin",
    "HTTPS_PROXY": "http://proxy:3128",
    "NO_PROXY": "intranet",
    "AWS_PROFILE": "production",
    "AWS_SESSION_TOKEN": "secret",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23",
    "DATABASE_URL": "postgresql+pg8000://production",
    "OPENAI_API_KEY": "sk-secret",
}


def test_aws_tools_can_reach_the_emulator_and_no_account() -> None:
    environment = client_environment("http://localhost:4566", OURS)

    assert "AWS_PROFILE" not in environment
    assert "AWS_SESSION_TOKEN" not in environment
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" not in environment
    assert environment["AWS_ENDPOINT_URL"] == "http://localhost:4566"
    assert environment["AWS_CONFIG_FILE"] == environment["AWS_SHARED_CREDENTIALS_FILE"]
    assert environment["AWS_ACCESS_KEY_ID"] == "test"
    assert environment["NO_PROXY"] == "intranet,localhost"


def test_functions_inherit_nothing_from_the_terminal_that_they_have_no_use_for(
    tmp_path: Path,
) -> None:
    environment = Emulator(home=tmp_path, port=4999).environment(OURS)

    assert environment["HTTPS_PROXY"] == "http://proxy:3128"
    assert environment.keys().isdisjoint({"AWS_PROFILE", "DATABASE_URL", "OPENAI_API_KEY"})


def test_the_emulator_is_alone_on_its_port_and_enforces_iam(tmp_path: Path) -> None:
    environment = Emulator(home=tmp_path, port=4999).environment({})

    assert environment["GATEWAY_PORT"] == "4999"
    assert environment["BIND_HOST"] == "127.0.0.1"
    assert environment["AUTH"] == "true"
    assert environment["IOT_MTLS_ENABLED"] == "0"
    assert environment["SFTP_ENABLED"] == "0"


def test_a_profile_that_does_not_exist_here_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")

    credentials = session().get_credentials()

    assert credentials is not None
    assert credentials.access_key == "test"
    assert isinstance(session(), boto3.Session)
