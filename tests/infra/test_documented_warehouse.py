"""The stack in docs/events.md works as it stands there."""

import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App
from aws_cdk.assertions import Match, Template

TEXT = (Path(__file__).parents[2] / "docs" / "events.md").read_text("utf-8")


@pytest.fixture(scope="module")
def template() -> Template:
    [source] = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    names: dict[str, Any] = {}
    exec(source, names)  # noqa: S102 - our own documentation
    return Template.from_stack(names["Warehouse"](App(), "Warehouse", stage="production"))


def test_its_rule_takes_the_stream_from_the_stages_bus_and_nothing_else(template: Template) -> None:
    rule = {
        "EventBusName": "assay-production-events",
        "EventPattern": {"source": ["assay.analytics"]},
        "State": "ENABLED",
    }
    template.has_resource_properties("AWS::Events::Rule", rule)


def test_its_lines_are_events(template: Template) -> None:
    delimiter = Match.object_like({"Type": "AppendDelimiterToRecord"})
    template.has_resource_properties(
        "AWS::KinesisFirehose::DeliveryStream",
        {
            "ExtendedS3DestinationConfiguration": Match.object_like(
                {
                    "ProcessingConfiguration": {
                        "Enabled": True,
                        "Processors": Match.array_with([delimiter]),
                    }
                }
            )
        },
    )
