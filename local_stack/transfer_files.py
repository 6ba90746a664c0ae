"""Files of questions and credentials: what is sent of them, and what comes."""

import io
import zipfile
from pathlib import Path
from typing import Final

from local_stack import terminal
from local_stack.errors import LocalStackError
from shared.adapters.content_files.archive import pack
from shared.ports.content_files import Download, FileType, Upload

TYPES: Final = {
    ".yaml": FileType.YAML,
    ".yml": FileType.YAML,
    ".xml": FileType.XML,
    ".zip": FileType.ZIP,
    ".csv": FileType.CSV,
    ".json": FileType.JSON,
}
PACKED: Final = frozenset({".yaml", ".yml", ".xml"})
CREDENTIAL_FILES: Final = frozenset({FileType.CSV, FileType.JSON})


def upload_of(path: Path) -> Upload:
    try:
        if path.is_dir():
            return Upload(type=FileType.ZIP, content=_packed(path))
        if (said := TYPES.get(path.suffix.lower())) is None:
            raise LocalStackError(
                f"The ending of {path} does not say what it is.",
                f"Name it by one of {', '.join(TYPES)}, or give a folder.",
            )
        return Upload(type=said, content=path.read_bytes())
    except FileNotFoundError:
        raise LocalStackError(f"There is no file {path}.", "Name another.") from None
    except OSError as error:
        raise LocalStackError(f"{path} cannot be read: {error.strerror}.", "") from None


def _packed(folder: Path) -> bytes:
    """Return the folder as a zip, with enough of the path to tell of which track a file is."""
    whole = folder.absolute()
    found = sorted(p for p in whole.rglob("*") if p.suffix.lower() in PACKED and p.is_file())
    above = whole.parent.parent
    return pack({path.relative_to(above).as_posix(): path.read_bytes() for path in found})


def write_download(path: Path, download: Download) -> None:
    is_folder = download.type is FileType.ZIP and (not path.suffix or path.is_dir())
    try:
        if is_folder:
            with zipfile.ZipFile(io.BytesIO(download.content)) as archive:
                archive.extractall(path)
        else:
            path.write_bytes(download.content)
    except OSError as error:
        raise LocalStackError(
            f"{path} cannot be written: {error.strerror}.", "Name another file."
        ) from None
    size = "" if is_folder else f", {len(download.content):,} bytes"
    terminal.err.print(f"Wrote {terminal.escape(str(path))}{size}", soft_wrap=True)
