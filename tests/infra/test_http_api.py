"""API Gateway says what the route table says."""

from collections.abc import Mapping
from typing import Any

import pytest

from shared.api.routes import BASE_PATH, ROUTES, Route
from tests.infra.synthesized import Synthesized


def _key(route: Route) -> str:
    return f"{route.method} {BASE_PATH}{route.path}"


def _deployed(stage: Synthesized) -> dict[str, Mapping[str, Any]]:
    return {r["RouteKey"]: r for r in stage.running("ApiGatewayV2::Route").values()}


def _function_behind(stage: Synthesized, route: Mapping[str, Any]) -> str:
    # "Target" joins "integrations/" and a reference.
    integration = route["Target"]["Fn::Join"][1][1]["Ref"]
    uri = stage.running("ApiGatewayV2::Integration")[integration]["IntegrationUri"]
    return stage.modules[uri["Fn::GetAtt"][0]]


def test_there_are_the_routes_of_the_table_and_no_others(each_stage: Synthesized) -> None:
    assert _deployed(each_stage).keys() == {_key(route) for route in ROUTES}


@pytest.mark.parametrize("route", ROUTES, ids=_key)
def test_a_route_reaches_its_function(production: Synthesized, route: Route) -> None:
    deployed = _deployed(production)[_key(route)]

    assert _function_behind(production, deployed) == route.function


@pytest.mark.parametrize("route", ROUTES, ids=_key)
def test_a_route_has_an_authorizer_unless_it_is_public(
    production: Synthesized, route: Route
) -> None:
    deployed = _deployed(production)[_key(route)]

    kind = "NONE" if route.roles is None else "CUSTOM"
    assert deployed.get("AuthorizationType") == kind
    assert ("AuthorizerId" in deployed) == (route.roles is not None)


def test_the_authorizer_is_asked_for_every_request(each_stage: Synthesized) -> None:
    (authorizer,) = each_stage.application.of_type("ApiGatewayV2::Authorizer").values()

    uri = authorizer["AuthorizerUri"]["Fn::Join"][1]
    assert each_stage.modules[uri[5]["Fn::GetAtt"][0]] == "authorize_request"
    assert authorizer["EnableSimpleResponses"] is True
    # An identity source would let API Gateway refuse by itself, and not with problem+json.
    assert authorizer["IdentitySource"] == []
    assert authorizer["AuthorizerResultTtlInSeconds"] == 0


def test_browsers_may_call_locally_and_elsewhere_from_named_origins_only(
    production: Synthesized, local: Synthesized
) -> None:
    (api,) = production.application.of_type("ApiGatewayV2::Api").values()
    (local_api,) = local.application.of_type("ApiGatewayV2::Api").values()

    assert "CorsConfiguration" not in api
    assert local_api["CorsConfiguration"]["AllowOrigins"] == ["*"]
    assert "AllowCredentials" not in local_api["CorsConfiguration"]


def test_access_logs_hold_no_address_and_no_token(each_stage: Synthesized) -> None:
    (stage,) = each_stage.application.of_type("ApiGatewayV2::Stage").values()

    log = stage["AccessLogSettings"]["Format"]
    assert "$context.requestId" in log
    for word in ("sourceIp", "$context.path", "authorization", "userAgent", "domainName"):
        assert word not in log


def test_requests_are_throttled(each_stage: Synthesized) -> None:
    (stage,) = each_stage.application.of_type("ApiGatewayV2::Stage").values()

    assert stage["DefaultRouteSettings"] == {
        "ThrottlingBurstLimit": 400,
        "ThrottlingRateLimit": 200,
    }
