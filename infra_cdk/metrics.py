"""The metrics that functions write, as CloudWatch knows them."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from shared.adapters.emf_metrics import NAMESPACE, SERVICE
from shared.domain.metrics import Metric


def assay_metric(
    metric: Metric, statistic: str, period: Duration, **dimensions: str
) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=metric,
        dimensions_map={"service": SERVICE, **dimensions},
        statistic=statistic,
        period=period,
    )
