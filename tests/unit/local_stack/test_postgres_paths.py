from pathlib import Path

import pytest

from local_stack.postgres import LONGEST_SOCKET_PATH, SOCKET_NAME, EmbeddedPostgres


def at(home: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(data=home / "postgres", log=home / "postgres.log")


def test_the_socket_is_beside_the_data() -> None:
    postgres = at(Path("/home/ada/assay/.local"))

    assert postgres.socket_dir == Path("/home/ada/assay/.local/pg")
    assert postgres.url == (
        "postgresql+pg8000://postgres@/assay?unix_sock=/home/ada/assay/.local/pg/.s.PGSQL.5432"
    )


@pytest.mark.parametrize(
    "home",
    [
        pytest.param(Path("/home/ada") / ("long" * 25) / ".local", id="too-long-for-a-socket"),
        pytest.param(Path("/home/ada/My Documents/.local"), id="space"),
        pytest.param(Path("/home/ada/a,b/.local"), id="comma"),
        pytest.param(Path("/home/ada/ñandú/.local"), id="not-ascii"),
    ],
)
def test_an_unsuitable_path_moves_the_socket_to_a_short_one(home: Path) -> None:
    socket = at(home).socket_dir / SOCKET_NAME

    assert len(str(socket)) <= LONGEST_SOCKET_PATH
    assert str(home) not in str(socket)


def test_two_checkouts_never_share_a_socket() -> None:
    long = Path("/home/ada") / ("long" * 25)

    assert at(long / "one" / ".local").socket_dir != at(long / "two" / ".local").socket_dir
