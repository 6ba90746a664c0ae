from shared.domain.errors import EngineError
from shared.domain.essay import Provenance, Usage
from shared.domain.recommendation import Summary, SummaryFacts


class FakeSummarizer:
    """Says the track and the score; set `error` to make it fail."""

    def __init__(self, *, engine: str = "fake") -> None:
        self.engine = engine
        self.error: EngineError | None = None
        self.facts: list[SummaryFacts] = []

    def summarize(self, facts: SummaryFacts) -> Summary:
        self.facts.append(facts)
        if self.error:
            raise self.error
        return Summary(
            text=f"You reached {facts.overall_score} of 100 in {facts.track_name}.",
            why={item.credential_id: f"{item.title} fits." for item in facts.items},
            provenance=Provenance(engine=self.engine),
            usage=Usage(prompt_tokens=400, completion_tokens=100),
        )
