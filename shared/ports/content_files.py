"""Content as files that people and other systems keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from shared.domain.question import Question, QuestionType
from shared.domain.recommendation import Credential
from shared.domain.track import Track
from shared.domain.transfer import CredentialRow, QuestionRow, Sheet

MOST_UNPACKED_BYTES: Final = 16 * 1024 * 1024
"""Of all files in a zip together; the seeds are 1.5 MB."""
MOST_FILES: Final = 2_000


class FileType(StrEnum):
    YAML = "application/yaml"
    XML = "application/xml"
    ZIP = "application/zip"
    CSV = "text/csv"
    JSON = "application/json"


class QuestionFormat(StrEnum):
    YAML = "yaml"
    QTI = "qti"


class CatalogFormat(StrEnum):
    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    type: FileType
    content: bytes
    file: str = ""
    """The name to report faults by; empty where there is but one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What questions are that do not say it themselves."""

    track_id: str | None = None
    kind: QuestionType | None = None
    domain: str | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    name: str
    type: FileType
    content: bytes


class ContentFiles(Protocol):
    def read_questions(self, upload: Upload, defaults: Defaults) -> Sheet[QuestionRow]:
        """Read YAML as in the seeds, a QTI 3 item, or a zip of such files.

        In a zip, YAML says by its path, `tracks/<track>/<type>.yaml`, what `defaults` say
        otherwise. What cannot be read is a fault of the sheet, too many rows or bytes as well.
        """
        ...

    def read_credentials(self, upload: Upload) -> Sheet[CredentialRow]:
        """Read CSV or JSON; what cannot be read is a fault of the sheet."""
        ...

    def write_questions(
        self, questions: Sequence[Question], tracks: Sequence[Track], format: QuestionFormat
    ) -> Download:
        """Return a zip: the seeds' folders of these tracks, or a QTI 3 package.

        Raises `InvalidContentError` for text that XML cannot carry.
        """
        ...

    def write_pool(self, questions: Sequence[Question]) -> Download:
        """Return one file as in the seeds, of questions of one track and type."""
        ...

    def write_credentials(
        self, credentials: Sequence[Credential], format: CatalogFormat
    ) -> Download: ...
