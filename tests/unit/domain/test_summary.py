from shared.domain.recommendation import CredentialId, RankedItem, Retrieval, Source, Trace
from shared.domain.summary import summary_facts
from tests.builders import a_credential, a_profile, a_track, a_track_domain

SOURCE = Source(field="outcomes", snippet="Design a schema.", similarity=0.7)


def an_item(
    credential_id: str, *, rank: int = 1, sources: tuple[Source, ...] = (SOURCE,)
) -> RankedItem:
    return RankedItem(
        rank=rank,
        credential_id=CredentialId(credential_id),
        score=0.8,
        vector_similarity=0.7,
        text_score=None,
        closes=("rest-api-design", "sql"),
        sources=sources,
    )


def retrieval_of(*items: RankedItem) -> Retrieval:
    trace = Trace(query="sql", embedding_model=None, candidates=len(items), filters={})
    return Retrieval(items=items, trace=trace)


def test_facts_name_the_profile_in_words() -> None:
    profile = a_profile(overall_score=72)
    track = a_track(
        name="Backend Engineer",
        domains=(a_track_domain(id="backend.databases", name="Databases"),),
    )

    facts = summary_facts(track, profile, retrieval_of(), [])

    assert (facts.track_name, facts.overall_score, facts.band) == (
        "Backend Engineer",
        72,
        "proficient",
    )
    assert facts.domains == (("Databases", 80),)
    assert (facts.strengths, facts.improvements) == (profile.strengths, profile.improvements)
    assert facts.items == ()


def test_a_domain_that_the_track_no_longer_knows_goes_by_its_id() -> None:
    facts = summary_facts(a_track(domains=()), a_profile(), retrieval_of(), [])

    assert facts.domains == (("backend.databases", 80),)


def test_items_say_what_they_close_and_cite() -> None:
    credential = a_credential(id="crd_1", title="SQL for All", provider="Example")

    (item,) = summary_facts(
        a_track(), a_profile(), retrieval_of(an_item("crd_1")), [credential]
    ).items

    assert (item.credential_id, item.title, item.provider) == ("crd_1", "SQL for All", "Example")
    assert item.closes == ("REST API design", "SQL")
    assert item.snippet == "Design a schema."


def test_items_keep_their_order_and_those_gone_from_the_catalog_are_left_out() -> None:
    retrieval = retrieval_of(
        an_item("crd_2"), an_item("crd_gone", rank=2), an_item("crd_1", rank=3)
    )
    catalog = [a_credential(id="crd_1"), a_credential(id="crd_2")]

    facts = summary_facts(a_track(), a_profile(), retrieval, catalog)

    assert [item.credential_id for item in facts.items] == ["crd_2", "crd_1"]


def test_an_item_without_a_source_cites_nothing() -> None:
    (item,) = summary_facts(
        a_track(),
        a_profile(),
        retrieval_of(an_item("crd_1", sources=())),
        [a_credential(id="crd_1")],
    ).items

    assert item.snippet == ""
