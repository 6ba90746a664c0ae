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
)


def retrieval_output(retrieval: Retrieval) -> dict[str, Any]:
    return asdict(retrieval)


def read_retrieval(output: Mapping[str, Any]) -> Retrieval:
    return Retrieval(
        items=tuple(
            RankedItem(
                **{
                    **item,
                    "closes": tuple(item["closes"]),
                    "sources": tuple(Source(**source) for source in item["sources"]),
                }
            )
            for item in output["items"]
        ),
        trace=Trace(**output["trace"]),
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
        why={CredentialId(id): why for id, why in output["why"].items()},
        provenance=Provenance(**output["provenance"]),
    )
