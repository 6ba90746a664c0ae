"""Mend the emulator's CORS: it files a template's settings under names that it does not look up.

Set again through the API, they are found. Without this every preflight is refused.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local_stack.deployment import Deployment


def mend_cors(deployment: Deployment, cloud_assembly: Path) -> None:
    """Set the CORS settings of each HTTP API in the synthesized templates once more."""
    gateway = deployment.client("apigatewayv2")
    ids = {api["Name"]: api["ApiId"] for api in gateway.get_apis()["Items"]}
    for name, settings in _declared(cloud_assembly):
        if name in ids:
            gateway.update_api(ApiId=ids[name], CorsConfiguration=settings)


def _declared(cloud_assembly: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(cloud_assembly.glob("*.template.json")):
        for resource in json.loads(path.read_text())["Resources"].values():
            properties = resource.get("Properties", {})
            if resource["Type"] == "AWS::ApiGatewayV2::Api" and "CorsConfiguration" in properties:
                yield properties["Name"], properties["CorsConfiguration"]
