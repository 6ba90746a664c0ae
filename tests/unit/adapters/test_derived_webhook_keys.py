import base64

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.adapters.derived_webhook_keys import DerivedWebhookKeys
from shared.adapters.jwt_tokens import JwtTokenIssuer, SigningKey
from shared.domain.webhook import SealedSecret, WebhookId

KEYS = DerivedWebhookKeys(["seed"])
WEBHOOK = WebhookId("webhook")


def public(jwk: dict[str, str]) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(jwk["x"] + "="))


def test_what_was_sealed_opens_for_the_same_webhook() -> None:
    secret = KEYS.new_secret()

    assert KEYS.open(KEYS.seal(secret, WEBHOOK), WEBHOOK) == secret


def test_not_for_another_webhook() -> None:
    sealed = KEYS.seal(KEYS.new_secret(), WEBHOOK)

    with pytest.raises(ValueError, match="another webhook"):
        KEYS.open(sealed, WebhookId("other"))


def test_a_seal_shows_nothing_of_the_secret_and_is_never_the_same() -> None:
    secret = KEYS.new_secret()
    first, second = KEYS.seal(secret, WEBHOOK), KEYS.seal(secret, WEBHOOK)

    assert first != second
    assert secret not in base64.b64decode(first.partition(".")[2])


def test_a_changed_seal_does_not_open() -> None:
    key_id, _, text = KEYS.seal(KEYS.new_secret(), WEBHOOK).partition(".")
    content = bytearray(base64.b64decode(text))
    content[-1] ^= 1

    with pytest.raises(ValueError, match="another webhook"):
        KEYS.open(SealedSecret(f"{key_id}.{base64.b64encode(content).decode()}"), WEBHOOK)


def test_a_secret_has_32_bytes_and_is_never_the_same() -> None:
    assert len(KEYS.new_secret()) == 32
    assert KEYS.new_secret() != KEYS.new_secret()


def test_a_seal_outlives_one_rotation_of_the_key_and_says_when_it_does_not() -> None:
    sealed = DerivedWebhookKeys(["first"]).seal(b"s" * 32, WEBHOOK)

    assert DerivedWebhookKeys(["second", "first"]).open(sealed, WEBHOOK) == b"s" * 32
    with pytest.raises(ValueError, match="two rotations ago"):
        DerivedWebhookKeys(["third", "second"]).open(sealed, WEBHOOK)


def test_a_signature_is_that_of_the_published_key() -> None:
    (jwk,), (signature,) = KEYS.jwks(), KEYS.sign(b"content")
    version, _, text = signature.partition(",")

    assert version == "v1a"
    public(jwk).verify(base64.b64decode(text), b"content")
    with pytest.raises(InvalidSignature):
        public(jwk).verify(base64.b64decode(text), b"other")


def test_after_a_rotation_both_keys_sign_and_are_published() -> None:
    keys = DerivedWebhookKeys(["second", "first"])

    for jwk, signature in zip(keys.jwks(), keys.sign(b"content"), strict=True):
        public(jwk).verify(base64.b64decode(signature.partition(",")[2]), b"content")
    assert keys.jwks()[1] == DerivedWebhookKeys(["first"]).jwks()[0]


def test_the_public_keys_are_those_of_the_key_set() -> None:
    keys = DerivedWebhookKeys(["second", "first"])

    published = [base64.urlsafe_b64decode(f"{jwk['x']}=") for jwk in keys.jwks()]

    assert keys.public_keys() == published


def test_no_key_of_webhooks_is_one_of_tokens() -> None:
    """Not even where somebody gives both the same seed."""
    tokens = JwtTokenIssuer([SigningKey.from_seed("seed")], issuer="assay").jwks()["keys"]

    assert KEYS.jwks()[0]["x"] != tokens[0]["x"]
    assert KEYS.jwks()[0]["kid"].startswith("webhook-")
