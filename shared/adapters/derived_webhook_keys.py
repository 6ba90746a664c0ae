"""Keys for webhooks, derived from one generated secret (as ADR 5 does for tokens)."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.adapters.jwt_tokens import ALGORITHM, SigningKey
from shared.domain.webhook import SealedSecret, WebhookId
from shared.domain.webhook_message import ASYMMETRIC, SECRET_BYTES

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
ID_CHARACTERS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedKeys:
    """What one version of the secret gives: a key for each purpose, and a name."""

    id: str
    sealing: AESGCM
    signing: SigningKey

    @classmethod
    def from_seed(cls, seed: str) -> Self:
        return cls(
            id=hashlib.sha256(_derive(seed, "key id")).hexdigest()[:ID_CHARACTERS],
            sealing=AESGCM(_derive(seed, "sealing of webhook secrets")),
            signing=SigningKey.of(
                Ed25519PrivateKey.from_private_bytes(_derive(seed, "signing of webhooks"))
            ),
        )


class DerivedWebhookKeys:
    """Seals with the first version's key and opens with any; signs with all.

    So a rotation breaks nobody: receivers that know the previous public key find its signature.
    """

    def __init__(self, seeds: Sequence[str]) -> None:
        self._keys = [DerivedKeys.from_seed(seed) for seed in seeds]

    def new_secret(self) -> bytes:
        return secrets.token_bytes(SECRET_BYTES)

    def seal(self, secret: bytes, webhook_id: WebhookId) -> SealedSecret:
        """AES-256-GCM, bound to the webhook, as `<key id>.<base64 of nonce and ciphertext>`."""
        key = self._keys[0]
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + key.sealing.encrypt(nonce, secret, webhook_id.encode())
        return SealedSecret(f"{key.id}.{base64.b64encode(sealed).decode()}")

    def open(self, sealed: SealedSecret, webhook_id: WebhookId) -> bytes:
        key_id, _, text = sealed.partition(".")
        content = base64.b64decode(text)
        for key in self._keys:
            if key.id == key_id:
                nonce, rest = content[:NONCE_BYTES], content[NONCE_BYTES:]
                try:
                    return key.sealing.decrypt(nonce, rest, webhook_id.encode())
                except InvalidTag:
                    raise ValueError("the secret was sealed for another webhook") from None
        raise ValueError(f"no key {key_id}: the secret was sealed two rotations ago; rotate it")

    def sign(self, content: bytes) -> tuple[str, ...]:
        return tuple(
            f"{ASYMMETRIC},{base64.b64encode(key.signing.private.sign(content)).decode()}"
            for key in self._keys
        )

    def public_keys(self) -> list[bytes]:
        return [key.signing.private.public_key().public_bytes_raw() for key in self._keys]

    def jwks(self) -> list[dict[str, str]]:
        """`kid` begins with `webhook-`, so that nobody takes them for keys of tokens."""
        return [
            {
                "kty": "OKP",
                "crv": "Ed25519",
                "alg": ALGORITHM,
                "use": "sig",
                "kid": f"webhook-{key.signing.id}",
                "x": key.signing.public,
            }
            for key in self._keys
        ]


def _derive(seed: str, purpose: str) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"assay {purpose}".encode())
    return hkdf.derive(seed.encode())
