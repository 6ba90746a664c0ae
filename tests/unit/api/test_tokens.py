from datetime import timedelta
from http import HTTPStatus

from shared.adapters.jwt_tokens import JwtTokenIssuer, SigningKey
from shared.api.replay import reply
from shared.api.schemas.base import ResponseBody
from shared.api.tokens import tokens_of
from tests.builders import NOON, a_session, a_user

ISSUER = JwtTokenIssuer([SigningKey.from_seed("a seed")], issuer="https://assay.example")


def test_login_and_refresh_answer_both_tokens_and_who_they_are_for() -> None:
    user = a_user(id="usr_1", email="ada@example.org")
    session = a_session(user_id="usr_1", generation=2)

    tokens = tokens_of(user, session, issuer=ISSUER, now=NOON)

    assert tokens.token_type == "Bearer"
    assert timedelta(seconds=tokens.expires_in) == timedelta(hours=24)
    assert ISSUER.read_bearer(tokens.access_token, now=NOON).session_id == session.id
    assert ISSUER.read_refresh(tokens.refresh_token, now=NOON).generation == 2
    assert tokens.user.email == "ada@example.org"
    assert "hash" not in tokens.model_dump_json()


def test_a_replay_is_told_and_a_first_answer_is_not() -> None:
    first, again = (
        reply(ResponseBody(), status=HTTPStatus.CREATED, is_replay=is_replay).headers
        for is_replay in (False, True)
    )

    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
