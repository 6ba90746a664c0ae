"""The metrics that functions write, as CloudWatch knows them."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam

from infra_cdk.constructs.python_function import PythonFunction
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


def let_read_metrics(function: PythonFunction) -> None:
    """Permit reading metrics; IAM knows no resource for it, and the CDK no grant."""
    function.function.add_to_role_policy(
        iam.PolicyStatement(actions=["cloudwatch:GetMetricData"], resources=["*"])
    )
