from typing import Protocol


class PasswordHasher(Protocol):
    def hash(self, password: str) -> str:
        """Return a salted hash; takes a quarter of a second on purpose."""
        ...

    def verify(self, password: str, password_hash: str | None) -> bool:
        """Compare, in the same time whether or not there is a hash to compare with."""
        ...
