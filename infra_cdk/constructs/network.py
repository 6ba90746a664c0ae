"""The network of a stage with its own database.

Functions reach AWS and the model provider through NAT. Interface endpoints for what they call
(Secrets Manager, SQS, Step Functions, EventBridge) would cost about 58 USD a month in two zones
and still not reach a model; one NAT gateway costs about 33 and reaches both. DynamoDB's gateway
endpoint is free and keeps its traffic off the NAT.
"""

from typing import Final

from aws_cdk import RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from constructs import Construct

ZONES: Final = 2


class Network(Construct):
    function_subnets: Final = ec2.SubnetSelection(subnet_group_name="Functions")
    database_subnets: Final = ec2.SubnetSelection(subnet_group_name="Database")

    def __init__(self, scope: Construct, id: str, *, nat_gateways: int) -> None:
        super().__init__(scope, id)
        self.vpc: Final = ec2.Vpc(
            self,
            "Vpc",
            max_azs=ZONES,
            nat_gateways=nat_gateways,
            subnet_configuration=[
                _subnets("Public", ec2.SubnetType.PUBLIC),
                _subnets("Functions", ec2.SubnetType.PRIVATE_WITH_EGRESS),
                _subnets("Database", ec2.SubnetType.PRIVATE_ISOLATED),
            ],
            gateway_endpoints={
                "DynamoDb": ec2.GatewayVpcEndpointOptions(
                    service=ec2.GatewayVpcEndpointAwsService.DYNAMODB
                )
            },
        )
        self.vpc.add_flow_log(
            "Rejected",
            traffic_type=ec2.FlowLogTrafficType.REJECT,
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(
                logs.LogGroup(
                    self,
                    "FlowLogs",
                    retention=logs.RetentionDays.ONE_MONTH,
                    removal_policy=RemovalPolicy.DESTROY,
                )
            ),
        )
        # One group for all functions: Lambda then shares its network interfaces among them.
        self.functions: Final = ec2.SecurityGroup(
            self, "FunctionTraffic", vpc=self.vpc, description="Functions of the application"
        )


def _subnets(name: str, kind: ec2.SubnetType) -> ec2.SubnetConfiguration:
    return ec2.SubnetConfiguration(name=name, subnet_type=kind, cidr_mask=20)
