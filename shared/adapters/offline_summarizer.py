"""Summaries without a model: the facts, and nothing but the facts, in plain sentences."""

from collections.abc import Sequence
from typing import Final

from shared.domain.essay import Provenance
from shared.domain.recommendation import Summary, SummaryFacts, SummaryItem
from shared.domain.scoring import Band

ENGINE: Final = "template"

_OPENINGS: Final = {
    Band.FOUNDATION.value: "You are at the start of this path, and now you know where to begin.",
    Band.DEVELOPING.value: "You have a base to build on.",
    Band.PROFICIENT.value: "You are well on your way.",
    Band.ADVANCED.value: "You have a firm grip on this field.",
}
_NUMBERS: Final = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


class TemplateSummarizer:
    """Deterministic, and it never raises."""

    def summarize(self, facts: SummaryFacts) -> Summary:
        sentences = [_standing(facts), *_domains(facts), *_first_step(facts), _offer(facts)]
        return Summary(
            text=" ".join(sentences),
            why={item.credential_id: _why(item, facts.track_name) for item in facts.items},
            provenance=Provenance(engine=ENGINE),
        )


def _standing(facts: SummaryFacts) -> str:
    score = f"You reached {facts.overall_score} of 100 in {facts.track_name} ({facts.band})."
    opening = _OPENINGS.get(facts.band)
    return f"{score} {opening}" if opening else score


def _domains(facts: SummaryFacts) -> list[str]:
    """Name the strongest and the weakest domain, if there is a difference."""
    if not facts.domains:
        return []
    best, score = max(facts.domains, key=lambda domain: domain[1])
    worst, lowest = min(facts.domains, key=lambda domain: domain[1])
    if len(facts.domains) == 1:
        return [f"All scored questions were about {best}."]
    if score == lowest:
        return [f"You did equally well in all domains, with {score} of 100 in each."]
    lack = "needs work first" if facts.improvements else "has most room left"
    return [f"Your strongest domain is {best} ({score}); {worst} ({lowest}) {lack}."]


def _first_step(facts: SummaryFacts) -> list[str]:
    """Repeat the advice for the weakest domain, without the domain's name before it."""
    if not facts.improvements:
        return []
    name, colon, advice = facts.improvements[0].partition(": ")
    return [_sentence(advice if colon else name)]


def _offer(facts: SummaryFacts) -> str:
    if not facts.items:
        return (
            "Nothing in the catalog fits what you need next, and a poor fit would not help you. "
            "Talk with your advisor about other ways to get there."
        )
    first = f"{facts.items[0].title} by {facts.items[0].provider}"
    if len(facts.items) == 1:
        return f"One credential in the catalog fits what you need next: {first}."
    return (
        f"{_number(len(facts.items))} credentials in the catalog fit what you need next; "
        f"{first} comes first."
    )


def _why(item: SummaryItem, track_name: str) -> str:
    level = f"at {item.level.value} level"
    if item.closes:
        that = "which is" if len(item.closes) == 1 else "which are"
        reason = f"It teaches {_list(item.closes)}, {that} among your gaps and interests, {level}."
    else:
        reason = f"It belongs to {track_name} and is {level}."
    passage = item.snippet.strip()
    return f"{reason} The catalog says: “{passage.removesuffix('.')}”." if passage else reason


def _list(words: Sequence[str]) -> str:
    """Join as in "a", "a and b", "a, b and c"."""
    *rest, last = words
    return f"{', '.join(rest)} and {last}" if rest else last


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
