"""API Gateway, built from the route table."""

import json
from collections.abc import Mapping
from typing import Final

import jsii
from aws_cdk import Duration, Tags
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra_cdk.acknowledge import acknowledge
from infra_cdk.constructs.python_function import PythonFunction
from infra_cdk.jsii_types import implements
from infra_cdk.stage import Stage
from shared.api.routes import BASE_PATH, ROUTES

REQUESTS_PER_SECOND: Final = 200
BURST: Final = 400
"""A lecture hall that starts at once; what is above gets 429."""
PREFLIGHT_KEPT: Final = Duration.hours(1)

# Ids and numbers: no address, no query, no path (it is in the route key), no token.
ACCESS_LOG: Final = {
    "requestId": "$context.requestId",
    "time": "$context.requestTimeEpoch",
    "route": "$context.routeKey",
    "status": "$context.status",
    "latency": "$context.responseLatency",
    "integrationLatency": "$context.integrationLatency",
    "integrationError": "$context.integrationErrorMessage",
    "responseLength": "$context.responseLength",
    "userId": "$context.authorizer.userId",
}


class HttpApi(Construct):
    """The API and its one stage.

    The authorizer never denies and is never cached: it says who calls, or why it cannot tell, and
    the function's edge answers. API Gateway could refuse only with a body of its own, and callers
    are promised problem+json. So it has no identity source, which makes API Gateway ask always.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: Stage,
        authorizer: PythonFunction,
    ) -> None:
        super().__init__(scope, id)
        self.api: Final = apigw.HttpApi(
            self,
            "Api",
            api_name=stage.physical_name("api"),
            create_default_stage=False,
            cors_preflight=_cors(stage),
        )
        if stage.is_local:
            # The emulator then serves it under /_aws/execute-api/assay after every deploy.
            Tags.of(self.api).add("ms-custom-id", "assay")
        apigw.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            auto_deploy=True,
            throttle=apigw.ThrottleSettings(rate_limit=REQUESTS_PER_SECOND, burst_limit=BURST),
            access_log_settings=AccessLogs(
                logs.LogGroup(
                    self,
                    "AccessLogs",
                    retention=logs.RetentionDays.ONE_MONTH,
                    removal_policy=stage.removal_policy,
                )
            ),
        )
        self._ask: Final = authorizers.HttpLambdaAuthorizer(
            "Authorizer",
            authorizer.function,
            response_types=[authorizers.HttpLambdaResponseType.SIMPLE],
            identity_source=[],
            results_cache_ttl=Duration.seconds(0),
        )

    def add_routes(self, scope: Construct, functions: Mapping[str, PythonFunction]) -> None:
        """Add to the scope the routes of the table that these functions serve."""
        backends = {
            name: integrations.HttpLambdaIntegration(name, function.function)
            for name, function in functions.items()
        }
        for route in ROUTES:
            if route.function not in functions:
                continue
            added = apigw.HttpRoute(
                scope,
                f"{route.method} {route.path}",
                http_api=implements(apigw.IHttpApi, self.api),
                route_key=apigw.HttpRouteKey.with_(
                    BASE_PATH + route.path, apigw.HttpMethod(route.method)
                ),
                integration=backends[route.function],
                authorizer=self._ask if route.roles else apigw.HttpNoneAuthorizer(),
            )
            if route.roles is None:
                acknowledge(added, {"APIG4": "Public by the route table: no account is needed."})


@jsii.implements(apigw.IAccessLogSettings)
class AccessLogs:
    def __init__(self, group: logs.LogGroup) -> None:
        self._group = group

    @property
    def destination(self) -> apigw.IAccessLogDestination:
        return implements(apigw.IAccessLogDestination, apigw.LogGroupLogDestination(self._group))

    @property
    def format(self) -> apigateway.AccessLogFormat:
        return apigateway.AccessLogFormat.custom(json.dumps(ACCESS_LOG))


def _cors(stage: Stage) -> apigw.CorsPreflightOptions | None:
    if not stage.origins:
        return None
    return apigw.CorsPreflightOptions(
        allow_origins=list(stage.origins),
        allow_methods=[apigw.CorsHttpMethod.ANY],
        allow_headers=["authorization", "content-type", "idempotency-key"],
        expose_headers=["idempotency-replayed", "location", "retry-after"],
        max_age=PREFLIGHT_KEPT,
    )
