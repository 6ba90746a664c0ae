"""Logging in, staying in, and getting out."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import httpx
import jwt
import pytest

from shared.adapters.jwt_tokens import JwtTokenIssuer, SigningKey
from shared.adapters.signing_secret import read_signing_keys
from shared.domain.session import Session
from shared.domain.user import Role, SessionId, UserId
from tests.e2e.driver import PASSWORD, Client, Student
from tests.e2e.operations import Operator

ISSUER: Final = "assay-local"
SECRET_OUTPUT: Final = "SigningSecretArn"


def _session_of(student: Student, *, created_at: datetime) -> Session:
    return Session(
        id=SessionId(_claims(student.token)["sid"]),
        user_id=UserId(student.id),
        generation=1,
        created_at=created_at,
        expires_at=created_at + timedelta(days=30),
    )


def _claims(token: str | None) -> dict[str, Any]:
    return jwt.decode(token or "", options={"verify_signature": False})


def _revoked(operator: Operator, client: Client) -> None:
    """Check that the token is refused, by an environment that has not seen it good before.

    One that has may go by it for 60 s.
    """
    operator.renew_environments("authorize_request")
    client.get("/me").expect_problem(401, "unauthenticated")


def _refresh(student: Student, token: str) -> Any:
    return student.holding(None).post("/auth/refresh", {"refreshToken": token})


def test_the_key_set_verifies_access_tokens(nobody: Client, student: Student) -> None:
    document = nobody.get("/.well-known/jwks.json")
    keys = jwt.PyJWKSet.from_dict(document.expect(200))

    token = student.on_another_device().token or ""
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(
        token,
        keys[header["kid"]],
        algorithms=["EdDSA"],
        audience=ISSUER,
        issuer=ISSUER,
        options={"require": ["exp", "iat", "sub"]},
    )

    assert (header["alg"], header["typ"]) == ("EdDSA", "at+jwt")
    assert (claims["sub"], claims["role"]) == (student.id, "student")
    assert claims["exp"] - claims["iat"] == 24 * 3600
    assert not {"email", "name"} & set(claims)
    assert "d" not in document.body["keys"][0], "the private part stays at home"


def test_a_refresh_token_works_once_and_gives_new_tokens(http: httpx.Client) -> None:
    student = Student.register(http)

    renewed = _refresh(student, student.refresh_token).expect(200)

    assert renewed["refreshToken"] != student.refresh_token
    assert renewed["tokenType"] == "Bearer"
    again = student.holding(renewed["accessToken"])
    assert again.get("/me").expect(200)["id"] == student.id
    assert _refresh(student, renewed["refreshToken"]).status == 200


def test_a_refresh_token_used_twice_ends_the_session(
    http: httpx.Client, operator: Operator
) -> None:
    student = Student.register(http)
    other_session = student.on_another_device()
    renewed = _refresh(student, student.refresh_token).expect(200)
    latest = student.holding(renewed["accessToken"])
    latest.get("/me").expect(200)

    _refresh(student, student.refresh_token).expect_problem(401, "token_reused")

    _refresh(student, renewed["refreshToken"]).expect_problem(401, "unauthenticated")
    _revoked(operator, latest)
    student.get("/me").expect_problem(401, "unauthenticated")
    # Only this family: the thief had nothing of the other one.
    other_session.get("/me").expect(200)
    _refresh(student, other_session.refresh_token).expect(200)


def test_logging_out_ends_the_session_and_no_other(http: httpx.Client, operator: Operator) -> None:
    student = Student.register(http)
    other_session = student.on_another_device()
    attempt = student.start()
    resuming = student.holding(attempt.started["resumeToken"])
    resuming.get(attempt.path).expect(200)

    reply = student.post("/auth/logout")

    assert (reply.status, reply.text) == (204, "")
    _revoked(operator, student)
    resuming.get(attempt.path).expect_problem(401, "unauthenticated")
    _refresh(student, student.refresh_token).expect_problem(401, "unauthenticated")
    other_session.get("/me").expect(200)


def test_passwords_are_checked_and_nothing_is_told(http: httpx.Client, student: Student) -> None:
    nobody = Client(http)

    wrong = nobody.post("/auth/login", {"email": student.email, "password": "wrong, but long"})
    unknown = nobody.post(
        "/auth/login", {"email": f"{uuid4().hex}@example.com", "password": PASSWORD}
    )

    assert wrong.expect_problem(401, "invalid_credentials") == unknown.expect_problem(
        401, "invalid_credentials"
    )


def test_an_address_can_be_registered_once_in_any_spelling(
    nobody: Client, student: Student
) -> None:
    body = {"email": student.email.upper(), "password": PASSWORD, "name": "Somebody else"}

    nobody.post("/auth/register", body).expect_problem(409, "email_taken")
    tokens = nobody.post("/auth/login", {"email": student.email.upper(), "password": PASSWORD})
    assert tokens.expect(200)["user"]["id"] == student.id


def test_guessing_passwords_is_slowed_down_for_this_account_alone(
    nobody: Client, student: Student
) -> None:
    guess = {"email": f"{uuid4().hex}@example.com", "password": "a guess that is long"}

    statuses = [nobody.post("/auth/login", guess).status for _ in range(10)]
    refused = nobody.post("/auth/login", guess)

    assert statuses == [401] * 10
    refused.expect_problem(429, "rate_limited")
    assert 1 <= int(refused.headers["retry-after"]) <= 30
    student.on_another_device()


def _tampered(token: str) -> str:
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    changed = json.dumps(claims | {"role": "admin"}).encode()
    return ".".join((header, base64.urlsafe_b64encode(changed).decode().rstrip("="), signature))


def _unsigned(token: str) -> str:
    return jwt.encode(_claims(token), "", algorithm="none", headers={"typ": "at+jwt"})


def _signed_by_another(student: Student, now: datetime) -> str:
    forger = JwtTokenIssuer([SigningKey.from_seed("not theirs")], issuer=ISSUER)
    return forger.access(_session_of(student, created_at=now), Role.ADMIN, now=now)[0]


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer",
        "Bearer nonsense",
        "Bearer a.b.c",
        "Bearer " + "x" * 4000,
        "Basic c3R1ZGVudDpwYXNzd29yZA==",
        "nonsense",
    ],
)
def test_what_is_no_token_is_refused(nobody: Client, authorization: str) -> None:
    refused = nobody.send(
        "GET", "/me", None, content_type=None, headers={"Authorization": authorization}
    )

    refused.expect_problem(401, "unauthenticated")
    assert refused.headers["www-authenticate"] == "Bearer"


def test_forged_tokens_are_refused(student: Student) -> None:
    token, now = student.token or "", datetime.now(UTC)
    forged = {
        "tampered": _tampered(token),
        "unsigned": _unsigned(token),
        "cut": token[:-4],
        "signed by another key": _signed_by_another(student, now),
        "a refresh token": student.refresh_token,
    }

    for name, one in forged.items():
        refused = student.holding(one).get("/me")
        assert refused.status == 401, name
        refused.expect_problem(401, "unauthenticated")
    student.get("/me").expect(200)


def test_an_expired_token_is_refused_though_the_key_is_right(
    student: Student, operator: Operator
) -> None:
    (secret,) = (s[SECRET_OUTPUT] for s in operator.outputs.stacks.values() if SECRET_OUTPUT in s)
    issuer = JwtTokenIssuer(
        read_signing_keys(operator.client("secretsmanager"), secret), issuer=ISSUER
    )
    now = datetime.now(UTC)
    yesterday = now - timedelta(hours=24, seconds=1)
    session = _session_of(student, created_at=yesterday)
    expired, _ = issuer.access(session, Role.STUDENT, now=yesterday)
    fresh, _ = issuer.access(session, Role.STUDENT, now=now)

    student.holding(expired).get("/me").expect_problem(401, "unauthenticated")
    student.holding(fresh).get("/me").expect(200)


def test_a_role_is_what_the_server_signed(student: Student) -> None:
    # A student's token in an admin's request header changes nothing.
    reply = student.send(
        "GET", "/me", None, content_type=None, headers={"X-Role": "admin", "role": "admin"}
    )

    assert reply.expect(200)["role"] == "student"


def test_a_session_that_was_never_made_is_unknown(student: Student, operator: Operator) -> None:
    (secret,) = (s[SECRET_OUTPUT] for s in operator.outputs.stacks.values() if SECRET_OUTPUT in s)
    issuer = JwtTokenIssuer(
        read_signing_keys(operator.client("secretsmanager"), secret), issuer=ISSUER
    )
    now = datetime.now(UTC)
    session = Session(
        id=SessionId(str(uuid4())),
        user_id=UserId(student.id),
        generation=1,
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    token, _ = issuer.access(session, Role.STUDENT, now=now)

    student.holding(token).get("/me").expect_problem(401, "unauthenticated")
