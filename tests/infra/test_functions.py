"""Every function is deployed, and finds in its environment what its code asks `wiring` for."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from shared.settings import (
    DatabaseSettings,
    DeliverySettings,
    EngineSettings,
    EventBusSettings,
    PipelineSettings,
    QueueMonitorSettings,
    RescoreSettings,
    Settings,
    TaskQueueSettings,
    TokenSettings,
    TransientTableSettings,
    UsageSettings,
    WebhookKeySettings,
    WebhookSettings,
)
from tests.infra.synthesized import Synthesized

FUNCTIONS: Final = Path(__file__).parents[2] / "functions"
MODULES: Final = sorted(p.stem for p in FUNCTIONS.glob("*.py") if p.stem != "__init__")

MODEL: Final = (EngineSettings, TransientTableSettings)
SETTINGS: Final[Mapping[str, tuple[type[Settings], ...]]] = {
    "budget": (*MODEL, DatabaseSettings),
    "bus": (EventBusSettings,),
    "delivery_runs": (DeliverySettings,),
    "embedding_model": (EngineSettings,),
    "instant_embedder": (EngineSettings,),
    "dead_letters": (QueueMonitorSettings,),
    "embedder": MODEL,
    "embedding_budget": (*MODEL, DatabaseSettings),
    "lease": (TaskQueueSettings,),
    "migrator": (DatabaseSettings,),
    "pipeline": (PipelineSettings,),
    "prices": (UsageSettings,),
    "queue_monitor": (QueueMonitorSettings,),
    "rate_limiter": (TransientTableSettings,),
    "degraded_may_lower": (RescoreSettings,),
    "rescore_budget": (*MODEL, DatabaseSettings),
    "second_reader": MODEL,
    "uses_model": (EngineSettings,),
    "redelivery": (TaskQueueSettings,),
    "scorer": MODEL,
    "store": (DatabaseSettings,),
    "summarizer": MODEL,
    "token_budget": (UsageSettings,),
    "tokens": (TokenSettings,),
    "webhook_keys": (WebhookKeySettings,),
    "webhook_policy": (WebhookSettings,),
}
"""What `wiring` reads for each port; the other ports need no configuration."""


def test_every_handler_is_a_file_and_every_file_is_deployed(each_stage: Synthesized) -> None:
    assert sorted(each_stage.functions) == MODULES
    handlers = {f["Handler"] for f in each_stage.functions.values()}
    assert handlers == {f"functions.{module}.lambda_handler" for module in MODULES}


@pytest.mark.parametrize("module", MODULES)
def test_a_function_has_the_settings_of_the_ports_it_uses(
    production: Synthesized, module: str
) -> None:
    ports = re.findall(r"\bwiring\.(\w+)", (FUNCTIONS / f"{module}.py").read_text())
    models = {model for port in ports for model in SETTINGS.get(port, ())}
    needed = {field.upper() for model in models for field in model.model_fields}

    assert needed <= production.variables(module).keys()


def test_settings_make_sense_to_the_models_that_read_them(
    production: Synthesized, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in production.variables("score_essay").items():
        monkeypatch.setenv(name, value if isinstance(value, str) else "a reference")

    assert EngineSettings.from_env().model_timeout_seconds == 20
    assert DatabaseSettings.from_env().database_auth == "iam"
    assert TaskQueueSettings.from_env().lease_seconds == 55


def test_functions_are_small_arm_machines_that_trace_and_log_json(
    each_stage: Synthesized,
) -> None:
    for module, function in each_stage.functions.items():
        assert function["Runtime"] == "python3.13", module
        assert function["Architectures"] == ["arm64"], module
        assert function["TracingConfig"] == {"Mode": "Active"}, module
        assert function["LoggingConfig"]["LogFormat"] == "JSON", module
        assert function["FunctionName"] == each_stage.stage.physical_name(module)
        variables = each_stage.variables(module)
        assert variables["POWERTOOLS_SERVICE_NAME"] == "assay"
        assert variables["POWERTOOLS_METRICS_NAMESPACE"] == "Assay"
        assert variables["STAGE"] == each_stage.stage.stage


def test_logs_are_kept_for_a_month(each_stage: Synthesized) -> None:
    for template in each_stage.templates:
        for name, group in template.of_type("Logs::LogGroup").items():
            assert group["RetentionInDays"] == 30, name


def test_only_functions_with_a_database_are_in_the_network(production: Synthesized) -> None:
    for module, function in production.functions.items():
        in_network = "VpcConfig" in function
        assert in_network == ("DATABASE_URL" in production.variables(module)), module


def test_no_secret_value_is_in_an_environment(each_stage: Synthesized) -> None:
    for module in each_stage.functions:
        for name, value in each_stage.variables(module).items():
            assert "resolve:secretsmanager" not in str(value), (module, name)


def test_hashing_passwords_gets_a_whole_core(each_stage: Synthesized) -> None:
    for module in ("register_user", "log_in", "create_user", "change_me", "erase_me"):
        assert each_stage.functions[module]["MemorySize"] == 1769


def test_http_functions_end_before_api_gateway_gives_up(each_stage: Synthesized) -> None:
    assert each_stage.functions["complete_assessment"]["Timeout"] == 29
    assert each_stage.functions["get_status"]["Timeout"] <= 29
