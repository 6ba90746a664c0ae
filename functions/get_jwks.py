"""GET /.well-known/jwks.json: the public keys of tokens and of webhook signatures."""

from typing import Any

from shared.api.app import build_api, handler_of
from shared.api.problem import answers, problems
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/.well-known/jwks.json",
    tags=["Operations"],
    summary="Public keys of access tokens and of webhook signatures (RFC 7517)",
    cache_control="public, max-age=300",
    responses=answers(dict[str, Any]) | problems(),
)
def get_key_set() -> dict[str, Any]:
    return {"keys": [*wiring.tokens.jwks()["keys"], *wiring.webhook_keys.jwks()]}


lambda_handler = handler_of(api, lambda: wiring.metrics)
