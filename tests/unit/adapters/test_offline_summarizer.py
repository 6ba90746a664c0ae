"""Template summaries: grammatical for every number of things, and nothing but the facts."""

from dataclasses import replace

import pytest

from shared.adapters.offline_summarizer import TemplateSummarizer
from shared.domain.level import Level
from shared.domain.recommendation import CredentialId, Summary, SummaryFacts, SummaryItem


def an_item(
    id: str = "c1",
    *,
    title: str = "SQL for Builders",
    closes: tuple[str, ...] = ("sql",),
    level: Level = Level.BEGINNER,
    snippet: str = "Write joins and indexes.",
) -> SummaryItem:
    return SummaryItem(
        credential_id=CredentialId(id),
        title=title,
        provider="Open School",
        level=level,
        closes=closes,
        snippet=snippet,
    )


FACTS = SummaryFacts(
    track_name="Backend Engineer",
    overall_score=62,
    band="proficient",
    strengths=("Databases: You reason soundly about data.",),
    improvements=("Security: Practise threat modelling on a small service.",),
    domains=(("Databases", 84), ("HTTP and API design", 60), ("Security", 35)),
    items=(an_item(),),
)


def summarize(facts: SummaryFacts) -> Summary:
    return TemplateSummarizer().summarize(facts)


def test_a_summary_says_where_one_stands_what_is_strong_what_is_weak_and_what_next() -> None:
    assert summarize(FACTS).text == (
        "You reached 62 of 100 in Backend Engineer (proficient). You are well on your way. "
        "Your strongest domain is Databases (84); Security (35) needs work first. "
        "Practise threat modelling on a small service. "
        "One credential in the catalog fits what you need next: SQL for Builders by Open School."
    )


def test_several_credentials_are_counted_and_the_first_is_named() -> None:
    items = (an_item("c1"), an_item("c2", title="API Security"))

    assert summarize(replace(FACTS, items=items)).text.endswith(
        "Two credentials in the catalog fit what you need next; "
        "SQL for Builders by Open School comes first."
    )


def test_an_empty_recommendation_is_said_openly_with_what_to_do() -> None:
    summary = summarize(replace(FACTS, items=()))

    assert "Nothing in the catalog fits" in summary.text
    assert "advisor" in summary.text
    assert summary.why == {}


@pytest.mark.parametrize(
    ("domains", "said"),
    [
        ((("Databases", 84),), "All scored questions were about Databases."),
        (
            (("Databases", 50), ("Security", 50)),
            "You did equally well in all domains, with 50 of 100 in each.",
        ),
    ],
)
def test_domains_without_a_difference_are_not_ranked(
    domains: tuple[tuple[str, int], ...], said: str
) -> None:
    assert said in summarize(replace(FACTS, domains=domains)).text


def test_a_result_without_weak_domains_names_none_as_weak() -> None:
    facts = replace(FACTS, improvements=(), domains=(("Databases", 95), ("Security", 81)))

    assert "Security (81) has most room left." in summarize(facts).text


def test_a_result_without_scored_domains_still_reads_well() -> None:
    facts = replace(FACTS, domains=(), improvements=(), strengths=(), overall_score=0)

    assert summarize(facts).text.startswith("You reached 0 of 100 in Backend Engineer")


@pytest.mark.parametrize(
    ("closes", "reason"),
    [
        ((), "It belongs to Backend Engineer and is at beginner level."),
        (("sql",), "It teaches sql, which is among your gaps and interests, at beginner level."),
        (
            ("sql", "git"),
            "It teaches sql and git, which are among your gaps and interests, at beginner level.",
        ),
        (
            ("r", "go", "git"),
            "It teaches r, go and git, which are among your gaps and interests, at beginner level.",
        ),
    ],
)
def test_a_reason_names_the_gaps_that_an_item_closes_and_cites_the_catalog(
    closes: tuple[str, ...], reason: str
) -> None:
    summary = summarize(replace(FACTS, items=(an_item("c1", closes=closes),)))

    assert summary.why == {
        CredentialId("c1"): f"{reason} The catalog says: “Write joins and indexes”."
    }


def test_an_item_without_a_passage_cites_none() -> None:
    summary = summarize(replace(FACTS, items=(an_item("c1", snippet=" "),)))

    assert "catalog says" not in summary.why[CredentialId("c1")]


def test_every_item_has_a_reason() -> None:
    items = tuple(an_item(f"c{n}") for n in range(12))
    summary = summarize(replace(FACTS, items=items))

    assert set(summary.why) == {i.credential_id for i in items}
    assert "12 credentials" in summary.text


def test_the_summary_says_that_a_template_made_it() -> None:
    provenance = summarize(FACTS).provenance

    assert (provenance.engine, provenance.model) == ("template", None)
