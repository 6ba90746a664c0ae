"""A result as a student would read it, in the terminal."""

from collections.abc import Sequence
from textwrap import shorten
from typing import Final

from rich.panel import Panel
from rich.table import Table

from local_stack.student import (
    CriterionScore,
    EssayScore,
    Question,
    Recommendation,
    RecommendedCredential,
    Result,
    Track,
)
from local_stack.terminal import escape, out

BAR_WIDTH: Final = 30
FULL_SCORE: Final = 100
PROMPT_LENGTH: Final = 200
SOURCES_SHOWN: Final = 2


def show_result(result: Result, *, track: Track, questions: Sequence[Question]) -> None:
    _show_overall(result)
    _show_domains(result, {domain.id: domain.name for domain in track.domains})
    _show_list("Strengths", result.strengths)
    _show_list("What to work on", result.improvements)
    prompts = {question.id: question.prompt for question in questions}
    for essay in result.essay_scores:
        _show_essay(essay, prompts.get(essay.question_id, essay.question_id))
    _show_recommendation(result.recommendation)


def _show_overall(result: Result) -> None:
    right = sum(score.score for score in result.rule_scores)
    theory = f"{right:g} of {len(result.rule_scores)} theoretical questions right"
    seconds = result.processing_ms / 1000
    lines = [
        f"[bold]{result.overall_score} of {FULL_SCORE}[/], {result.band}",
        f"confidence {result.confidence:.0%}, {theory}, scored in {seconds:.1f} s",
    ]
    if result.degraded:
        reasons = ", ".join(reason.reason for reason in result.degraded_reasons)
        lines.append(f"[yellow]degraded: {reasons}[/]")
    out.print(Panel.fit("\n".join(lines), title="Result", title_align="left"))


def _show_domains(result: Result, names: dict[str, str]) -> None:
    table = Table(box=None, show_header=False)
    for domain in result.domain_breakdown:
        filled = round(domain.score * BAR_WIDTH / FULL_SCORE)
        bar = f"[green]{'█' * filled}[/][dim]{'░' * (BAR_WIDTH - filled)}[/]"
        table.add_row(names.get(domain.domain, domain.domain), bar, f"{domain.score:3d}")
    out.print(table)


def _show_list(title: str, entries: Sequence[str]) -> None:
    out.print(f"\n[bold]{title}[/]")
    for entry in entries or ["nothing stands out"]:
        _say(escape(entry), mark=" • ")


def _show_essay(essay: EssayScore, prompt: str) -> None:
    by = f"{essay.scored_by.engine}{f' {essay.scored_by.model}' if essay.scored_by.model else ''}"
    out.print(f"\n[bold]Essay: {essay.score:g} of {essay.max_score:g}[/] [dim]scored by {by}[/]")
    _say(f"[cyan]{escape(shorten(prompt, PROMPT_LENGTH, placeholder=' …'))}[/]")
    for criterion in essay.criteria:
        _show_criterion(criterion)
    if essay.feedback:
        _say(escape(essay.feedback))
    if essay.needs_review:
        _say(f"[yellow]A person will look at this one: {', '.join(essay.flags) or 'unsure'}.[/]")


def _show_criterion(criterion: CriterionScore) -> None:
    unsure = " [yellow](unsure)[/]" if criterion.unsure else ""
    mark = f"{criterion.score:g}/{criterion.max_score:g}"
    _say(f"[bold]{criterion.name}[/] {mark}{unsure}  {escape(criterion.feedback)}")
    for evidence in criterion.evidence:
        _say(f"[italic green]“{escape(evidence.quote)}”[/]", mark="     ")


def _show_recommendation(recommendation: Recommendation) -> None:
    out.print("\n[bold]What to learn next[/]")
    out.print(escape(recommendation.summary))
    for item in recommendation.items:
        _show_credential(item)


def _show_credential(item: RecommendedCredential) -> None:
    hours = f", {item.hours:g} hours" if item.hours else ""
    out.print(f"\n[bold]{item.rank}. {escape(item.title)}[/], {escape(item.provider)}")
    _say(f"[dim]{item.level} {item.format.replace('_', ' ')}{hours}[/]")
    out.print(f"   [blue]{escape(item.url)}[/]", soft_wrap=True)
    _say(escape(item.why))
    for source in item.sources[:SOURCES_SHOWN]:
        _say(f"[italic green]“{escape(source.snippet)}”[/] [dim]{source.field}[/]", mark="     ")


def _say(text: str, *, mark: str = "   ") -> None:
    """A paragraph that stays to the right of its mark."""
    paragraph = Table.grid()
    paragraph.add_row(mark, text)
    out.print(paragraph)
