"""What is wrong with a file, on the way to whoever sent it."""

from shared.domain.transfer import Place, RowFault


class UnreadableError(Exception):
    """A file, or a part of it, that cannot be read; the message says why and what would be."""

    def __init__(self, detail: str, *, pointer: str = "") -> None:
        super().__init__(detail)
        self.pointer = pointer

    def at(self, place: Place) -> RowFault:
        return RowFault(place=place, pointer=self.pointer, detail=str(self))


def decoded(content: bytes) -> str:
    """Return the text of a file, without the mark that some programs set before it."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"byte {error.start + 1} is not UTF-8; save the file as UTF-8"
        ) from None
