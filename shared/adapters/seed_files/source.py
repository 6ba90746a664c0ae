"""Read a folder of seeds, and name every fault by file, path and what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from shared.adapters.seed_files.content import hash_of, to_credential, to_question, to_track
from shared.adapters.seed_files.models import (
    CredentialsFile,
    EssayFile,
    ProfileFile,
    SkillsFile,
    TheoreticalFile,
    TrackFile,
)
from shared.adapters.seed_files.rules import CredentialFile, TrackFolder, find_faults
from shared.domain.errors import InvalidSeedsError
from shared.ports.ids import Ids
from shared.ports.seed_source import Seed, Seeds

Model = TypeVar("Model", bound=BaseModel)
# The C loader reads the seeds in a tenth of the time; some builds of PyYAML come without it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedEntries:
    """A folder as far as it can be read."""

    skills: Sequence[str]
    tracks: Sequence[TrackFolder]
    catalog: Sequence[CredentialFile]
    faults: tuple[str, ...]
    """Each as `file: path: what is wrong`."""


class SeedFolder:
    """Seeds in the layout of `seeds/README.md`."""

    def __init__(self, folder: Path, ids: Ids) -> None:
        self._folder = folder
        self._ids = ids

    def read(self) -> Seeds:
        written = self.entries()
        if written.faults:
            raise InvalidSeedsError(written.faults)
        return to_seeds(written.tracks, written.catalog, self._ids)

    def entries(self) -> SeedEntries:
        """Return what can be read, and the faults: of what cannot, and of the rest together."""
        reader = _Reader(self._folder)
        skills = reader.read("skills.yaml", SkillsFile)
        tracks = [
            track
            for path in sorted(self._folder.glob("tracks/*/"))
            if (track := _read_track(reader, path.relative_to(self._folder).as_posix()))
        ]
        catalog = [
            CredentialFile(name=name, credentials=file.credentials)
            for path in sorted(self._folder.glob("credentials/*.yaml"))
            if (
                file := reader.read(
                    name := path.relative_to(self._folder).as_posix(), CredentialsFile
                )
            )
        ]
        ids = [s.id for s in skills.skills] if skills else []
        if skills:
            # A track that cannot be read is no unknown track.
            checked = [] if reader.faults else catalog
            reader.faults += find_faults(ids, tracks, checked)
        return SeedEntries(skills=ids, tracks=tracks, catalog=catalog, faults=tuple(reader.faults))


def read_skills(folder: Path) -> frozenset[str]:
    """Return the ids of all skills; raise `InvalidSeedsError` if the list cannot be read."""
    reader = _Reader(folder)
    file = reader.read("skills.yaml", SkillsFile)
    if file is None:
        raise InvalidSeedsError(tuple(reader.faults))
    return frozenset(skill.id for skill in file.skills)


def to_seeds(tracks: Sequence[TrackFolder], catalog: Sequence[CredentialFile], ids: Ids) -> Seeds:
    return Seeds(
        tracks=[Seed(content=to_track(f.track), content_hash=hash_of(f.track)) for f in tracks],
        questions=[
            Seed(content=to_question(q, f.track.id, ids), content_hash=hash_of(q))
            for f in tracks
            for q in f.questions
        ],
        credentials=[
            Seed(content=to_credential(c, ids), content_hash=hash_of(c))
            for file in catalog
            for c in file.credentials
        ],
    )


def _read_track(reader: "_Reader", folder: str) -> TrackFolder | None:
    track = reader.read(f"{folder}/track.yaml", TrackFile)
    theoretical = reader.read(f"{folder}/theoretical.yaml", TheoreticalFile)
    essay = reader.read(f"{folder}/essay.yaml", EssayFile)
    profile = reader.read(f"{folder}/profile.yaml", ProfileFile)
    if track is None or theoretical is None or essay is None or profile is None:
        return None
    return TrackFolder(
        name=folder,
        track=track,
        theoretical=theoretical.questions,
        essay=essay.questions,
        profile=profile.questions,
    )


class _Reader:
    """Reads file after file and keeps the faults of all of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.faults: list[str] = []

    def read(self, name: str, model: type[Model]) -> Model | None:
        content = self._content(name)
        if content is None:
            return None
        try:
            return model.model_validate(content)
        except ValidationError as error:
            for fault in error.errors():
                said = fault["msg"].removeprefix("Value error, ")
                self.faults.append(f"{name}: {_path(fault['loc'], content)}: {said}")
        return None

    def _content(self, name: str) -> object:
        try:
            text = (self._folder / name).read_text("utf-8")
            content = yaml.load(text, LOADER)  # noqa: S506 - a safe loader
        except FileNotFoundError:
            self.faults.append(f"{name}: the file is missing")
        except UnicodeDecodeError:
            self.faults.append(f"{name}: the file is not UTF-8")
        except yaml.YAMLError as error:
            self.faults.append(f"{name}: not YAML: {' '.join(str(error).split())}")
        else:
            if content is None:
                self.faults.append(f"{name}: the file is empty")
            return content
        return None


def _path(location: tuple[int | str, ...], content: object) -> str:
    """Return the path to a fault, with ids in place of numbers where entries have them."""
    parts: list[str] = []
    here: Any = content
    for part in location:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            here = None
        name = here.get("id") if isinstance(part, int) and isinstance(here, dict) else None
        parts.append(str(part if name is None else name))
    return "/".join(parts) or "."
