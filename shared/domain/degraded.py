"""Degraded: a fallback was used, and everyone who reads the result can see which and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DegradedReason(StrEnum):
    ESSAY_SCORING_FALLBACK = "essay_scoring_fallback"
    RETRIEVAL_FALLBACK = "retrieval_fallback"
    SUMMARY_FALLBACK = "summary_fallback"
    INCOMPLETE_DATA = "incomplete_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Degradation:
    reason: DegradedReason
    at: datetime
    cause: str
    """A short stable word: `timeout`, `rate_limited`, `circuit_open`, `over_budget`, …"""
    question_id: str | None = None
