"""A synthesized stage, and questions that tests ask of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from aws_cdk import App

from infra_cdk.stage import Stage

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class Template:
    path: Path
    resources: Mapping[str, Mapping[str, Any]]
    outputs: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, folder: Path, stack: str) -> Self:
        path = folder / f"{stack}.template.json"
        content = json.loads(path.read_text())
        return cls(path, content["Resources"], content.get("Outputs", {}))

    def of_type(self, type: str) -> dict[str, Properties]:
        """Properties by logical id."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == f"AWS::{type}"
        }


@dataclass(frozen=True)
class Allowed:
    """One action on one resource, as a policy spells them."""

    action: str
    resource: str


@dataclass(frozen=True)
class Synthesized:
    stage: Stage
    app: App
    folder: Path
    data: Template
    application: Template

    @property
    def functions(self) -> dict[str, Properties]:
        """Lambda functions by module."""
        functions = self.application.of_type("Lambda::Function")
        return {module: functions[name] for name, module in self.modules.items()}

    @property
    def modules(self) -> dict[str, str]:
        """Module by the function's logical id."""
        functions = self.application.of_type("Lambda::Function")
        return {name: function["Handler"].split(".")[1] for name, function in functions.items()}

    def variables(self, module: str) -> Mapping[str, Any]:
        variables: Mapping[str, Any] = self.functions[module]["Environment"]["Variables"]
        return variables

    def allowed(self, module: str) -> set[Allowed]:
        """What the inline policies of the function's role allow."""
        role = self.functions[module]["Role"]["Fn::GetAtt"][0]
        return {
            Allowed(action, resource if isinstance(resource, str) else json.dumps(resource))
            for policy in self.application.of_type("IAM::Policy").values()
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
            for action in _listed(statement["Action"])
            for resource in _listed(statement["Resource"])
        }

    def actions(self, module: str) -> set[str]:
        """The same without resources and without what every function may: tracing."""
        actions = {allowed.action for allowed in self.allowed(module)}
        return {action for action in actions if not action.startswith("xray:")}


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
