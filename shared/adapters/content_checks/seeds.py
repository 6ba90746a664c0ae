"""The checks run on a folder of seeds: faults of loading first, findings placed in their files."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from shared.adapters.content_checks.catalog import check_catalog
from shared.adapters.content_checks.finding import Finding, Severity, error
from shared.adapters.content_checks.questions import check_pools, check_question, check_together
from shared.adapters.seed_files.source import SeedEntries, to_seeds
from shared.adapters.system import Uuid7Ids

LOADER: Final = "loader"
"""The check's name for what the loader itself refuses."""
SKILLS_FILE: Final = "skills.yaml"
CATALOG_FOLDER: Final = "credentials"


def lint_seeds(entries: SeedEntries, track_ids: Sequence[str] = ()) -> list[Finding]:
    """Return what is wrong with these tracks, or all of them; the rest is only compared with.

    Each `where` becomes `file: path in it`. A track that cannot be read has its faults alone.
    """
    chosen = frozenset(track_ids)
    seeds = to_seeds(entries.tracks, entries.catalog, Uuid7Ids())
    catalog = [seed.content for seed in seeds.credentials]
    # The chosen tracks come last, so that what they share with others is said of them.
    questions = sorted(
        (seed.content for seed in seeds.questions), key=lambda q: q.track_id in chosen
    )
    findings = [f for q in questions for f in check_question(q)]
    for track in (seed.content for seed in seeds.tracks):
        own = [q for q in questions if q.track_id == track.id]
        findings += check_pools(track, own, catalog)
    findings += check_together(questions)
    placed = _placed(findings, _question_files(entries))
    found = [*_faults(entries), *placed]
    return _in_order(f for f in found if not chosen or _is_of(f, chosen))


def check_seed_catalog(entries: SeedEntries) -> list[Finding]:
    """Return what is wrong with the catalog and the list of skills, in their files.

    Faults of tracks are named too: without a track that cannot be read, its coverage is unknown.
    """
    seeds = to_seeds(entries.tracks, entries.catalog, Uuid7Ids())
    findings = check_catalog(
        [seed.content for seed in seeds.credentials],
        tracks=[seed.content for seed in seeds.tracks],
        questions=[seed.content for seed in seeds.questions],
        skills=entries.skills,
    )
    faults = list(_faults(entries))
    said = {f.where for f in faults}
    placed = _placed(findings, _credential_files(entries))
    return _in_order([*faults, *(f for f in placed if f.where not in said)])


def _faults(entries: SeedEntries) -> Iterator[Finding]:
    for fault in entries.faults:
        file, _, rest = fault.partition(": ")
        path, colon, said = rest.partition(": ")
        where, message = (f"{file}: {path}", said) if colon else (file, rest)
        yield error(LOADER, where, message)


def _question_files(entries: SeedEntries) -> dict[str, str]:
    files = {
        f"questions/{question.id}": f"{name}: questions/{question.id}"
        for folder in entries.tracks
        for name, questions in folder.files()
        for question in questions
    }
    for folder in entries.tracks:
        files[f"tracks/{folder.track.id}"] = f"{folder.name}/track.yaml: "
        for name, _ in folder.files():
            kind = name.rpartition("/")[2].removesuffix(".yaml")
            files[f"pools/{folder.track.id}/{kind}"] = f"{name}: questions"
    return files


def _credential_files(entries: SeedEntries) -> dict[str, str]:
    files = {
        f"credentials/{entry.id}": f"{file.name}: credentials/{entry.id}"
        for file in entries.catalog
        for entry in file.credentials
    }
    for folder in entries.tracks:
        files[f"tracks/{folder.track.id}"] = f"{folder.name}/track.yaml: "
    files |= {f"skills/{skill}": f"{SKILLS_FILE}: skills/{skill}" for skill in entries.skills}
    return files


def _placed(findings: Iterable[Finding], files: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the findings with the file that each thing they are about stands in."""
    for finding in findings:
        parts = finding.where.split("/")
        for length in range(len(parts), 0, -1):
            if place := files.get("/".join(parts[:length])):
                path = "/".join(parts[length:])
                is_top = place.endswith(": ")
                where = f"{place}{path}" if is_top or not path else f"{place}/{path}"
                yield replace(finding, where=where.removesuffix(": "))
                break
        else:
            yield replace(finding, where=f"{CATALOG_FOLDER}: {finding.where}")


def _is_of(finding: Finding, tracks: frozenset[str]) -> bool:
    """Tell whether a finding stands in a file of these tracks, or all of them depend on it."""
    file = finding.where.partition(":")[0]
    return file == SKILLS_FILE or any(file.startswith(f"tracks/{track}/") for track in tracks)


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings by file, errors of it first."""
    return sorted(
        findings,
        key=lambda f: (f.where.partition(":")[0], f.severity is Severity.WARNING, f.check),
    )
