"""What jobs hand on to later ones, as the JSON that is stored with them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from shared.domain.essay import Provenance
from shared.domain.recommendation import (
    CredentialId,
    RankedItem,
    Retrieval,
    Source,
    Summary,
    Trace,
    TracedCandidate,
)


def retrieval_output(retrieval: Retrieval) -> dict[str, Any]:
    return asdict(retrieval)


def read_retrieval(output: Mapping[str, Any]) -> Retrieval:
    return Retrieval(
        items=tuple(_read_item(item) for item in output["items"]),
        trace=_read_trace(output["trace"]),
    )


def _read_item(item: Mapping[str, Any]) -> RankedItem:
    return RankedItem(
        rank=item["rank"],
        credential_id=CredentialId(item["credential_id"]),
        score=item["score"],
        vector_similarity=item["vector_similarity"],
        text_score=item["text_score"],
        closes=tuple(item["closes"]),
        sources=tuple(Source(**source) for source in item["sources"]),
    )


def _read_trace(trace: Mapping[str, Any]) -> Trace:
    """Jobs of before the ranking was kept have none."""
    return Trace(
        query=trace["query"],
        embedding_model=trace["embedding_model"],
        candidates=trace["candidates"],
        filters=trace["filters"],
        ranking=tuple(TracedCandidate(**candidate) for candidate in trace.get("ranking", ())),
    )


def summary_output(summary: Summary) -> dict[str, Any]:
    return {
        "text": summary.text,
        "why": dict(summary.why),
        "provenance": asdict(summary.provenance),
    }


def read_summary(output: Mapping[str, Any]) -> Summary:
    return Summary(
        text=output["text"],
        why={CredentialId(key): why for key, why in output["why"].items()},
        provenance=Provenance(**output["provenance"]),
    )
