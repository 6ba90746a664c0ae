"""Findings of cdk-nag and cfn-lint that are accepted, each with its reason."""

from collections.abc import Mapping
from typing import Final

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import IConstruct

MANAGED: Final = "arn:<AWS::Partition>:iam::aws:policy/service-role"

EVERYWHERE: Final = {
    "L1": "Python 3.13 on purpose: every locked dependency has an arm64 wheel for it.",
    f"IAM4[Policy::{MANAGED}/AWSLambdaBasicExecutionRole]": (
        "It allows writing logs and nothing else, and AWS keeps it right."
    ),
    f"IAM4[Policy::{MANAGED}/AWSLambdaVPCAccessExecutionRole]": (
        "It allows a function its network interfaces, for which IAM knows no narrower resource."
    ),
}
"""What each function brings with it."""


def acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Accept rules of the pack AwsSolutions on the construct and all below it, by rule's suffix."""
    Validations.of(construct).acknowledge(
        *(Acknowledgment(id=f"AwsSolutions-{rule}", reason=r) for rule, r in reasons.items())
    )


def acknowledge_everywhere(app: IConstruct) -> None:
    acknowledge(app, EVERYWHERE)


def acknowledge_lint(stack: Stack) -> None:
    """W3005: the CDK writes out dependencies that references already imply."""
    stack.add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3005"]}})
