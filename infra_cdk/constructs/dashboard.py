"""The operator's one page: what users feel, what the pipeline does, what is wrong."""

from collections.abc import Mapping, Sequence
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra_cdk.constructs.python_function import PythonFunction
from infra_cdk.constructs.task_queue import TaskQueue
from infra_cdk.constructs.webhook_delivery import WebhookDelivery
from infra_cdk.metrics import assay_metric
from infra_cdk.stage import Stage
from shared.adapters.emf_metrics import NAMESPACE
from shared.domain.metrics import Metric

PERIOD: Final = Duration.minutes(5)
HALF: Final = 12
THIRD: Final = 8


class Dashboard(Construct):
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: Stage,
        api: apigw.HttpApi,
        queues: Mapping[str, TaskQueue],
        machine: sfn.StateMachine,
        workers: Sequence[PythonFunction],
        webhooks: WebhookDelivery,
    ) -> None:
        super().__init__(scope, id)
        board = cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=stage.physical_name("operations"),
            default_interval=Duration.hours(3),
        )
        board.add_widgets(
            _by("Latency by route, p95 in ms", Metric.REQUEST_LATENCY, "route", "p95"),
            _graph(
                "Answers",
                api.metric_count(period=PERIOD, statistic="Sum", label="requests"),
                api.metric_client_error(period=PERIOD, statistic="Sum", label="4xx"),
                api.metric_server_error(period=PERIOD, statistic="Sum", label="5xx"),
            ),
        )
        board.add_widgets(
            _by("Stage duration, p95 in ms", Metric.STAGE_DURATION, "stage", "p95", width=THIRD),
            _graph(
                "Assessments",
                assay_metric(Metric.ASSESSMENTS_COMPLETED, "Sum", PERIOD),
                assay_metric(Metric.ASSESSMENTS_DEGRADED, "Sum", PERIOD),
                machine.metric_failed(period=PERIOD, label="failed"),
                width=THIRD,
            ),
            _by("Degraded by reason", Metric.DEGRADED, "reason", "Sum", width=THIRD),
        )
        board.add_widgets(
            _graph(
                "Jobs waiting",
                *(
                    q.queue.metric_approximate_number_of_messages_visible(period=PERIOD, label=name)
                    for name, q in queues.items()
                ),
                width=THIRD,
            ),
            _graph(
                "Oldest job, s",
                *(
                    q.queue.metric_approximate_age_of_oldest_message(period=PERIOD, label=name)
                    for name, q in queues.items()
                ),
                width=THIRD,
            ),
            _graph(
                "Dead letters",
                *(
                    q.dead_letters.metric_number_of_messages_received(period=PERIOD, label=name)
                    for name, q in queues.items()
                ),
                width=THIRD,
            ),
        )
        board.add_widgets(
            _by("Webhook attempts", Metric.WEBHOOK_ATTEMPTS, "outcome", "Sum", width=THIRD),
            _graph(
                "Webhooks given up on",
                assay_metric(Metric.WEBHOOKS_DISABLED, "Sum", PERIOD),
                width=THIRD,
            ),
            _graph(
                "Events waiting for webhooks",
                webhooks.queue.metric_approximate_number_of_messages_visible(
                    period=PERIOD, label="waiting"
                ),
                webhooks.dead_letters.metric_approximate_number_of_messages_visible(
                    period=PERIOD, label="dead letters"
                ),
                width=THIRD,
            ),
        )
        board.add_widgets(
            _by("Tokens by purpose", Metric.TOKENS_USED, "purpose", "Sum", width=THIRD),
            cloudwatch.GraphWidget(
                title="Function errors",
                left=[_errors_by_function(stage)],
                width=THIRD,
            ),
            cloudwatch.LogQueryWidget(
                title="Circuit of the model provider",
                log_group_names=[worker.logs.log_group_name for worker in workers],
                query_lines=[
                    "filter message = 'circuit changed'",
                    "sort @timestamp desc",
                    "display @timestamp, circuit, was, state",
                ],
                width=THIRD,
            ),
        )


def _by(
    title: str, metric: Metric, dimension: str, statistic: str, *, width: int = HALF
) -> cloudwatch.GraphWidget:
    """One line for each value of the dimension that has been seen."""
    search = f'{{{NAMESPACE},service,{dimension}}} MetricName="{metric}"'
    return cloudwatch.GraphWidget(
        title=title,
        left=[_search(search, statistic)],
        width=width,
    )


def _errors_by_function(stage: Stage) -> cloudwatch.MathExpression:
    words = stage.prefix.replace("-", " ").strip()
    search = f'{{AWS/Lambda,FunctionName}} {words} MetricName="Errors"'
    return _search(search, "Sum")


def _search(search: str, statistic: str) -> cloudwatch.MathExpression:
    return cloudwatch.MathExpression(
        expression=f"SEARCH('{search}', '{statistic}', {PERIOD.to_seconds():.0f})",
        label="",
        period=PERIOD,
        using_metrics={},
    )


def _graph(title: str, *metrics: cloudwatch.IMetric, width: int = HALF) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=width)
