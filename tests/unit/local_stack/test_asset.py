import subprocess
import sys
from pathlib import Path

import pytest

from local_stack.asset import build_local_asset, fingerprint


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    for name, content in {
        "functions/__init__.py": "",
        "functions/say_hello.py": "from shared.words import HELLO\n",
        "functions/__pycache__/say_hello.cpython-311.pyc": "stale",
        "shared/__init__.py": "",
        "shared/words.py": "HELLO = 'hello'\n",
        "shared/adapters/prompts/score.v1.md": "a prompt",
        "seeds/skills.yaml": "skills: []\n",
        "docs/openapi.json": "{}",
        "docs/adr/0001-choice.md": "prose",
        "tests/test_words.py": "",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


def test_the_asset_holds_what_ships_and_nothing_else(checkout: Path, tmp_path: Path) -> None:
    asset = build_local_asset(checkout, tmp_path / "asset")

    shipped = {str(path.relative_to(asset)) for path in asset.rglob("*") if path.is_file()}
    sources = {name for name in shipped if not name.endswith(".pyc")}
    assert sources == {
        "functions/__init__.py",
        "functions/say_hello.py",
        "shared/__init__.py",
        "shared/words.py",
        "shared/adapters/prompts/score.v1.md",
        "seeds/skills.yaml",
        "docs/openapi.json",
    }


def test_bytecode_is_used_even_when_file_times_are_lost(checkout: Path, tmp_path: Path) -> None:
    asset = build_local_asset(checkout, tmp_path / "asset")
    # Only bytecode can answer once the source says something else.
    (asset / "shared" / "words.py").write_text("HELLO = 'compiled again'\n")

    said = subprocess.run(
        [sys.executable, "-c", "import functions.say_hello as f; print(f.HELLO)"],
        cwd=asset,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert said == "hello\n"


def test_what_was_removed_from_the_checkout_leaves_the_asset(
    checkout: Path, tmp_path: Path
) -> None:
    build_local_asset(checkout, tmp_path / "asset")
    (checkout / "functions" / "say_hello.py").unlink()

    asset = build_local_asset(checkout, tmp_path / "asset")

    assert not (asset / "functions" / "say_hello.py").exists()


def test_the_same_sources_build_the_same_bytes(checkout: Path, tmp_path: Path) -> None:
    first = build_local_asset(checkout, tmp_path / "first")
    second = build_local_asset(checkout, tmp_path / "second")

    assert {p.relative_to(first): p.read_bytes() for p in first.rglob("*") if p.is_file()} == {
        p.relative_to(second): p.read_bytes() for p in second.rglob("*") if p.is_file()
    }


def test_the_fingerprint_follows_content_and_names(checkout: Path) -> None:
    before = fingerprint(checkout, ["functions", "docs/openapi.json"])

    (checkout / "tests" / "test_words.py").write_text("# not asked about")
    (checkout / "functions" / "__pycache__" / "more.cpython-311.pyc").write_text("compiled")
    assert fingerprint(checkout, ["functions", "docs/openapi.json"]) == before

    (checkout / "functions" / "say_hello.py").rename(checkout / "functions" / "say_more.py")
    renamed = fingerprint(checkout, ["functions", "docs/openapi.json"])
    assert renamed != before

    (checkout / "docs" / "openapi.json").write_text("{ }")
    assert fingerprint(checkout, ["functions", "docs/openapi.json"]) != renamed


def test_a_source_that_is_not_there_yet_is_no_error(checkout: Path) -> None:
    assert fingerprint(checkout, ["infra_cdk"]) == fingerprint(checkout, [])
