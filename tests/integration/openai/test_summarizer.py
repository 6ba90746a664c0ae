"""Summaries over HTTP: the facts in words, and nothing beside them."""

import json
from dataclasses import replace

import pytest

from shared.adapters.openai.summarizer import OpenAISummarizer
from shared.adapters.prompts import load_prompt
from shared.domain.errors import EngineRefusedError
from shared.domain.level import Level
from shared.domain.recommendation import CredentialId, SummaryFacts, SummaryItem
from tests.fakes.openai_server import OpenAIServer
from tests.integration.openai.conftest import Connect

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

WEB = CredentialId("019b7a00-0000-7000-8000-00000000aaaa")
SQL = CredentialId("019b7a00-0000-7000-8000-00000000bbbb")
FACTS = SummaryFacts(
    track_name="Backend Engineer",
    overall_score=72,
    band="proficient",
    strengths=("Databases: You reason soundly about how data is stored.",),
    improvements=("APIs: Practise designing resources.",),
    domains=(("Databases", 90), ("APIs", 54)),
    items=(
        SummaryItem(
            credential_id=WEB,
            title="Designing Web APIs",
            provider="Example University",
            level=Level.INTERMEDIATE,
            closes=("rest api design",),
            snippet="Design resources and errors.",
        ),
        SummaryItem(
            credential_id=SQL,
            title="Databases for Developers",
            provider="Example University",
            level=Level.ADVANCED,
            closes=("sql",),
            snippet="Write queries that use indexes.",
        ),
    ),
)


@pytest.fixture
def summarizer(connect: Connect) -> OpenAISummarizer:
    return OpenAISummarizer(connect(), model="gpt-5.4-mini")


def test_a_recorded_reply_becomes_a_summary_with_a_reason_for_each_item(
    server: OpenAIServer, summarizer: OpenAISummarizer
) -> None:
    server.behave("summary")

    summary = summarizer.summarize(FACTS)

    assert summary.text.startswith("You reached 72 of 100")
    assert summary.why == {
        WEB: "It builds rest api design, where you lost most points.",
        SQL: "It takes sql further.",
    }
    assert summary.usage.total == 952
    assert summary.provenance.engine == "openai"
    assert summary.provenance.prompt_version == "summarize.v1"
    assert summary.provenance.prompt_hash == load_prompt("summarize.v1").hash


def test_the_facts_go_in_without_ids(server: OpenAIServer, summarizer: OpenAISummarizer) -> None:
    summarizer.summarize(FACTS)

    prompt = server.requests[0].prompt
    assert json.dumps("Designing Web APIs") in prompt
    assert WEB not in prompt


def test_the_fake_model_stays_with_the_facts(summarizer: OpenAISummarizer) -> None:
    summary = summarizer.summarize(FACTS)
    assert "Designing Web APIs" in summary.text
    assert summary.why[SQL] == "It builds sql."


def test_nothing_that_fits_is_a_summary_too(summarizer: OpenAISummarizer) -> None:
    summary = summarizer.summarize(replace(FACTS, items=()))
    assert summary.why == {}
    assert "Nothing in the catalog fits" in summary.text


@pytest.mark.parametrize(
    "scenario",
    [
        "summary_without_a_reason",
        "summary_with_an_empty_reason",
        "summary_of_another_item",
        "summary_invents_a_title",
        "summary_invents_a_number",
        "summary_with_a_link",
        "empty_summary",
        "invalid_json",
    ],
)
def test_a_summary_that_leaves_the_facts_is_refused(
    server: OpenAIServer, summarizer: OpenAISummarizer, scenario: str
) -> None:
    server.behave(scenario)

    with pytest.raises(EngineRefusedError) as refusal:
        summarizer.summarize(FACTS)

    assert refusal.value.reason == "invalid_output"
