"""A Lambda function with this project's defaults."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra_cdk.acknowledge import acknowledge
from infra_cdk.constructs.network import Network
from infra_cdk.jsii_types import implements
from infra_cdk.stage import Stage
from shared.adapters.emf_metrics import NAMESPACE, SERVICE
from shared.settings import Settings

RUNTIME: Final = lambda_.Runtime.PYTHON_3_13
TIMEOUT: Final = Duration.seconds(10)
MEMORY_MB: Final = 1024
"""CPU comes with memory: 0.6 of a core keeps the imports of a cold start below half a second."""
WHOLE_CORE_MB: Final = 1769
"""Where a function gets one whole core: bcrypt at cost 12 takes 0.25 s there, 0.9 s at 512 MB."""


class PythonFunction(Construct):
    """`functions/<module>.py`, deployed; grant it what it needs through `function`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        module: str,
        stage: Stage,
        code: lambda_.Code,
        network: Network | None = None,
        timeout: Duration = TIMEOUT,
        memory_mb: int = MEMORY_MB,
    ) -> None:
        super().__init__(scope, id)
        self.module: Final = module
        self.logs: Final = logs.LogGroup(
            self,
            "Logs",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=stage.removal_policy,
        )
        self._function: Final = lambda_.Function(
            self,
            "Function",
            function_name=stage.physical_name(module),
            handler=f"functions.{module}.lambda_handler",
            code=code,
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            memory_size=memory_mb,
            timeout=timeout,
            tracing=lambda_.Tracing.ACTIVE,
            logging_format=lambda_.LoggingFormat.JSON,
            log_group=self.logs,
            vpc=network.vpc if network else None,
            vpc_subnets=network.function_subnets if network else None,
            security_groups=[network.functions] if network else None,
            environment={
                "POWERTOOLS_SERVICE_NAME": SERVICE,
                "POWERTOOLS_METRICS_NAMESPACE": NAMESPACE,
                "POWERTOOLS_LOG_LEVEL": "INFO",
                "STAGE": stage.stage,
            },
        )

        self.function: Final = implements(lambda_.IFunction, self._function)
        acknowledge(self, {"IAM5[Resource::*]": "X-Ray's actions have no resource to name."})

    def configure(self, model: type[Settings], **values: str) -> None:
        """Set the variables that `model` reads, all of them and no others."""
        if values.keys() != model.model_fields.keys():
            raise ValueError(f"{model.__name__} takes {sorted(model.model_fields)}")
        for field, value in values.items():
            self._function.add_environment(field.upper(), value)
