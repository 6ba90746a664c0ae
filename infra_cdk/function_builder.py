"""Functions from what is specified of them, with what each needs."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_lambda as lambda_
from constructs import Construct
from pydantic.alias_generators import to_pascal

from infra_cdk.access import Access, Need
from infra_cdk.constructs.python_function import PythonFunction
from infra_cdk.data_stack import DataStack
from infra_cdk.functions import Spec
from infra_cdk.stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionBuilder:
    stage: Stage
    data: DataStack
    access: Access

    def build(self, scope: Construct, specs: Mapping[str, Spec]) -> dict[str, PythonFunction]:
        # An asset belongs to one stack, so each has its own of the same files.
        code = lambda_.Code.from_asset(str(self.stage.asset_path))
        return {module: self._build(scope, module, spec, code) for module, spec in specs.items()}

    def _build(
        self, scope: Construct, module: str, spec: Spec, code: lambda_.Code
    ) -> PythonFunction:
        function = PythonFunction(
            scope,
            to_pascal(module),
            module=module,
            stage=self.stage,
            code=code,
            # Only what speaks to the database pays for starting inside the network.
            network=self.data.network if Need.DATABASE in spec.needs else None,
            timeout=spec.timeout,
            memory_mb=spec.memory_mb,
        )
        for need in sorted(spec.needs):
            self.access.give(function, need)
        return function
