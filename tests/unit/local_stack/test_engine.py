from pathlib import Path

import pytest

from local_stack.engine import check_engine, store_key
from local_stack.errors import LocalStackError
from local_stack.settings import Settings
from tests.unit.local_stack.fake_aws import a_deployment

OPENAI = {"ASSAY_ENGINE": "openai", "OPENAI_API_KEY": "sk-test"}
OUTPUTS = {"assay-local-app": {"ApiId": "a"}, "assay-local-data": {"OpenAiSecretArn": "arn:key"}}


class FakeSecrets:
    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> None:  # noqa: N803  as boto3
        self.values[SecretId] = SecretString


def test_the_key_goes_into_the_secret_that_the_app_names(tmp_path: Path) -> None:
    secrets = FakeSecrets()

    store_key(a_deployment(secrets), Settings.read(OPENAI, root=tmp_path), OUTPUTS)

    assert secrets.values == {"arn:key": "sk-test"}


def test_the_built_in_engine_touches_no_secret(tmp_path: Path) -> None:
    secrets = FakeSecrets()

    store_key(a_deployment(secrets), Settings.read({}, root=tmp_path), OUTPUTS)

    assert secrets.values == {}


def test_an_app_without_the_secret_is_explained(tmp_path: Path) -> None:
    with pytest.raises(LocalStackError, match="OpenAiSecretArn"):
        store_key(a_deployment(FakeSecrets()), Settings.read(OPENAI, root=tmp_path), {})


def test_openai_without_a_key_is_explained_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(LocalStackError, match="OPENAI_API_KEY"):
        check_engine(Settings.read({"ASSAY_ENGINE": "openai"}, root=tmp_path))
