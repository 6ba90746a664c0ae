from typing import Protocol


class Ids(Protocol):
    def new(self) -> str:
        """Return a new UUIDv7 in its canonical form: unique, and sortable by time of making."""
        ...
