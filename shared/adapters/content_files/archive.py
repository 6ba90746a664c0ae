"""Zips, read without trust: nothing is unpacked to disk, and only so much to memory."""

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from shared.adapters.content_files.faults import UnreadableError
from shared.ports.content_files import MOST_FILES, MOST_UNPACKED_BYTES

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The same content makes the same zip, whenever it is made."""
ENCRYPTED: Final = 0x1


def pack(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def unpack(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the content of each file, in the order of the paths.

    Raises `UnreadableError` for what is no zip, or is too much: never more is read of a file than
    the zip's directory, whose sum is checked first, says that there is.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = sorted(
                (entry for entry in archive.infolist() if not entry.is_dir()),
                key=lambda entry: entry.filename,
            )
            _ensure_bounded(entries)
            for entry in entries:
                yield entry.filename, archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise UnreadableError(f"not a zip that can be read: {error}; pack it again") from None


def _ensure_bounded(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_FILES:
        raise UnreadableError(
            f"the zip has {len(entries)} files, at most {MOST_FILES} are read; split it"
        )
    if (size := sum(entry.file_size for entry in entries)) > MOST_UNPACKED_BYTES:
        raise UnreadableError(
            f"the zip unpacks to {size} bytes, at most {MOST_UNPACKED_BYTES} are read; split it"
        )
    if encrypted := [entry.filename for entry in entries if entry.flag_bits & ENCRYPTED]:
        raise UnreadableError(f"{encrypted[0]} is encrypted; pack it without a password")
