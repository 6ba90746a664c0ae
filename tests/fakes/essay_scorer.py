from shared.domain.errors import EngineError
from shared.domain.essay import CriterionMark, EssayMarks, EssayTask, Provenance, Usage


class FakeEssayScorer:
    """Gives every criterion the same mark, and the first words of the answer as evidence.

    Set `error` to make it fail.
    """

    def __init__(self, *, engine: str = "fake", score: float = 7.0) -> None:
        self.engine = engine
        self.score_given = score
        self.error: EngineError | None = None
        self.tasks: list[EssayTask] = []

    def score(self, task: EssayTask) -> EssayMarks:
        self.tasks.append(task)
        if self.error:
            raise self.error
        return EssayMarks(
            criteria=tuple(
                CriterionMark(
                    name=criterion.name,
                    score=self.score_given,
                    feedback=f"Good {criterion.name}.",
                    next_level="Go deeper.",
                    quotes=(" ".join(task.answer.split()[:4]),),
                )
                for criterion in task.rubric.criteria
            ),
            feedback="A sound answer.",
            flags=(),
            provenance=Provenance(engine=self.engine),
            usage=Usage(prompt_tokens=900, completion_tokens=300),
        )
