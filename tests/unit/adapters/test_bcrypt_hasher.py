import time

import pytest

from shared.adapters.bcrypt_hasher import COST, BcryptHasher

HASHER = BcryptHasher(cost=4)
"""The least that bcrypt knows: a thousandth of a second."""
PASSWORD = "correct horse battery"


def test_a_password_is_known_by_its_hash() -> None:
    assert HASHER.verify(PASSWORD, HASHER.hash(PASSWORD))


@pytest.mark.parametrize(
    "other", ["correct horse", "Correct horse battery", "correct horse battery ", "", "\0"]
)
def test_another_is_not(other: str) -> None:
    assert not HASHER.verify(other, HASHER.hash(PASSWORD))


def test_a_hash_is_salted_and_says_how_it_was_made() -> None:
    first, second = HASHER.hash(PASSWORD), HASHER.hash(PASSWORD)

    assert first != second
    assert first.startswith("$2b$04$")
    assert PASSWORD not in first


def test_a_hash_of_another_cost_is_still_good() -> None:
    assert BcryptHasher(cost=5).verify(PASSWORD, HASHER.hash(PASSWORD))


def test_deployed_it_costs_what_owasp_asks_for() -> None:
    assert COST >= 10
    assert BcryptHasher()._cost == COST


class TestLength:
    LONGEST = "é" * 36

    def test_72_bytes_are_read_to_the_last(self) -> None:
        password_hash = HASHER.hash(self.LONGEST)

        assert HASHER.verify(self.LONGEST, password_hash)
        assert not HASHER.verify("é" * 35 + "e", password_hash)

    def test_more_never_matches_rather_than_being_cut(self) -> None:
        assert not HASHER.verify(self.LONGEST + "x", HASHER.hash(self.LONGEST))

    def test_more_cannot_be_hashed(self) -> None:
        with pytest.raises(ValueError, match="72"):
            HASHER.hash(self.LONGEST + "x")


@pytest.mark.parametrize("password", [PASSWORD, "", "x" * 100, "\ud800"])
def test_without_a_hash_nothing_matches(password: str) -> None:
    assert not HASHER.verify(password, None)


def test_not_even_the_decoy_matches() -> None:
    assert not HASHER.verify("decoy", None)


@pytest.mark.parametrize(
    ("password", "password_hash"),
    [
        pytest.param(PASSWORD, None, id="unknown-account"),
        pytest.param("x" * 100, BcryptHasher(cost=8).hash(PASSWORD), id="overlong-password"),
        pytest.param("", BcryptHasher(cost=8).hash(PASSWORD), id="empty-password"),
    ],
)
def test_a_refusal_takes_as_long_as_a_comparison(password: str, password_hash: str | None) -> None:
    hasher = BcryptHasher(cost=8)
    hasher.verify(PASSWORD, None)  # so that the decoy is made

    def seconds(given: str, known: str | None) -> float:
        started = time.process_time()
        hasher.verify(given, known)
        return time.process_time() - started

    compared = min(seconds(PASSWORD, hasher.hash("another")) for _ in range(3))
    refused = min(seconds(password, password_hash) for _ in range(3))

    assert refused > compared / 3
