class FakePasswordHasher:
    """Takes no time, and would be no secret."""

    def __init__(self) -> None:
        self.hashed: list[str] = []
        """Passwords."""
        self.verified: list[tuple[str, str | None]] = []
        """Password and hash of each comparison."""

    def hash(self, password: str) -> str:
        self.hashed.append(password)
        return _hash(password)

    def verify(self, password: str, password_hash: str | None) -> bool:
        self.verified.append((password, password_hash))
        return password_hash == _hash(password)


def _hash(password: str) -> str:
    return f"hash of {password}"
