from pathlib import Path

import pytest

from local_stack.errors import LocalStackError
from local_stack.settings import DEFAULT_PORT, Settings


def test_nothing_set_means_the_bundled_stack_in_the_checkout(tmp_path: Path) -> None:
    settings = Settings.read({}, root=tmp_path)

    assert settings.home == tmp_path / ".local"
    assert settings.port == DEFAULT_PORT
    assert settings.emulator_url == f"http://localhost:{DEFAULT_PORT}"
    assert settings.engine == "offline"
    assert settings.database_url is None


def test_the_port_of_a_running_stack_need_not_be_told_again(tmp_path: Path) -> None:
    started = Settings.read({"ASSAY_PORT": "4999"}, root=tmp_path)
    started.home.mkdir()
    started.port_file.write_text(str(started.port))

    assert Settings.read({}, root=tmp_path).port == 4999


def test_another_emulator_is_reached_without_a_slash_at_the_end(tmp_path: Path) -> None:
    settings = Settings.read({"ASSAY_ENDPOINT_URL": "http://localhost:4566/"}, root=tmp_path)

    assert settings.emulator_url == "http://localhost:4566"


@pytest.mark.parametrize("port", ["zero", "0", "-1", "65536", "4566.5"])
def test_a_wrong_port_is_explained(port: str, tmp_path: Path) -> None:
    with pytest.raises(LocalStackError, match="not a port") as raised:
        Settings.read({"ASSAY_PORT": port}, root=tmp_path)

    assert "ASSAY_PORT=4567" in raised.value.remedy


def test_an_unknown_engine_is_explained(tmp_path: Path) -> None:
    with pytest.raises(LocalStackError, match="offline, openai"):
        Settings.read({"ASSAY_ENGINE": "gpt"}, root=tmp_path)


def test_prices_of_models_are_taken_from_the_environment(tmp_path: Path) -> None:
    prices = '{"m": {"prompt": 1, "completion": 2}}'

    assert Settings.read({"ASSAY_MODEL_PRICES": prices}, root=tmp_path).model_prices == prices
    assert Settings.read({}, root=tmp_path).model_prices is None
