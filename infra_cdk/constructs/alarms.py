"""Alarms: each names one thing that a person should look at, and says where."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra_cdk.constructs.python_function import PythonFunction
from infra_cdk.constructs.task_queue import TaskQueue
from infra_cdk.constructs.webhook_delivery import WebhookDelivery
from infra_cdk.jsii_types import implements
from infra_cdk.metrics import assay_metric
from infra_cdk.stage import Stage
from shared.api.routes import BASE_PATH, ROUTES, Route
from shared.domain.metrics import Metric

FIVE_MINUTES: Final = Duration.minutes(5)
HOUR: Final = Duration.hours(1)
SLOW_MS: Final = 500
DEGRADED_PERCENT: Final = 5
MOST_METRICS: Final = 10
"""CloudWatch's limit for one alarm."""
SERVER_ERRORS: Final = 5
"""In five minutes: a client that tries again three times does not wake anybody."""
UNWATCHED: Final = frozenset(
    {
        *("complete_assessment", "redrive_queue", "transfer_content"),
        *("check_health", "get_jwks", "serve_docs"),
    }
)
"""The first wait on purpose, for the pipeline, a queue, or a whole file; nobody waits for the
others."""


class Alarms(Construct):
    def __init__(self, scope: Construct, id: str, *, stage: Stage) -> None:
        super().__init__(scope, id)
        self._stage: Final = stage
        topic = sns.Topic(self, "Topic", topic_name=stage.physical_name("alarms"), enforce_ssl=True)
        if stage.alarm_email:
            email = subscriptions.EmailSubscription(stage.alarm_email)
            topic.add_subscription(implements(sns.ITopicSubscription, email))
        action = actions.SnsAction(implements(sns.ITopic, topic))
        self._action: Final = implements(cloudwatch.IAlarmAction, action)

    def watch_queue(self, name: str, jobs: TaskQueue) -> None:
        # fail_task empties this queue within a second, so its depth alone would show nothing.
        dead_letters = cloudwatch.MathExpression(
            expression="FILL(received, 0) + FILL(waiting, 0)",
            label="dead letters",
            period=FIVE_MINUTES,
            using_metrics={
                "received": jobs.dead_letters.metric_number_of_messages_received(),
                "waiting": jobs.dead_letters.metric_approximate_number_of_messages_visible(),
            },
        )
        self._alarm(
            f"{name}DeadLetters",
            dead_letters,
            above=0,
            says=f"A {name.lower()} job was given up on; its assessment is degraded.",
        )
        self._alarm(
            f"{name}Age",
            jobs.queue.metric_approximate_age_of_oldest_message(period=FIVE_MINUTES),
            above=self._stage.timings.message_age.to_seconds(),
            says=f"{name} jobs wait for longer than two deliveries take.",
        )

    def watch_results(self) -> None:
        share = cloudwatch.MathExpression(
            expression="100 * FILL(degraded, 0) / completed",
            label="degraded, %",
            period=HOUR,
            using_metrics={
                "degraded": assay_metric(Metric.ASSESSMENTS_DEGRADED, "Sum", HOUR),
                "completed": assay_metric(Metric.ASSESSMENTS_COMPLETED, "Sum", HOUR),
            },
        )
        self._alarm(
            "Degraded",
            share,
            above=DEGRADED_PERCENT,
            says="More than 5 % of an hour's assessments used a fallback: see the reasons.",
        )

    def watch_executions(self, id: str, machine: sfn.StateMachine, *, says: str) -> None:
        self._alarm(
            id,
            _sum(
                {
                    "failed": machine.metric_failed(period=FIVE_MINUTES),
                    "timedout": machine.metric_timed_out(period=FIVE_MINUTES),
                    "aborted": machine.metric_aborted(period=FIVE_MINUTES),
                }
            ),
            above=0,
            says=says,
        )

    def watch_webhooks(self, webhooks: WebhookDelivery) -> None:
        self._alarm(
            "WebhookDeadLetters",
            webhooks.dead_letters.metric_approximate_number_of_messages_visible(
                period=FIVE_MINUTES
            ),
            above=0,
            says="Events did not reach the deliveries: see fan_out_event's logs, then redrive.",
        )
        machine = webhooks.state_machine
        self._alarm(
            "WebhookDelivery",
            _sum(
                {
                    "failed": machine.metric_failed(period=FIVE_MINUTES),
                    "timedout": machine.metric_timed_out(period=FIVE_MINUTES),
                    "aborted": machine.metric_aborted(period=FIVE_MINUTES),
                }
            ),
            above=0,
            says="A delivery's execution broke; reconcile starts another: see send_delivery.",
        )
        self._alarm(
            "WebhookDisabled",
            assay_metric(Metric.WEBHOOKS_DISABLED, "Sum", FIVE_MINUTES),
            above=0,
            says="A webhook was given up on (410, or five days): tell its owner.",
        )

    def watch_api(self, api: apigw.HttpApi) -> None:
        self._alarm(
            "ServerErrors",
            api.metric_server_error(period=FIVE_MINUTES, statistic="Sum"),
            above=SERVER_ERRORS,
            says="The API answers 5xx: see the dashboard for the route, then its function's logs.",
        )

    def watch_errors(self, id: str, functions: Sequence[PythonFunction]) -> None:
        self._alarm(
            id,
            _sum({f.module: f.function.metric_errors(period=FIVE_MINUTES) for f in functions}),
            above=0,
            says="A function raised an error: see its logs.",
        )

    def watch_latency(self) -> None:
        """One alarm for each resource of the API, or as many as its routes need.

        It is as fast as its slowest route.
        """
        watched = [route for route in ROUTES if route.function not in UNWATCHED]
        for resource, found in groupby(sorted(watched, key=_resource), key=_resource):
            routes = list(found)
            for first in range(0, len(routes), MOST_METRICS):
                number = first // MOST_METRICS + 1
                self._watch_routes(
                    f"Slow{resource.title().replace('/', '')}{number if first else ''}",
                    resource,
                    routes[first : first + MOST_METRICS],
                )

    def _watch_routes(self, id: str, resource: str, routes: Sequence[Route]) -> None:
        slowest = {
            f"r{number}": assay_metric(
                Metric.REQUEST_LATENCY,
                "p95",
                FIVE_MINUTES,
                route=f"{route.method} {BASE_PATH}{route.path}",
            )
            for number, route in enumerate(routes)
        }
        self._alarm(
            id,
            cloudwatch.MathExpression(
                expression=f"MAX([{', '.join(slowest)}])",
                label="p95 of the slowest route, ms",
                period=FIVE_MINUTES,
                using_metrics=slowest,
            ),
            above=SLOW_MS,
            # One slow request after a quiet night is a cold start, not an incident.
            periods=3,
            says=f"Requests to /{resource} take more than half a second at p95.",
        )

    def _alarm(
        self, id: str, metric: cloudwatch.IMetric, *, above: float, says: str, periods: int = 1
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            id,
            metric=metric,
            threshold=above,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=periods,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=says,
        )
        alarm.add_alarm_action(self._action)
        alarm.add_ok_action(self._action)


def _sum(metrics: Mapping[str, cloudwatch.IMetric]) -> cloudwatch.MathExpression:
    if len(metrics) > MOST_METRICS:
        raise ValueError(f"an alarm takes {MOST_METRICS} metrics, not {len(metrics)}")
    return cloudwatch.MathExpression(
        expression=f"SUM([{', '.join(metrics)}])",
        label="in five minutes",
        period=FIVE_MINUTES,
        using_metrics=metrics,
    )


def _resource(route: Route) -> str:
    """Return what the route is about; all that admins keep together would be too many metrics."""
    first, *rest = route.path.strip("/").split("/")
    return f"{first}/{rest[0]}" if first == "admin" else first
