"""What a stage is made of, and what its configuration may say."""

import json

import pytest

from infra_cdk.stage import Stage, StageError
from shared.settings import UsageSettings
from tests.infra.synthesized import Synthesized


def _stage(**context: str) -> Stage:
    return Stage.from_context({"stage": "test", "assetPath": ".", **context}.get)


def test_production_has_its_own_encrypted_database_that_cannot_be_deleted_by_accident(
    production: Synthesized,
) -> None:
    (cluster,) = production.data.of_type("RDS::DBCluster").values()

    assert cluster["Engine"] == "aurora-postgresql"
    assert float(cluster["EngineVersion"]) >= 17.4  # the first with pgvector 0.8
    assert cluster["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 0.5, "MaxCapacity": 8}
    assert cluster["StorageEncrypted"] is True
    assert cluster["DeletionProtection"] is True
    assert cluster["BackupRetentionPeriod"] == 14
    assert cluster["EnableIAMDatabaseAuthentication"] is True
    assert cluster["ManageMasterUserPassword"] is True


def test_only_functions_reach_the_proxy_and_only_with_iam_over_tls(
    production: Synthesized,
) -> None:
    (proxy,) = production.data.of_type("RDS::DBProxy").values()
    ingress = production.data.of_type("EC2::SecurityGroupIngress")

    assert proxy["RequireTLS"] is True
    assert [auth["IAMAuth"] for auth in proxy["Auth"]] == ["REQUIRED"]
    assert len(ingress) == 2  # functions to proxy, proxy to database
    assert all("SourceSecurityGroupId" in rule for rule in ingress.values())
    groups = production.data.of_type("EC2::SecurityGroup").values()
    assert not any(group.get("SecurityGroupIngress") for group in groups)


def test_one_nat_gateway_serves_unless_availability_is_asked_for(production: Synthesized) -> None:
    assert len(production.data.of_type("EC2::NatGateway")) == 1
    assert len(production.data.of_type("RDS::DBInstance")) == 1


def test_the_local_stage_has_no_network_and_no_database_of_its_own(local: Synthesized) -> None:
    types = {resource["Type"] for resource in local.data.resources.values()}

    assert types == {"AWS::DynamoDB::Table", "AWS::SecretsManager::Secret"}
    variables = local.variables("get_status")
    assert variables["DATABASE_URL"].startswith("postgresql+pg8000://")
    assert variables["DATABASE_AUTH"] == "none"


def test_transient_items_expire_by_themselves(each_stage: Synthesized) -> None:
    (table,) = each_stage.data.of_type("DynamoDB::Table").values()

    assert table["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expiration", "Enabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_what_is_kept_outlives_its_stack_except_locally(
    production: Synthesized, local: Synthesized
) -> None:
    for stage, policy in ((production, "Retain"), (local, "Delete")):
        for name, resource in stage.data.resources.items():
            if resource["Type"] in {"AWS::DynamoDB::Table", "AWS::SecretsManager::Secret"}:
                assert resource["DeletionPolicy"] == policy, name


def test_events_are_archived_in_the_cloud(production: Synthesized, local: Synthesized) -> None:
    (archive,) = production.application.of_type("Events::Archive").values()

    assert archive["RetentionDays"] == 30
    assert not local.application.of_type("Events::Archive")


def test_outputs_name_what_the_tools_look_for(each_stage: Synthesized) -> None:
    assert {
        "TransientTable",
        "SigningSecretArn",
        "OpenAiSecretArn",
        "WebhookSecretArn",
    } <= each_stage.data.outputs.keys()
    assert {
        "ApiId",
        "ApiUrl",
        "StateMachineArn",
        "DeliveryMachineArn",
        "EventBusName",
        "FunctionNamePrefix",
        "ScoringQueueUrl",
        "ScoringDeadLetterUrl",
        "RetrievalQueueUrl",
        "RetrievalDeadLetterUrl",
        "FusionQueueUrl",
        "FusionDeadLetterUrl",
    } <= each_stage.application.outputs.keys()


def test_a_stack_has_room_below_cloudformations_limit(production: Synthesized) -> None:
    for template in production.templates:
        assert len(template.resources) < 450, template.path.name  # of 500


@pytest.mark.parametrize(
    ("context", "says"),
    [
        ({"stage": "Production"}, "context stage"),
        ({"stage": "a-name-that-is-too-long"}, "context stage"),
        ({"engine": "magic"}, "context engine: Input should be 'offline' or 'openai'"),
        ({"openaiBaseUrl": "api.openai.com"}, "context openaiBaseUrl: must start with https://"),
        ({"monthlyTokenBudget": "-1"}, "context monthlyTokenBudget"),
        ({"modelTimeoutSeconds": "0"}, "context modelTimeoutSeconds"),
        ({"assetPath": "/nowhere"}, "context assetPath: Path does not point to a directory"),
        ({"alarmEmail": "nobody"}, "context alarmEmail"),
        ({"assetPath": ""}, "context assetPath"),
        ({"stage": "local"}, "stage local needs databaseUrl"),
        ({"databaseUrl": "postgresql+pg8000://x/y"}, "databaseUrl is for stage local"),
    ],
)
def test_a_wrong_value_is_named(context: dict[str, str], says: str) -> None:
    with pytest.raises(StageError, match=says):
        _stage(**context)


def test_every_wrong_value_is_named_at_once() -> None:
    with pytest.raises(StageError) as refused:
        Stage.from_context({"engine": "magic"}.get)

    lines = str(refused.value).splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "context stage",
        "context engine",
        "context assetPath",
    ]


def test_model_prices_are_json_or_an_object_of_cdk_json() -> None:
    price = {"m": {"prompt": 0.1, "completion": 0.4}}
    given: dict[str, object] = {"stage": "test", "assetPath": "."}

    assert json.loads(Stage.from_context({**given, "modelPrices": price}.get).model_prices) == price
    assert json.loads(_stage(modelPrices=json.dumps(price)).model_prices) == price
    assert _stage().model_prices == "{}"


@pytest.mark.parametrize("prices", ["1", "{", '{"m": 1}', '{"m": {"prompt": -1, "completion": 0}}'])
def test_prices_that_are_none_are_refused_before_anything_is_deployed(prices: str) -> None:
    with pytest.raises(StageError, match=r"context modelPrices: must be JSON like .* USD per"):
        _stage(modelPrices=prices)


def test_the_dashboard_of_usage_knows_budget_and_prices(
    production: Synthesized, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MONTHLY_TOKEN_BUDGET", "MODEL_PRICES"):
        monkeypatch.setenv(name, production.variables("get_usage")[name])

    settings = UsageSettings.from_env()

    assert (settings.monthly_token_budget, settings.model_prices) == (10_000_000, {})


def test_origins_are_a_list_with_commas() -> None:
    stage = _stage(allowedOrigins="https://a.example, https://b.example")

    assert stage.origins == ("https://a.example", "https://b.example")


def test_a_laptop_waits_seconds_for_the_offline_engine_and_longer_for_a_model() -> None:
    local = {"stage": "local", "databaseUrl": "postgresql+pg8000://x/y"}

    assert _stage(**local).timings.model_call == 3
    assert _stage(**local, engine="openai").timings.model_call == 20
    assert _stage(**local, engine="openai", modelTimeoutSeconds="4").timings.model_call == 4


def test_the_proxy_sets_what_clients_cannot_without_pinning(
    production: Synthesized,
) -> None:
    (group,) = production.data.of_type("RDS::DBProxyTargetGroup").values()

    assert group["ConnectionPoolConfigurationInfo"]["InitQuery"].split("; ") == [
        "SET statement_timeout = '10s'",
        "SET TimeZone = 'UTC'",
        "SET hnsw.iterative_scan = 'strict_order'",
        "SET hnsw.ef_search = '400'",
        "SET max_parallel_workers_per_gather = '0'",
    ]
