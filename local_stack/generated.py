"""Files that are written from the code and kept: write them, or with `--check` compare."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]


def keep(texts: Mapping[Path, str], *, target: str) -> int:
    """Write the files, or compare them; return the exit code.

    Args:
        texts: What each file should hold.
        target: Of the Makefile, that writes them.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true", help="fail if a file is stale")
    if not parser.parse_args().check:
        for path, text in texts.items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        return 0
    stale = [p for p, text in texts.items() if not p.exists() or p.read_text("utf-8") != text]
    for path in stale:
        print(
            f"{path.relative_to(ROOT)} is not what the code says; run: make {target}",
            file=sys.stderr,
        )
    return 1 if stale else 0
