"""Rules that one entry alone cannot break."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from shared.adapters.seed_files.models import (
    CredentialEntry,
    EssayEntry,
    ProfileEntry,
    QuestionEntry,
    TheoreticalEntry,
    TrackFile,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackFolder:
    """One track's files; `name` is the folder's, relative to the seeds."""

    name: str
    track: TrackFile
    theoretical: Sequence[TheoreticalEntry]
    essay: Sequence[EssayEntry]
    profile: Sequence[ProfileEntry]

    def files(self) -> Iterator[tuple[str, Sequence[QuestionEntry]]]:
        yield f"{self.name}/theoretical.yaml", self.theoretical
        yield f"{self.name}/essay.yaml", self.essay
        yield f"{self.name}/profile.yaml", self.profile

    @property
    def questions(self) -> list[TheoreticalEntry | EssayEntry | ProfileEntry]:
        """Those that are active."""
        return [q for q in (*self.theoretical, *self.essay, *self.profile) if q.active]


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialFile:
    name: str
    credentials: Sequence[CredentialEntry]


def find_faults(
    skills: Sequence[str], tracks: Sequence[TrackFolder], catalog: Sequence[CredentialFile]
) -> Iterator[str]:
    """Yield every fault as `file: path: what is wrong`."""
    yield from _repeated("skills.yaml", "skills", skills)
    known = frozenset(skills)
    for folder in tracks:
        yield from _track_faults(folder, known)
    slugs = [(name, q.id) for f in tracks for name, questions in f.files() for q in questions]
    yield from _repeated_across(slugs)
    yield from _repeated_across([(f.name, c.id) for f in catalog for c in f.credentials])
    track_ids = frozenset(folder.track.id for folder in tracks)
    for file in catalog:
        for entry in file.credentials:
            where = f"{file.name}: credentials/{entry.id}"
            yield from _unknown(f"{where}/skills", entry.skills, known, "skill")
            yield from _unknown(f"{where}/tracks", entry.tracks, track_ids, "track")


def _track_faults(folder: TrackFolder, skills: frozenset[str]) -> Iterator[str]:
    track, file = folder.track, f"{folder.name}/track.yaml"
    if track.id != folder.name.rpartition("/")[2]:
        yield f"{file}: id: is {track.id!r}, but the folder is {folder.name!r}"
    yield from find_track_faults(file, track, skills=skills)
    domains = frozenset(d.id for d in track.domains)
    for name, questions in folder.files():
        for question in questions:
            where = f"{name}: questions/{question.id}"
            yield from find_question_faults(where, question, skills=skills, domains=domains)
    mix = track.question_mix
    for kind, wanted, entries in (
        ("theoretical", mix.theoretical, folder.theoretical),
        ("essay", mix.essay, folder.essay),
        ("profile", mix.profile, folder.profile),
    ):
        if (active := sum(q.active for q in entries)) < wanted:
            yield f"{folder.name}/{kind}.yaml: questions: {active} active, the mix needs {wanted}"


def find_track_faults(where: str, track: TrackFile, *, skills: AbstractSet[str]) -> Iterator[str]:
    """Yield the faults of a track beside the list of skills, as `find_faults` does."""
    yield from _unknown(f"{where}: skillFocus", track.skill_focus, skills, "skill")
    for domain in track.domains:
        yield from _unknown(f"{where}: domains/{domain.id}/skills", domain.skills, skills, "skill")
    yield from _repeated(where, "domains", [d.id for d in track.domains])


def find_question_faults(
    where: str, question: QuestionEntry, *, skills: AbstractSet[str], domains: AbstractSet[str]
) -> Iterator[str]:
    """Yield the faults of one question of a track with these domains, as `find_faults` does."""
    yield from _unknown(f"{where}/skills", question.skills, skills, "skill")
    if not isinstance(question, ProfileEntry):
        yield from _unknown(f"{where}/domain", [question.domain], domains, "domain")
    match question:
        case TheoreticalEntry():
            yield from _repeated(where, "options", [o.id for o in question.options])
        case EssayEntry():
            points = question.rubric.key_points
            yield from _repeated(where, "rubric/keyPoints", [p.id for p in points])
        case ProfileEntry():
            yield from _repeated(where, "options", [o.id for o in question.options])
            for option in question.options:
                path = f"{where}/options/{option.id}/interests"
                yield from _unknown(path, option.interests, skills, "skill")
        case _:
            return


def _unknown(where: str, named: Iterable[str], known: AbstractSet[str], kind: str) -> Iterator[str]:
    for name in named:
        if name not in known:
            yield f"{where}: there is no {kind} {name!r}"


def _repeated(file: str, path: str, ids: Iterable[str]) -> Iterator[str]:
    for name, count in Counter(ids).items():
        if count > 1:
            yield f"{file}: {path}/{name}: the id is used {count} times"


def _repeated_across(ids: Iterable[tuple[str, str]]) -> Iterator[str]:
    first: dict[str, str] = {}
    for file, name in ids:
        if name in first:
            yield f"{file}: {name}: the id is used in {first[name]} already"
        first.setdefault(name, file)
