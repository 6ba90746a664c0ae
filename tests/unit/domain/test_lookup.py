from shared.domain.level import Level
from shared.domain.lookup import look_up
from shared.domain.recommendation import Trace, TracedCandidate
from tests.builders import TRACK, a_credential
from tests.unit.domain.builders import a_situation

SQL = a_credential(
    id="crd_sql", skills=("sql",), outcomes=("Plan a project.", "Write SQL queries.")
)
GIT = a_credential(id="crd_git", skills=("git",), provider="Another", level=Level.BEGINNER)
CSS = a_credential(id="crd_css", skills=("css",))


def test_what_teaches_nothing_that_is_wanted_is_not_recommended() -> None:
    retrieval = look_up([CSS, GIT, SQL], a_situation(gaps={"sql": 0.9, "git": 0.3}))

    assert [item.credential_id for item in retrieval.items] == ["crd_sql", "crd_git"]
    assert [item.closes for item in retrieval.items] == [("sql",), ("git",)]


def test_each_item_cites_the_passage_that_names_the_wish() -> None:
    (item,) = look_up([SQL], a_situation(gaps={"sql": 1.0})).items

    assert [(s.field, s.snippet, s.similarity) for s in item.sources] == [
        ("outcomes", "Write SQL queries.", 0.0)
    ]
    assert (item.vector_similarity, item.text_score) == (None, None)


def test_the_trace_tells_that_nothing_was_searched() -> None:
    situation = a_situation(level=Level.BEGINNER, gaps={"sql": 0.9}, interests=("git",))

    assert look_up([CSS, GIT, SQL], situation).trace == Trace(
        query="sql git",
        embedding_model=None,
        candidates=2,
        filters={"track": TRACK, "level": "beginner"},
        ranking=tuple(
            TracedCandidate(
                rank=rank,
                credential_id=credential.id,
                title=credential.title,
                relevance=relevance,
                vector_rank=None,
                vector_similarity=None,
                text_rank=None,
                text_score=None,
            )
            for rank, credential, relevance in ((1, SQL, 0.643), (2, GIT, 0.357))
        ),
    )


def test_nothing_fits_is_an_answer() -> None:
    retrieval = look_up([CSS], a_situation(gaps={"sql": 1.0}))

    assert retrieval.items == ()
    assert retrieval.trace.candidates == 0
