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
    staff: Template

    @property
    def templates(self) -> tuple[Template, ...]:
        return self.data, self.application, self.staff

    def running(self, type: str) -> dict[str, Properties]:
        """Of all that is no data: properties by logical id."""
        return self.application.of_type(type) | self.staff.of_type(type)

    @property
    def functions(self) -> dict[str, Properties]:
        """Lambda functions by module."""
        functions = self.running("Lambda::Function")
        return {module: functions[name] for name, module in self.modules.items()}

    def machine(self, name: str) -> Properties:
        """Properties of the state machine with this name in its stage."""
        (machine,) = [
            properties
            for properties in self.application.of_type("StepFunctions::StateMachine").values()
            if properties["StateMachineName"] == self.stage.physical_name(name)
        ]
        return machine

    def definition(self, name: str) -> Properties:
        """Definition of the state machine, with logical ids where it names resources."""
        parts = self.machine(name)["DefinitionString"]["Fn::Join"][1]
        text = "".join(p if isinstance(p, str) else _named(p) for p in parts)
        definition: Properties = json.loads(text)
        return definition

    def invoked_by(self, name: str) -> set[str]:
        """Modules of the functions that the state machine may invoke."""
        return {
            self.modules[resource["Fn::GetAtt"][0]]
            for statement in self.statements_of(name)
            if statement["Action"] == "lambda:InvokeFunction"
            for resource in statement["Resource"]
            if "Fn::GetAtt" in resource
        }

    def statements_of(self, name: str) -> list[Properties]:
        """Statements of the state machine's role."""
        role = self.machine(name)["RoleArn"]["Fn::GetAtt"][0]
        return [
            statement
            for policy in self.application.of_type("IAM::Policy").values()
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    @property
    def modules(self) -> dict[str, str]:
        """Module by the function's logical id."""
        functions = self.running("Lambda::Function")
        return {name: function["Handler"].split(".")[1] for name, function in functions.items()}

    def variables(self, module: str) -> Mapping[str, Any]:
        variables: Mapping[str, Any] = self.functions[module]["Environment"]["Variables"]
        return variables

    def allowed(self, module: str) -> set[Allowed]:
        """What the inline policies of the function's role allow, wherever the resource stands."""
        role = self.functions[module]["Role"]["Fn::GetAtt"][0]
        return {
            Allowed(action, resource if isinstance(resource, str) else json.dumps(resource))
            for policy in self.running("IAM::Policy").values()
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
            for action in _listed(statement["Action"])
            for resource in map(self._exported, _listed(statement["Resource"]))
        }

    def _exported(self, resource: Any) -> Any:
        """Return what the application exports for the staff's stack to import."""
        exports = {
            output["Export"]["Name"]: output["Value"]
            for output in self.application.outputs.values()
            if "Export" in output
        }
        name = resource.get("Fn::ImportValue") if isinstance(resource, dict) else None
        return exports.get(name, resource)

    def actions(self, module: str) -> set[str]:
        """The same without resources and without what every function may: tracing."""
        actions = {allowed.action for allowed in self.allowed(module)}
        return {action for action in actions if not action.startswith("xray:")}


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _named(reference: Mapping[str, Any]) -> str:
    (target,) = reference.values()
    return target if isinstance(target, str) else str(target[0])
