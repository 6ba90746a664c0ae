"""Which file holds what, and how it is read and written."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from shared.adapters.content_files import qti_names as qti
from shared.adapters.content_files.archive import pack, unpack
from shared.adapters.content_files.credential_table import (
    read_csv,
    read_json,
    write_csv,
    write_json,
)
from shared.adapters.content_files.faults import UnreadableError, decoded
from shared.adapters.content_files.qti_reader import read_item
from shared.adapters.content_files.qti_writer import write_item, write_manifest
from shared.adapters.content_files.yaml_text import dump, load
from shared.domain.question import Question, QuestionType
from shared.domain.question_bank import written_question
from shared.domain.recommendation import Credential
from shared.domain.track import Track, TrackId, written_track
from shared.domain.transfer import (
    MOST_ROWS,
    Content,
    CredentialRow,
    Place,
    QuestionRow,
    RowFault,
    Sheet,
)
from shared.ports.content_files import (
    CatalogFormat,
    Defaults,
    Download,
    FileType,
    QuestionFormat,
    Upload,
)

POOL: Final = re.compile(r"(?:^|/)tracks/([^/]+)/(theoretical|essay|profile)\.ya?ml$")
LEFT_ASIDE: Final = re.compile(
    r"(?:^|/)(?:skills\.ya?ml|README\.md|imsmanifest\.xml|\.[^/]+"
    r"|tracks/[^/]+/track\.ya?ml|credentials/[^/]+\.ya?ml)$|^__MACOSX/"
)
"""What stands beside questions in a folder of seeds, a package or a zip from a desktop."""


class SeedAndQtiFiles:
    """Questions as the seeds' YAML or as QTI 3.0, credentials as CSV or JSON."""

    def __init__(self, *, most_rows: int = MOST_ROWS) -> None:
        self._most_rows = most_rows

    def read_questions(self, upload: Upload, defaults: Defaults) -> Sheet[QuestionRow]:
        return self._read(lambda: _questions(upload, defaults), upload)

    def read_credentials(self, upload: Upload) -> Sheet[CredentialRow]:
        read = read_csv if upload.type is FileType.CSV else read_json
        return self._read(lambda: read(upload.content), upload)

    def _read(self, read: Callable[[], Sheet[Content]], upload: Upload) -> Sheet[Content]:
        whole = Place(file=upload.file)
        try:
            sheet = read() if upload.content.strip() else Sheet()
        except UnreadableError as error:
            return Sheet(faults=(error.at(whole),))
        if (number := len(sheet.rows)) > self._most_rows:
            many = UnreadableError(f"{number} rows, at most {self._most_rows} at once; split it")
            return Sheet(faults=(many.at(whole),))
        if not sheet.rows and not sheet.faults:
            return Sheet(faults=(UnreadableError("there is nothing to import").at(whole),))
        return sheet

    def write_questions(
        self, questions: Sequence[Question], tracks: Sequence[Track], format: QuestionFormat
    ) -> Download:
        if format is QuestionFormat.YAML:
            files = dict(_seed_files(questions, tracks))
        else:
            files = _package(questions)
        name = f"assay-questions-{format}.zip"
        return Download(name=name, type=FileType.ZIP, content=pack(files))

    def write_pool(self, questions: Sequence[Question]) -> Download:
        kind = questions[0].type if questions else QuestionType.THEORETICAL
        return Download(name=f"{kind}.yaml", type=FileType.YAML, content=_pool(questions))

    def write_credentials(
        self, credentials: Sequence[Credential], format: CatalogFormat
    ) -> Download:
        is_csv = format is CatalogFormat.CSV
        return Download(
            name=f"assay-credentials.{format}",
            type=FileType.CSV if is_csv else FileType.JSON,
            content=write_csv(credentials) if is_csv else write_json(credentials),
        )


def _questions(upload: Upload, defaults: Defaults) -> Sheet[QuestionRow]:
    match upload.type:
        case FileType.YAML:
            return _from_yaml(upload.content, upload.file, defaults)
        case FileType.XML:
            place = Place(file=upload.file, row=1)
            return Sheet(rows=(read_item(upload.content, place, defaults),))
        case _:
            return _from_zip(upload.content, defaults)


def _from_zip(content: bytes, defaults: Defaults) -> Sheet[QuestionRow]:
    rows: list[QuestionRow] = []
    faults: list[RowFault] = []
    for path, file in unpack(content):
        if LEFT_ASIDE.search(path):
            continue
        try:
            sheet = _from_file(path, file, defaults)
        except UnreadableError as error:
            faults.append(error.at(Place(file=path)))
        else:
            rows += sheet.rows
            faults += sheet.faults
    return Sheet(rows=tuple(rows), faults=tuple(faults))


def _from_file(path: str, content: bytes, defaults: Defaults) -> Sheet[QuestionRow]:
    if path.endswith(".xml"):
        return Sheet(rows=(read_item(content, Place(file=path, row=1), defaults),))
    if (pool := POOL.search(path)) is None:
        raise UnreadableError(
            "neither tracks/<track>/theoretical.yaml, essay.yaml or profile.yaml, nor an item "
            "(.xml); name it so, or leave it out"
        )
    said = Defaults(track_id=pool[1], kind=QuestionType(pool[2]))
    return _from_yaml(content, path, said)


def _from_yaml(content: bytes, file: str, defaults: Defaults) -> Sheet[QuestionRow]:
    if not (defaults.track_id and defaults.kind):
        raise UnreadableError(
            "YAML does not say of which track and type its questions are; import it with "
            "?trackId= and ?type=, or in a zip as tracks/<track>/<type>.yaml"
        )
    written = load(decoded(content))
    listed = written.get("questions") if isinstance(written, dict) else None
    if not isinstance(listed, list):
        raise UnreadableError("there is no list `questions`; see seeds/README.md")
    rows: list[QuestionRow] = []
    faults: list[RowFault] = []
    for number, entry in enumerate(listed, start=1):
        place = _place_of(entry, file, number)
        if isinstance(entry, dict) and all(isinstance(name, str) for name in entry):
            track_id = TrackId(defaults.track_id)
            rows.append(
                QuestionRow(place=place, track_id=track_id, kind=defaults.kind, content=entry)
            )
        else:
            faults.append(UnreadableError("this is no mapping with names").at(place))
    return Sheet(rows=tuple(rows), faults=tuple(faults))


def _place_of(entry: object, file: str, number: int) -> Place:
    slug: Any = entry.get("id") if isinstance(entry, dict) else None
    return Place(file=file, row=number, slug=slug if isinstance(slug, str) else None)


def _seed_files(
    questions: Sequence[Question], tracks: Sequence[Track]
) -> Iterator[tuple[str, bytes]]:
    """Yield the files of each track, and one for each type also where there is no question."""
    for track in sorted(tracks, key=lambda track: track.id):
        folder = f"tracks/{track.id}"
        yield f"{folder}/track.yaml", dump(written_track(track))
        for kind in QuestionType:
            pool = [q for q in questions if q.track_id == track.id and q.type is kind]
            yield f"{folder}/{kind}.yaml", _pool(pool)


def _pool(questions: Sequence[Question]) -> bytes:
    return dump({"questions": [written_question(question) for question in questions]})


def _package(questions: Sequence[Question]) -> Mapping[str, bytes]:
    ordered = sorted(questions, key=lambda q: (q.track_id, q.type, q.slug))
    path_of: dict[str, str] = {}
    for track_id, pool in groupby(ordered, key=lambda q: q.track_id):
        path_of |= {q.slug: f"items/{track_id}/{q.slug}.xml" for q in pool}
    items = {path_of[question.slug]: write_item(question) for question in ordered}
    return {qti.MANIFEST: write_manifest(ordered, path_of), **items}
