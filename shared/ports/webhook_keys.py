from collections.abc import Mapping, Sequence
from typing import Protocol

from shared.domain.webhook import SealedSecret, WebhookId


class WebhookKeys(Protocol):
    """What protects the secrets of webhooks, and signs for Assay itself."""

    def new_secret(self) -> bytes: ...

    def seal(self, secret: bytes, webhook_id: WebhookId) -> SealedSecret:
        """Encrypt the secret, so that only `open` with the same webhook's id reads it."""
        ...

    def open(self, sealed: SealedSecret, webhook_id: WebhookId) -> bytes:
        """Return the secret; raise `ValueError` for one that was sealed otherwise."""
        ...

    def sign(self, content: bytes) -> tuple[str, ...]:
        """Return a `v1a` signature (Ed25519) of each key that receivers may know."""
        ...

    def public_keys(self) -> Sequence[bytes]:
        """Return the public keys of `sign`, in its order."""
        ...

    def jwks(self) -> Sequence[Mapping[str, str]]:
        """Return the public keys of `sign` as JSON Web Keys (RFC 8037)."""
        ...
