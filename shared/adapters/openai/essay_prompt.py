"""What a model is told of an essay: the question, the rubric, and the answer as fenced-in data."""

from shared.adapters.prompts import Prompt, RenderedPrompt
from shared.domain.essay import EssayTask
from shared.domain.question import RubricCriterion


def render_task(prompt: Prompt, task: EssayTask, *, answer: str, marker: str) -> RenderedPrompt:
    """Fill in the prompt; `answer` is what of the task's answer may be shown."""
    return prompt.render(
        question=task.question.prompt,
        criteria="\n\n".join(map(_describe, task.rubric.criteria)),
        key_points="\n".join(f"- [{p.weight:g}] {p.text}" for p in task.rubric.key_points),
        names=", ".join(c.name for c in task.rubric.criteria),
        marker=marker,
        answer=answer,
    )


def _describe(criterion: RubricCriterion) -> str:
    levels = (f"- {level.score:g}: {level.description}" for level in criterion.levels)
    return "\n".join((f"### {criterion.name}", *levels))
