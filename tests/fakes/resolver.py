class FakeResolver:
    """Every host has one public address unless a test says otherwise."""

    def __init__(self) -> None:
        self.addresses: dict[str, tuple[str, ...]] = {}
        self.asked: list[str] = []

    def resolve(self, host: str) -> tuple[str, ...]:
        self.asked.append(host)
        return self.addresses.get(host, ("93.184.215.14",))
