from typing import Protocol

from shared.domain.recommendation import Summary, SummaryFacts


class Summarizer(Protocol):
    def summarize(self, facts: SummaryFacts) -> Summary:
        """Say the facts in a few sentences to the student, with a reason for each item.

        Raises:
            EngineUnavailableError: worth another try later.
            EngineRefusedError: the engine will not, or said something that is not in the facts.
        """
        ...
