"""The API's document as a page: Swagger UI with everything inside, so that it works offline."""

import json
from functools import cache
from importlib.resources import files
from typing import Any, Final

BUNDLE: Final = files("aws_lambda_powertools.event_handler.openapi.swagger_ui")
"""Powertools ships Swagger UI (Apache-2.0); its own page wants one resolver with all routes."""

PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Assay API</title>
<link rel="icon" href="data:,">
<style>{css}</style>
</head>
<body>
<div id="docs"></div>
<script>{script}</script>
<script>
SwaggerUIBundle({{
  spec: {document},
  dom_id: "#docs",
  deepLinking: true,
  displayRequestDuration: true,
  persistAuthorization: true,
  validatorUrl: "none",
}});
</script>
</body>
</html>
"""


@cache
def render(server: str, document: str) -> str:
    """Return the page for an OpenAPI document (JSON text) whose API stands at `server`."""
    content: dict[str, Any] = json.loads(document) | {"servers": [{"url": server}]}
    return PAGE.format(
        css=(BUNDLE / "swagger-ui.min.css").read_text("utf-8"),
        script=(BUNDLE / "swagger-ui-bundle.min.js").read_text("utf-8"),
        # "</" would end the script element early.
        document=json.dumps(content).replace("</", "<\\/"),
    )
