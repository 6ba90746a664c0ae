"""What a model is told for a summary: the facts, and nothing that a student wrote."""

import json

from shared.domain.recommendation import SummaryFacts, SummaryItem


def facts_as_json(facts: SummaryFacts) -> str:
    """Return the facts without ids: a model knows a credential by its number."""
    credentials = [_item(number, item) for number, item in enumerate(facts.items, start=1)]
    known = {
        "track": facts.track_name,
        "overallScore": facts.overall_score,
        "maxScore": 100,
        "band": facts.band,
        "domains": [{"name": name, "score": score} for name, score in facts.domains],
        "strengths": facts.strengths,
        "improvements": facts.improvements,
        "credentials": credentials,
    }
    return json.dumps(known, ensure_ascii=False, indent=1)


def _item(number: int, item: SummaryItem) -> dict[str, object]:
    return {
        "item": number,
        "title": item.title,
        "provider": item.provider,
        "level": item.level,
        "closes": item.closes,
        "passage": item.snippet,
    }
