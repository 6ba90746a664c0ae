import json
from pathlib import Path
from typing import Any

from local_stack.cors import mend_cors
from tests.unit.local_stack.fake_aws import a_deployment

SETTINGS = {"AllowOrigins": ["*"], "MaxAge": 3600}
API = "AWS::ApiGatewayV2::Api"


class FakeGateway:
    def __init__(self, *names: str) -> None:
        self._items = [{"Name": name, "ApiId": f"id-of-{name}"} for name in names]
        self.updates: list[dict[str, Any]] = []

    def get_apis(self) -> dict[str, Any]:
        return {"Items": self._items}

    def update_api(self, **update: Any) -> None:
        self.updates.append(update)


def test_only_what_the_template_declares_is_set_again(tmp_path: Path) -> None:
    resources = {
        "Open": {"Type": API, "Properties": {"Name": "open", "CorsConfiguration": SETTINGS}},
        "Closed": {"Type": API, "Properties": {"Name": "closed"}},
        "Elsewhere": {"Type": API, "Properties": {"Name": "gone", "CorsConfiguration": SETTINGS}},
        "Queue": {"Type": "AWS::SQS::Queue"},
    }
    (tmp_path / "app.template.json").write_text(json.dumps({"Resources": resources}))
    gateway = FakeGateway("open", "closed")

    mend_cors(a_deployment(gateway), tmp_path)

    assert gateway.updates == [{"ApiId": "id-of-open", "CorsConfiguration": SETTINGS}]
