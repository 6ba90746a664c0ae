from tests.builders import an_id


class FakeIds:
    """Counts up, among the ids that the builders give."""

    def new(self) -> str:
        return an_id()
