"""Body of the health check."""

from typing import Literal

from shared.api.schemas.base import ResponseBody


class HealthOut(ResponseBody):
    status: Literal["ok"] = "ok"
    version: str
