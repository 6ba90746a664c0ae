"""A function pays for a heavy package when it first touches it, not when it starts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FUNCTIONS = sorted(path.stem for path in (ROOT / "functions").glob("[!_]*.py"))
HEAVY = (
    "alembic",
    "bcrypt",
    "boto3",
    # Powertools looks whether botocore is there, which costs half a millisecond.
    "botocore.session",
    "cryptography",
    "dns",
    "email_validator",
    "httpx",
    "jwt",
    "numpy",
    "openai",
    "pg8000",
    "pgvector",
    "requests",
    "safetensors",
    "shared.adapters",
    "sqlalchemy",
    "tokenizers",
    "urllib3",
    "wordllama",
    "yaml",
)
# All in one process: none is heavy if all together are not, and what is new after each tells whose
# it is. It starts with an empty environment, so that nothing may be configured at import either.
PROBE = f"""
import importlib, json, sys
known, found = set(), {{}}
for function in {FUNCTIONS!r}:
    importlib.import_module(f"functions.{{function}}")
    found[function] = sorted(set({HEAVY!r}) & set(sys.modules) - known)
    known |= set(sys.modules)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def heavy_imports() -> dict[str, list[str]]:
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-c", PROBE],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_importing_a_function_imports_no_heavy_package(
    function: str, heavy_imports: dict[str, list[str]]
) -> None:
    assert heavy_imports[function] == []


def test_the_probe_would_notice() -> None:
    probe = PROBE.replace("functions.{function}", "shared.adapters.jwt_tokens")
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-c", probe],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert {"cryptography", "jwt", "shared.adapters"} <= set(json.loads(run.stdout)[FUNCTIONS[0]])
