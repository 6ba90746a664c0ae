"""The one error that a person at the terminal is meant to read."""


class LocalStackError(Exception):
    """What went wrong and what to do about it, each a sentence or two."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy
