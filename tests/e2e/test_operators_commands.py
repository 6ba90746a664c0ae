"""`assay` beside a running stack: what operators do over HTTP, as its own admin or as another."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from tests.e2e.driver import PASSWORD, Person
from tests.e2e.operations import assay

ROOT: Final = Path(__file__).parents[2]


def run(*words: str, **environment: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "local_stack", *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("kind", ["questions", "credentials"])
def test_content_goes_out_and_comes_back_the_same(kind: str, tmp_path: Path) -> None:
    file = str(tmp_path / ("all.zip" if kind == "questions" else "all.csv"))
    run("content", "export", kind, file)

    report: Mapping[str, Any] = assay("content", "import", file)

    assert report["unchanged"] > 0
    assert (report["created"], report["updated"], report["refused"]) == (0, 0, 0)


def test_an_admin_shows_the_index_by_a_token_of_their_own(admin: Person) -> None:
    token = run("token", "--email", admin.email, ASSAY_PASSWORD=PASSWORD).strip()

    shown = run("index", "show", ASSAY_TOKEN=token)

    assert "searched" in shown
    assert run("users", "list", "--as", admin.email, ASSAY_PASSWORD=PASSWORD)
