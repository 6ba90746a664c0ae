"""Whether the locks still say what pyproject.toml and package.json ask for; needs no network."""

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from local_stack.settings import ROOT

PIN: Final = re.compile(
    r"^(?P<pin>[A-Za-z0-9._-]+(\[[^\]]*\])?==[^\s;\\]+)(?: *; *(?P<marker>[^\\]+))?"
)
LAMBDA: Final = {
    "python_version": "3.13",
    "python_full_version": "3.13.0",
    "platform_machine": "aarch64",
    "sys_platform": "linux",
}
HERE: Final[dict[str, str]] = {}
"""Markers of the interpreter that runs this."""


def main() -> int:
    problems = [*stale(ROOT)]
    for problem in problems:
        print(f"{problem}: run `make lock`", file=sys.stderr)
    return 1 if problems else 0


def stale(root: Path) -> Iterator[str]:
    """What a lock misses, one sentence each."""
    locks = root / "requirements"
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    run_time = project["dependencies"]
    everything = [
        *run_time,
        *(r for group in project["optional-dependencies"].values() for r in group),
    ]
    everything += _lines(locks / "bootstrap.in")
    yield from missing(everything, locks / "dev.lock", HERE)
    yield from missing(run_time, locks / "functions.lock", LAMBDA)
    yield from missing(_lines(locks / "bootstrap.in"), locks / "bootstrap.lock", HERE)
    for name in ("bench", "weights"):
        yield from missing(_lines(locks / f"{name}.in"), locks / f"{name}.lock", HERE)
    yield from _node(root)


def missing(wanted: Iterable[str], lock: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """The requirements that apply in this environment and that `lock` does not meet."""
    pinned = pins(lock.read_text(), environment)
    for text in wanted:
        requirement = Requirement(text)
        if requirement.marker and not requirement.marker.evaluate(dict(environment)):
            continue
        version = pinned.get(canonicalize_name(requirement.name))
        if version is None or version not in requirement.specifier:
            yield f"{lock.name} has {version or 'no version'} where {text!r} is asked for"


def pins(lock: str, environment: Mapping[str, str]) -> dict[NormalizedName, str]:
    """Version by name of what a lock installs in this environment."""
    versions = {}
    for line in lock.splitlines():
        if match := PIN.match(line):
            requirement = Requirement("; ".join(filter(None, match.group("pin", "marker"))))
            if not requirement.marker or requirement.marker.evaluate(dict(environment)):
                (specifier,) = requirement.specifier
                versions[canonicalize_name(requirement.name)] = specifier.version
    return versions


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if line and not line.startswith("#")]


def _node(root: Path) -> Iterator[str]:
    wanted = json.loads((root / "package.json").read_text())["devDependencies"]
    locked = json.loads((root / "package-lock.json").read_text())["packages"]
    for name, version in wanted.items():
        found = locked.get(f"node_modules/{name}", {}).get("version")
        if found != version:
            yield f"package-lock.json has {name} {found}, but {version} is asked for"


if __name__ == "__main__":
    sys.exit(main())
