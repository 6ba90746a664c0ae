"""Where a command works: the local stack, or a stage in an AWS account."""

import os
from dataclasses import dataclass
from typing import Annotated, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from cyclopts import Parameter

from local_stack.aws_errors import told
from local_stack.deployment import Deployment
from local_stack.errors import LocalStackError
from local_stack.outputs import Outputs
from local_stack.settings import Settings
from local_stack.stack import STAGE, Stack

API_URL: Final = "ApiUrl"
ELSEWHERE: Final = "Name another by --stage, or its account by --profile and --region."


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What names a running Assay, as options of a command."""

    stage: Annotated[str, Parameter(env_var="ASSAY_STAGE")] = STAGE
    """`local` is the stack on this machine, any other one in AWS."""
    profile: Annotated[str | None, Parameter(env_var="AWS_PROFILE")] = None
    """Of the AWS command line, for a stage in AWS."""
    region: Annotated[str | None, Parameter(env_var=("AWS_REGION", "AWS_DEFAULT_REGION"))] = None
    """Of a stage in AWS; the profile's if left out."""

    @property
    def is_local(self) -> bool:
        return self.stage == STAGE

    def deployment(self) -> Deployment:
        if self.is_local:
            settings = Settings.read(os.environ)
            Outputs.read(settings.outputs)
            return Stack(settings=settings).deployment
        try:
            session = boto3.Session(profile_name=self.profile, region_name=self.region)
        except BotoCoreError as error:
            raise told(error) from None
        return Deployment(stage=self.stage, session=session)

    def api_url(self) -> str:
        """Return what `/api/v1` hangs on, or raise `LocalStackError` where there is no such one."""
        if self.is_local:
            return Outputs.read(Settings.read(os.environ).outputs).api_url
        return api_url_of(self.deployment())


LOCAL: Final = Where()


def api_url_of(deployment: Deployment) -> str:
    """Return the API's URL as CloudFormation knows it."""
    name = f"assay-{deployment.stage}-app"
    try:
        (stack,) = deployment.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":  # of what is not there
            region = deployment.session.region_name
            raise LocalStackError(
                f"There is no stage {deployment.stage!r} in this account and {region}: "
                f"it has no stack {name}.",
                ELSEWHERE,
            ) from None
        raise told(error) from None
    except BotoCoreError as error:
        raise told(error) from None
    for output in stack.get("Outputs", ()):
        if output["OutputKey"] == API_URL:
            return str(output["OutputValue"]).rstrip("/")
    raise LocalStackError(
        f"The stack {name} has no output {API_URL}: its deployment is not at its end.",
        "Deploy it: README.md, “Deploy to AWS”.",
    )
