"""`.local/outputs.json`: where a client, a test or a person finds the running stack."""

import json
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from local_stack.errors import LocalStackError


class Outputs(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)

    stage: str
    engine: str
    api_url: str
    """What `/api/v1` hangs on, without a slash at its end."""
    database_url: str
    endpoint_url: str
    """The AWS endpoint; its credentials are `test` and `test`."""
    region: str
    functions: dict[str, str]
    """Deployed name by module."""
    queue_urls: dict[str, str]
    """URL by queue name."""
    state_machine_arns: dict[str, str]
    stacks: dict[str, dict[str, str]]
    """What the CDK stacks say of themselves."""

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(self.model_dump(by_alias=True), indent=2) + "\n")

    @classmethod
    def read(cls, path: Path) -> Self:
        try:
            return cls.model_validate_json(path.read_text())
        except FileNotFoundError:
            raise LocalStackError("The stack is not up.", "Start it: make up.") from None
        except ValidationError:
            raise LocalStackError(
                f"{path} is not what this version writes.", "Write it again: make down up."
            ) from None
