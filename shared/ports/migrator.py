from typing import Protocol


class Migrator(Protocol):
    def upgrade(self) -> str:
        """Bring the schema to the newest revision and return its name.

        Raises `StoreUnavailableError`.
        """
        ...
