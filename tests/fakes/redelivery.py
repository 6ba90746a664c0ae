class FakeRedelivery:
    def __init__(self) -> None:
        self.delayed: list[tuple[str, int]] = []
        """Receipt and number of receives."""

    def delay(self, receipt: str, *, receives: int) -> None:
        self.delayed.append((receipt, receives))
