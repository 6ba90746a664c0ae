import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.assessment import Answer
from shared.domain.budget import EMBED
from shared.domain.credential_text import embedding_text
from shared.domain.errors import EngineRefusedError, EngineUnavailableError
from shared.domain.essay import Usage
from shared.domain.job_output import read_retrieval
from shared.domain.level import Level
from shared.domain.question import QuestionType
from shared.domain.recommendation import Credential, Retrieval, Source
from shared.domain.retrieval import CANDIDATES
from shared.ports.job_work import JobResult
from shared.usecases.retrieve_credentials import retrieve_credentials
from tests.builders import TRACK, a_credential, a_pool, a_response
from tests.embeddings import put_embedding
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.sample_world import ASSESSMENT, RETRIEVAL_JOB, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import claimed, ensure_no_transaction, put_answer, stored

QUERY = "Backend Engineer, beginner level. Learn transactions. Interested in postgresql, SQL."
"""What scores of 37 and interests in databases come to."""


@pytest.fixture
def world() -> FakeWiring:
    """The essays are scored, and the catalog is empty."""
    return scored_world()


def scored_world() -> FakeWiring:
    world = world_at(Stage.SCORED)
    world.store.state.credentials.clear()
    world.store.state.embeddings.clear()
    world.embedder.texts.clear()
    return world


def put(world: FakeWiring, *credentials: Credential, like: str | None = None) -> None:
    """Put credentials into the catalog, embedded as what they say or as a text they resemble."""
    embedder = FakeEmbedder()
    with world.store.begin() as repositories:
        for credential in credentials:
            repositories.credentials.put(credential, content_hash="1")
            [vector] = embedder.embed([like or embedding_text(credential)])
            put_embedding(repositories, credential, vector)


def put_unembedded(world: FakeWiring, credential: Credential) -> None:
    with world.store.begin() as repositories:
        repositories.credentials.put(credential, content_hash="1")


def run(world: FakeWiring) -> JobResult:
    return retrieve_credentials(
        claimed(world, RETRIEVAL_JOB),
        store=world.store,
        embedder_of=world.embedder_of,
        budget=world.embedding_budget,
    )


def retrieve(world: FakeWiring) -> Retrieval:
    return read_retrieval(run(world).output)


def test_what_was_embedded_counts_towards_the_month(world: FakeWiring) -> None:
    put(world, a_credential(skills=("transactions",)))

    run(world)

    ((assessment, purpose, usage),) = world.embedding_budget.charged
    assert (assessment, purpose) == (ASSESSMENT, EMBED)
    assert usage == Usage(prompt_tokens=len(world.embedder.texts))
    assert usage.prompt_tokens > 1  # the query, and the passages that are cited


def test_so_does_what_was_embedded_before_it_failed(world: FakeWiring) -> None:
    put_unembedded(world, a_credential())

    with pytest.raises(EngineRefusedError, match="rebuild the index"):
        run(world)

    assert [usage.total for _, _, usage in world.embedding_budget.charged] == [1]


def test_nothing_is_charged_where_nobody_charges(world: FakeWiring) -> None:
    world.embedder.error = EngineUnavailableError("away", reason="timeout")

    with pytest.raises(EngineUnavailableError):
        run(world)

    assert world.embedding_budget.charged == []


def test_it_goes_on_when_the_months_tokens_are_spent(world: FakeWiring) -> None:
    world.embedding_budget.is_spent = True
    put(world, a_credential(skills=("transactions",)))

    assert len(retrieve(world).items) == 1


def test_what_fits_is_ranked_with_both_scores_and_what_it_closes(world: FakeWiring) -> None:
    best = a_credential(title="Transactions in PostgreSQL", skills=("transactions", "postgresql"))
    good = a_credential(title="SQL", provider="Another", skills=("sql",))
    put(world, good, best)

    first, second = retrieve(world).items

    assert (first.credential_id, second.credential_id) == (best.id, good.id)
    assert (first.rank, second.rank) == (1, 2)
    assert first.closes == ("transactions", "postgresql")
    assert first.score > second.score
    assert first.vector_similarity is not None
    assert first.text_score is not None


def test_the_trace_tells_what_was_searched(world: FakeWiring) -> None:
    put(world, a_credential(), a_credential(provider="Another"))

    trace = retrieve(world).trace

    assert trace.query == QUERY == world.embedder.texts[0]
    assert (trace.embedding_model, trace.candidates) == ("fake-words", 2)
    assert trace.filters == {"track": TRACK, "level": "beginner,intermediate"}


def test_the_trace_ranks_what_was_weighed_also_what_was_left_out(world: FakeWiring) -> None:
    best = a_credential(title="Transactions", skills=("transactions", "postgresql"))
    left_out = a_credential(title="Gardens", provider="Another", skills=("gardening",))
    put(world, best, left_out)

    found = retrieve(world)

    first, last = found.trace.ranking
    assert (first.credential_id, first.title, first.rank) == (best.id, "Transactions", 1)
    assert first.vector_similarity == found.items[0].vector_similarity
    assert first.text_score == found.items[0].text_score
    assert (first.vector_rank is not None, first.text_rank) == (True, 1)
    assert (last.credential_id, last.text_rank, last.text_score) == (left_out.id, None, None)
    assert last.relevance < first.relevance


@pytest.mark.parametrize(
    ("own", "searched"),
    [
        (Level.INTERMEDIATE, "beginner,intermediate"),
        (Level.ADVANCED, "beginner,intermediate,advanced"),
    ],
)
def test_levels_near_the_students_next_step_are_searched(
    world: FakeWiring, own: Level, searched: str
) -> None:
    taken = world.store.state.assessments[ASSESSMENT]
    world.store.state.assessments[ASSESSMENT] = replace(taken, experience_level=own)
    by_level = {level: a_credential(level=level, provider=level) for level in Level}
    put(world, *by_level.values(), like=QUERY)

    found = retrieve(world)

    assert found.trace.filters["level"] == searched
    assert {item.credential_id for item in found.items} == {
        by_level[Level(level)].id for level in searched.split(",")
    }


def test_credentials_of_other_tracks_are_not_found(world: FakeWiring) -> None:
    put(world, a_credential(tracks=("data-analyst",)), like=QUERY)

    found = retrieve(world)

    assert (found.items, found.trace.candidates) == ((), 0)


def test_when_nothing_is_nearer_than_chance_nothing_is_recommended(world: FakeWiring) -> None:
    put(world, a_credential())
    [item] = retrieve(world).items
    assert item.vector_similarity is not None

    world.clock.advance(world.lease)
    world.embedder.floor = item.vector_similarity
    assert len(retrieve(world).items) == 1

    world.clock.advance(world.lease)
    world.embedder.floor = item.vector_similarity + 1e-9
    found = retrieve(world)
    assert found.items == ()
    assert (found.trace.query, found.trace.candidates) == (QUERY, 1)


def test_an_empty_catalog_recommends_nothing(world: FakeWiring) -> None:
    found = retrieve(world)

    assert (found.items, found.trace.candidates) == ((), 0)
    assert world.embedder.texts == [QUERY]


def test_a_provider_is_not_asked_to_embed_nothing(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    embed, calls = world.embedder.embed, list[int]()

    def embed_and_count(texts: Sequence[str]) -> list[list[float]]:
        calls.append(len(texts))
        return embed(texts)

    monkeypatch.setattr(world.embedder, "embed", embed_and_count)

    retrieve(world)

    assert calls == [1]


def test_the_best_of_each_search_are_candidates(world: FakeWiring) -> None:
    put(world, *(a_credential() for _ in range(CANDIDATES + 1)), like=QUERY)

    assert retrieve(world).trace.candidates == CANDIDATES


def test_a_catalog_without_embeddings_of_this_model_is_refused_rather_than_called_unfit(
    world: FakeWiring,
) -> None:
    put_unembedded(world, a_credential())

    with pytest.raises(EngineRefusedError, match="rebuild the index") as refused:
        retrieve(world)

    assert refused.value.reason == "index_missing"


def test_without_an_index_the_operator_is_told_to_load_the_seeds(world: FakeWiring) -> None:
    world.store.state.embedding_sets.clear()

    with pytest.raises(EngineRefusedError, match="load the seeds") as refused:
        retrieve(world)

    assert refused.value.reason == "index_missing"


def test_the_query_is_embedded_by_the_model_of_what_is_searched(world: FakeWiring) -> None:
    """The deployment may have another one by now: until the switch, the old set is searched."""
    put(world, a_credential())
    asked = list[str]()

    def embedder_of(model: str) -> FakeEmbedder:
        asked.append(model)
        return FakeEmbedder()

    result = retrieve_credentials(
        claimed(world, RETRIEVAL_JOB),
        store=world.store,
        embedder_of=embedder_of,
        budget=world.embedding_budget,
    )

    assert asked == ["fake-words"]
    assert len(read_retrieval(result.output).items) == 1


def test_what_is_found_by_its_words_alone_has_no_similarity(world: FakeWiring) -> None:
    near = a_credential(skills=("sql",), title="Near")
    named = a_credential(skills=("transactions",), provider="Another", title="Named")
    put(world, near)
    put_unembedded(world, named)

    found = {item.credential_id: item for item in retrieve(world).items}

    assert found[named.id].vector_similarity is None
    assert found[named.id].text_score is not None


def test_what_is_found_by_nearness_alone_has_no_text_score(world: FakeWiring) -> None:
    silent = a_credential(title="X", skills=("y",), outcomes=("Y.",), description="Z.")
    put(world, silent, like=QUERY)
    put(
        world,
        a_credential(id="00000000-0000-7000-8000-00000000abcd", slug="sql-course", skills=("sql",)),
    )

    items = {item.credential_id: item for item in retrieve(world).items}

    assert items[silent.id].vector_similarity == pytest.approx(1.0)
    assert items[silent.id].text_score is None


def test_nothing_fits_when_nothing_names_what_is_wanted(world: FakeWiring) -> None:
    silent = a_credential(title="X", skills=("y",), outcomes=("Y.",), description="Z.")
    put(world, silent, like=QUERY)

    assert retrieve(world).items == ()


@pytest.mark.parametrize(
    ("outcomes", "description", "field", "snippet"),
    [
        pytest.param(
            ("Bake bread.", "Learn transactions.", "Sing."), "Long ago.", "outcomes",
            "Learn transactions.", id="an-outcome",
        ),
        pytest.param(
            ("Bake bread.", "Sing."), "Long ago. Learn transactions in sql. The end.",
            "description", "Learn transactions in sql.", id="a-sentence-of-the-description",
        ),
    ],
)  # fmt: skip
def test_each_item_cites_the_passage_nearest_to_the_query(
    world: FakeWiring, outcomes: tuple[str, ...], description: str, field: str, snippet: str
) -> None:
    put(world, a_credential(outcomes=outcomes, description=description))

    [item] = retrieve(world).items

    query, passage = FakeEmbedder().embed([QUERY, snippet])
    similarity = sum(a * b for a, b in zip(query, passage, strict=True))
    assert item.sources == (Source(field=field, snippet=snippet, similarity=round(similarity, 3)),)


def test_every_item_cites_its_own_catalog_entry(world: FakeWiring) -> None:
    entries = {
        c.id: c
        for c in (
            a_credential(outcomes=("Learn sql.",), provider="One"),
            a_credential(outcomes=("Learn transactions.",), provider="Two"),
        )
    }
    put(world, *entries.values())

    for item in retrieve(world).items:
        assert item.sources[0].snippet in entries[item.credential_id].outcomes


def test_the_output_is_handed_on_and_nothing_else_is_stored(world: FakeWiring) -> None:
    put(world, a_credential())
    claimed(world, RETRIEVAL_JOB)
    world.clock.advance(world.lease)
    result = run(world)
    before = world.store.state.copy()

    stored(result, world.store)

    assert world.store.state == before
    assert result.track_id == TRACK


def test_a_provider_that_is_away_is_worth_another_try(world: FakeWiring) -> None:
    world.embedder.error = EngineUnavailableError("slow", reason="timeout")

    with pytest.raises(EngineUnavailableError):
        run(world)


def test_the_embedder_is_asked_outside_any_transaction(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(world, a_credential())
    embed = world.embedder.embed

    def embed_slowly(texts: Sequence[str]) -> list[list[float]]:
        ensure_no_transaction(world.store)
        return embed(texts)

    monkeypatch.setattr(world.embedder, "embed", embed_slowly)

    assert len(retrieve(world).items) == 1


@settings(max_examples=50)
@given(essay=st.text(), wish=st.text())
def test_no_words_of_a_student_reach_the_embedder_or_the_trace(essay: str, wish: str) -> None:
    world = a_shared_world()
    world.clock.advance(world.lease)
    world.embedder.texts.clear()
    responses = world.store.state.responses
    for snapshot in world.store.state.snapshots[ASSESSMENT]:
        question = snapshot.question
        if question.takes_text:
            text = essay if question.type is QuestionType.ESSAY else wish
            responses[ASSESSMENT, question.id] = a_response(question, answer=Answer(text=text))

    result = run(world)

    query, *passages = world.embedder.texts
    assert words(query) <= KNOWN
    assert passages == ["Design a schema.", "It is about databases."]
    found = read_retrieval(result.output)
    assert found.trace.query == query
    assert found.items[0].sources[0].snippet in passages


@cache
def a_shared_world() -> FakeWiring:
    """Made once, because Hypothesis tries many texts."""
    world = scored_world()
    put(
        world,
        a_credential(outcomes=("Design a schema.",), description="It is about databases."),
    )
    return world


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\s,.-]+", text.casefold()))


POOL = a_pool()
SKILLS = {
    *(skill for q in POOL for skill in q.skills),
    *(skill for q in POOL for option in q.options for skill in option.interests),
}
KNOWN = {
    "level",
    "learn",
    "interested",
    "in",
    *Level,
    *words(" ".join((*SKILLS, "backend engineer"))),
}


def test_a_wish_in_ones_own_words_counts_by_the_skills_that_it_names(world: FakeWiring) -> None:
    [wish] = [s.question for s in world.store.state.snapshots[ASSESSMENT] if s.question.free_text]
    put_answer(world, wish.id, Answer(text="My name is Ada, and I love REST API design!"))

    assert retrieve(world).trace.query == QUERY.removesuffix(".") + ", REST API design."
