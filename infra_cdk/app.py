"""The CDK app: `cdk deploy --all -c stage=<name>`; the keys of the context are `Stage`'s fields."""

import sys

from aws_cdk import (
    App,
    CliCredentialsStackSynthesizer,
    DefaultStackSynthesizer,
    StackSynthesizer,
    Validations,
)
from cdk_nag import AwsSolutionsChecks

from infra_cdk.acknowledge import acknowledge_everywhere, acknowledge_lint
from infra_cdk.application_stack import ApplicationStack
from infra_cdk.data_stack import DataStack
from infra_cdk.staff_stack import StaffStack
from infra_cdk.stage import Stage, StageError


def build(app: App, stage: Stage) -> None:
    """Add the stage's stacks to the app: what is kept, what runs, and what staff call."""
    data = DataStack(app, stage.physical_name("data"), stage=stage, synthesizer=_synthesizer(stage))
    application = ApplicationStack(
        app,
        stage.physical_name("app"),
        stage=stage,
        data=data,
        synthesizer=_synthesizer(stage),
    )
    staff = StaffStack(
        app,
        stage.physical_name("staff"),
        stage=stage,
        application=application,
        synthesizer=_synthesizer(stage),
    )
    acknowledge_everywhere(app)
    for stack in (data, application, staff):
        acknowledge_lint(stack)


def _synthesizer(stage: Stage) -> StackSynthesizer:
    if stage.asset_bucket:
        return CliCredentialsStackSynthesizer(file_assets_bucket_name=stage.asset_bucket)
    return DefaultStackSynthesizer()


def main() -> None:
    app = App()
    try:
        stage = Stage.from_context(app.node.try_get_context)
    except StageError as error:
        sys.exit(str(error))
    build(app, stage)
    if not stage.is_local:
        Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()


if __name__ == "__main__":
    main()
