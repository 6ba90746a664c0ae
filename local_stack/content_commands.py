"""`assay seeds` and `assay catalog`: look at the content before anybody is assessed with it."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Final

from cyclopts import App

from local_stack import terminal
from local_stack.errors import LocalStackError
from local_stack.settings import ROOT
from local_stack.terminal import AsJson
from shared.adapters.content_checks.finding import Finding, Severity
from shared.adapters.content_checks.seeds import check_seed_catalog, lint_seeds
from shared.adapters.seed_files.source import SeedEntries, SeedFolder
from shared.adapters.system import Uuid7Ids

SEEDS: Final = ROOT / "seeds"
COLORS: Final = {Severity.ERROR: "red", Severity.WARNING: "yellow"}

seeds: Final = App(name="seeds", help="Check tracks and their questions.")
catalog: Final = App(name="catalog", help="Check the catalog of credentials.")


@seeds.command
def lint(*tracks: str, as_json: AsJson = False, folder: Path = SEEDS) -> int:
    """Find questions that are unfair, unclear or repeated, and pools that are too small.

    Args:
        tracks: Ids of the tracks to look at; all if left out.
        as_json: Print a JSON list of findings for scripts.
        folder: The seeds.
    """
    there = sorted(path.parent.name for path in folder.glob("tracks/*/track.yaml"))
    if unknown := sorted(set(tracks) - set(there)):
        raise LocalStackError(
            f"There is no track {', '.join(unknown)}.", f"There are: {', '.join(there)}."
        )
    return _report(lint_seeds(_read(folder), tracks), as_json=as_json)


@catalog.command
def check(*, as_json: AsJson = False, folder: Path = SEEDS) -> int:
    """Find credentials that are doubled, incomplete or missing.

    Args:
        as_json: Print a JSON list of findings for scripts.
        folder: The seeds.
    """
    return _report(check_seed_catalog(_read(folder)), as_json=as_json)


def _read(folder: Path) -> SeedEntries:
    return SeedFolder(folder, Uuid7Ids()).entries()


def _report(findings: Sequence[Finding], *, as_json: bool) -> int:
    """Print the findings; return the exit code, 1 when there is an error among them."""
    if as_json:
        terminal.print_json([asdict(f) for f in findings])
    else:
        _print_by_file(findings)
    return 1 if _count(findings, Severity.ERROR) else 0


def _print_by_file(findings: Sequence[Finding]) -> None:
    for file, group in groupby(findings, lambda f: f.where.partition(": ")[0]):
        terminal.out.print(f"[bold]{terminal.escape(file)}[/]", soft_wrap=True)
        for finding in group:
            path = finding.where.partition(": ")[2]
            terminal.out.print(
                f"  [{COLORS[finding.severity]}]{finding.severity:<7}[/] {finding.check}"
                + (f"  [cyan]{terminal.escape(path)}[/]" if path else ""),
                soft_wrap=True,
            )
            terminal.out.print(f"          {terminal.escape(finding.message)}", soft_wrap=True)
    counts = [(_count(findings, severity), severity) for severity in Severity]
    terminal.out.print(", ".join(f"{n} {name}{'' if n == 1 else 's'}" for n, name in counts))


def _count(findings: Sequence[Finding], severity: Severity) -> int:
    return sum(f.severity is severity for f in findings)
