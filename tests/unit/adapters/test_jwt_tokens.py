import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.adapters.jwt_tokens import ACCESS, RESUME, JwtTokenIssuer, SigningKey
from shared.domain.errors import UnauthenticatedError
from shared.domain.session import Session
from shared.domain.user import Caller, Role, SessionId, UserId
from tests.builders import NOON, a_session, later

ISSUER = "https://assay.example"
KEY, PREVIOUS, STRANGER = (SigningKey.from_seed(seed) for seed in ("new", "old", "stranger's"))
TOKENS = JwtTokenIssuer([KEY, PREVIOUS], issuer=ISSUER)
SESSION = a_session(id="ses_1", user_id="usr_1", generation=3)
STUDENT = Caller(user_id=UserId("usr_1"), session_id=SessionId("ses_1"), role=Role.STUDENT)
DAY = timedelta(hours=24)


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def encoded(content: object) -> str:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def parts_of(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, claims, _ = token.split(".")
    return json.loads(decoded(header)), json.loads(decoded(claims))


def access_token(tokens: JwtTokenIssuer = TOKENS, *, session: Session = SESSION) -> str:
    return tokens.access(session, Role.STUDENT, now=NOON)[0]


def resume_token() -> str:
    return TOKENS.resume(STUDENT, "asm_1", now=NOON, until=NOON + DAY)


def forged(*, key: SigningKey = KEY, header: object = None, **changes: object) -> str:
    """An access token with other claims (`None` takes one away), signed all the same."""
    _, claims = parts_of(access_token())
    claims |= changes
    head = {"alg": "EdDSA", "typ": ACCESS, "kid": key.id} if header is None else header
    signed = f"{encoded(head)}.{encoded({k: v for k, v in claims.items() if v is not None})}"
    return f"{signed}.{encoded(key.private.sign(signed.encode()))}"


class TestAccess:
    def test_it_says_who_the_caller_is(self) -> None:
        token, _ = TOKENS.access(SESSION, Role.ADVISOR, now=NOON)

        assert TOKENS.read_bearer(token, now=NOON) == Caller(
            user_id=UserId("usr_1"), session_id=SessionId("ses_1"), role=Role.ADVISOR
        )

    def test_it_carries_no_personal_data(self) -> None:
        _, claims = parts_of(access_token())

        assert set(claims) == {"sub", "sid", "role", "iss", "aud", "iat", "exp"}

    def test_it_lives_a_day(self) -> None:
        token, seconds = TOKENS.access(SESSION, Role.STUDENT, now=NOON)

        assert seconds == DAY.total_seconds()
        TOKENS.read_bearer(token, now=NOON + DAY - timedelta(seconds=1))

    def test_at_the_very_instant_it_has_expired(self) -> None:
        with pytest.raises(UnauthenticatedError, match="expired"):
            TOKENS.read_bearer(access_token(), now=NOON + DAY)

    def test_it_never_outlives_its_session(self) -> None:
        ending = SESSION.expires_at - timedelta(minutes=10)

        token, seconds = TOKENS.access(SESSION, Role.STUDENT, now=ending)

        assert seconds == 600
        with pytest.raises(UnauthenticatedError, match="expired"):
            TOKENS.read_bearer(token, now=SESSION.expires_at)


class TestRefresh:
    def test_it_is_good_for_one_generation_of_a_session(self) -> None:
        claims = TOKENS.read_refresh(TOKENS.refresh(SESSION), now=NOON)

        assert (claims.session_id, claims.generation) == ("ses_1", 3)

    def test_each_generation_has_a_token_of_its_own(self) -> None:
        assert TOKENS.refresh(SESSION) != TOKENS.refresh(SESSION.rotate(3, NOON))

    def test_it_lives_as_long_as_the_session(self) -> None:
        token = TOKENS.refresh(SESSION)

        TOKENS.read_refresh(token, now=SESSION.expires_at - timedelta(seconds=1))
        with pytest.raises(UnauthenticatedError, match="expired"):
            TOKENS.read_refresh(token, now=SESSION.expires_at)


class TestResume:
    def test_it_opens_one_assessment(self) -> None:
        caller = TOKENS.read_bearer(resume_token(), now=NOON)

        assert caller == Caller(
            user_id=UserId("usr_1"),
            session_id=SessionId("ses_1"),
            role=Role.STUDENT,
            assessment_id="asm_1",
        )

    def test_the_same_start_gives_the_same_token(self) -> None:
        again = JwtTokenIssuer([KEY], issuer=ISSUER)

        assert resume_token() == resume_token()
        assert again.resume(STUDENT, "asm_1", now=NOON, until=NOON + DAY) == resume_token()

    def test_it_lives_as_long_as_it_is_given(self) -> None:
        with pytest.raises(UnauthenticatedError, match="expired"):
            TOKENS.read_bearer(resume_token(), now=NOON + DAY)


class TestKinds:
    def test_a_refresh_token_is_no_bearer(self) -> None:
        with pytest.raises(UnauthenticatedError, match="this kind of token"):
            TOKENS.read_bearer(TOKENS.refresh(SESSION), now=NOON)

    @pytest.mark.parametrize("token", [access_token(), resume_token()])
    def test_a_bearer_does_not_refresh(self, token: str) -> None:
        with pytest.raises(UnauthenticatedError, match="this kind of token"):
            TOKENS.read_refresh(token, now=NOON)

    def test_a_resume_token_does_not_become_an_access_token_by_its_header(self) -> None:
        header, claims, signature = resume_token().split(".")
        changed = json.loads(decoded(header)) | {"typ": ACCESS}

        assert json.loads(decoded(header))["typ"] == RESUME
        with pytest.raises(UnauthenticatedError):
            TOKENS.read_bearer(f"{encoded(changed)}.{claims}.{signature}", now=NOON)


def hs256_with_the_public_key() -> str:
    """The classic confusion: the public key taken for a shared secret."""
    public = decoded(TOKENS.jwks()["keys"][0]["x"])
    _, claims = parts_of(access_token())
    signed = f"{encoded({'alg': 'HS256', 'typ': ACCESS, 'kid': KEY.id})}.{encoded(claims)}"
    return f"{signed}.{encoded(hmac.digest(public, signed.encode(), 'sha256'))}"


def with_another_role() -> str:
    header, claims, signature = access_token().split(".")
    return f"{header}.{encoded(json.loads(decoded(claims)) | {'role': 'admin'})}.{signature}"


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="nothing"),
        pytest.param("x", id="no-token"),
        pytest.param("a.b.c", id="no-base64"),
        pytest.param("é.é.é", id="no-ascii"),
        pytest.param("\ud800.a.b", id="no-unicode"),
        pytest.param(encoded(b"[" * 50_000) + ".e30.x", id="a-header-without-bottom"),
        pytest.param(encoded("x") + ".e30.x", id="a-header-that-is-a-text"),
        pytest.param(encoded({"kid": ["x"]}) + ".e30.x", id="a-key-id-that-is-a-list"),
        pytest.param(with_another_role(), id="another-role"),
        pytest.param(access_token()[:-6], id="a-cut-signature"),
        pytest.param(access_token().rpartition(".")[0] + ".", id="no-signature"),
        pytest.param(access_token() + ".x", id="one-part-more"),
        pytest.param(
            forged(header={"alg": "none", "typ": ACCESS, "kid": KEY.id}).rpartition(".")[0] + ".",
            id="alg-none",
        ),
        pytest.param(forged(header={"alg": "none", "typ": ACCESS, "kid": KEY.id}), id="alg-lies"),
        pytest.param(hs256_with_the_public_key(), id="alg-hs256"),
        pytest.param(forged(key=STRANGER), id="an-unknown-key"),
        pytest.param(
            forged(key=STRANGER, header={"alg": "EdDSA", "typ": ACCESS, "kid": KEY.id}),
            id="a-strangers-signature-under-our-key-id",
        ),
        pytest.param(forged(header={"alg": "EdDSA", "typ": ACCESS}), id="no-key-id"),
        pytest.param(forged(header={"alg": "EdDSA", "kid": KEY.id}), id="no-kind"),
        pytest.param(forged(iss="https://elsewhere.example"), id="another-issuer"),
        pytest.param(forged(aud="https://elsewhere.example"), id="another-audience"),
        pytest.param(forged(iss=None), id="no-issuer"),
        pytest.param(forged(aud=None), id="no-audience"),
        pytest.param(forged(exp=None), id="no-expiry"),
        pytest.param(forged(iat=None), id="no-time"),
        pytest.param(forged(sub=None), id="nobody"),
    ],
)
@pytest.mark.parametrize("read", [TOKENS.read_bearer, TOKENS.read_refresh])
def test_what_this_service_did_not_sign_as_it_stands_is_refused(
    token: str, read: Callable[..., object]
) -> None:
    with pytest.raises(UnauthenticatedError):
        read(token, now=NOON)


def test_the_forger_of_these_tests_can_make_a_good_one() -> None:
    assert TOKENS.read_bearer(forged(), now=NOON).user_id == "usr_1"


@pytest.mark.parametrize("now", [NOON, later(3600), datetime(2001, 1, 1, tzinfo=UTC)])
def test_the_products_own_clock_decides_not_the_machines(now: datetime) -> None:
    assert TOKENS.read_bearer(access_token(), now=now).user_id == "usr_1"


@pytest.mark.parametrize("now", [datetime(year, 1, 1, tzinfo=UTC) for year in (2001, 2101)])
def test_and_so_it_does_for_what_was_issued_at_any_time(now: datetime) -> None:
    token, _ = TOKENS.access(a_session(user_id="usr_1", created_at=now), Role.STUDENT, now=now)

    assert TOKENS.read_bearer(token, now=now).user_id == "usr_1"


class TestKeys:
    def test_the_first_key_signs(self) -> None:
        header, _ = parts_of(access_token())

        assert header == {"alg": "EdDSA", "typ": "at+jwt", "kid": KEY.id}

    def test_the_previous_key_is_still_accepted(self) -> None:
        before = JwtTokenIssuer([PREVIOUS], issuer=ISSUER)

        assert TOKENS.read_bearer(access_token(before), now=NOON).user_id == "usr_1"

    def test_one_that_was_rotated_out_is_not(self) -> None:
        after = JwtTokenIssuer([KEY], issuer=ISSUER)

        with pytest.raises(UnauthenticatedError):
            after.read_bearer(access_token(JwtTokenIssuer([PREVIOUS], issuer=ISSUER)), now=NOON)

    def test_the_same_seed_gives_the_same_key(self) -> None:
        assert SigningKey.from_seed("new").id == KEY.id
        assert len({KEY.id, PREVIOUS.id, STRANGER.id}) == 3

    def test_anyone_can_verify_with_the_published_keys(self) -> None:
        header, claims, signature = access_token().split(".")
        (published,) = [
            key for key in TOKENS.jwks()["keys"] if key["kid"] == json.loads(decoded(header))["kid"]
        ]
        public = Ed25519PublicKey.from_public_bytes(decoded(published["x"]))

        public.verify(decoded(signature), f"{header}.{claims}".encode())
        with pytest.raises(InvalidSignature):
            public.verify(decoded(signature), f"{header}.{claims}x".encode())

    def test_a_library_can_verify_with_the_key_set(self) -> None:
        token = access_token()
        key_set = jwt.PyJWKSet.from_dict(TOKENS.jwks())

        claims = jwt.decode(
            token,
            key_set[jwt.get_unverified_header(token)["kid"]],
            algorithms=["EdDSA"],
            audience=ISSUER,
            options={"verify_exp": False, "verify_iat": False},
        )

        assert claims["sub"] == "usr_1"

    def test_both_keys_are_published_and_nothing_private_is(self) -> None:
        keys = TOKENS.jwks()["keys"]

        assert [key["kid"] for key in keys] == [KEY.id, PREVIOUS.id]
        for key in keys:
            assert set(key) == {"kty", "crv", "alg", "use", "kid", "x"}
            assert (key["kty"], key["crv"], key["alg"], key["use"]) == (
                "OKP",
                "Ed25519",
                "EdDSA",
                "sig",
            )

    def test_a_key_id_is_the_thumbprint_of_rfc_7638(self) -> None:
        for key in TOKENS.jwks()["keys"]:
            # Required members of an OKP key in lexicographic order, without white space (RFC 8037).
            canonical = f'{{"crv":"Ed25519","kty":"OKP","x":"{key["x"]}"}}'
            thumbprint = hashlib.sha256(canonical.encode()).digest()

            assert key["kid"] == encoded(thumbprint)

    def test_the_thumbprint_of_these_tests_is_that_of_rfc_8037(self) -> None:
        # Appendix A.3 of RFC 8037.
        canonical = (
            '{"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}'
        )

        assert encoded(hashlib.sha256(canonical.encode()).digest()) == (
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        )


class TestReceipt:
    def test_it_states_what_it_was_given_by_whom_and_when(self) -> None:
        header, claims = parts_of(
            TOKENS.receipt({"sub": "usr_1", "erased": {"users": 1}}, now=NOON)
        )

        assert header == {"alg": "EdDSA", "kid": KEY.id, "typ": "receipt+jwt"}
        assert claims == {
            "sub": "usr_1",
            "erased": {"users": 1},
            "iss": ISSUER,
            "iat": int(NOON.timestamp()),
        }

    def test_it_is_no_token(self) -> None:
        claims = {"sub": "usr_1", "sid": "ses_1", "role": "admin", "aud": ISSUER, "gen": 1}
        receipt = TOKENS.receipt(claims | {"exp": later(60)}, now=NOON)

        for read in (TOKENS.read_bearer, TOKENS.read_refresh):
            with pytest.raises(UnauthenticatedError, match="kind of token"):
                read(receipt, now=NOON)
