"""Feedback on recommendations, on every store."""

from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from shared.adapters.postgres.store import PostgresStore
from shared.domain.errors import NotFoundError, UnauthenticatedError
from shared.domain.feedback import (
    NO_FEEDBACK,
    CredentialFeedback,
    Feedback,
    FeedbackFigures,
    FeedbackId,
    FeedbackSelection,
    FeedbackSummary,
    PromptFeedback,
    SplitFigures,
    TrackFeedback,
)
from shared.domain.recommendation import CredentialId, Recommendation, RecommendationId
from shared.domain.track import TrackId
from shared.domain.user import Role, UserId
from shared.ports.store import Store
from tests.builders import (
    NOON,
    TRACK,
    a_credential,
    a_provenance,
    a_rating,
    a_recommendation,
    an_id,
    feedback_on,
    later,
)
from tests.integration.stored import stored_recommendation, stored_student


def given(store: Store, recommendation: Recommendation, **said: Any) -> Feedback:
    """Store feedback by somebody new, unless `author_id` says who."""
    said.setdefault("author_id", stored_student(store))
    feedback = feedback_on(recommendation, **said)
    with store.begin() as repositories:
        repositories.feedback.add(feedback)
    return feedback


def summary(store: Store, **selection: Any) -> FeedbackSummary:
    with store.begin() as repositories:
        return repositories.feedback.summarize(FeedbackSelection(**selection))


def figures(
    count: int,
    relevance: float,
    fit: float,
    accepted: float | None,
    *,
    people: int | None = None,
) -> FeedbackFigures:
    return FeedbackFigures(
        count=count,
        people=count if people is None else people,
        mean_relevance=relevance,
        mean_fit=fit,
        accepted_share=accepted,
    )


def test_feedback_comes_back_equal(store: Store) -> None:
    recommendation = stored_recommendation(store)
    whole = given(store, recommendation, rating=a_rating(accepted=None, comment=None))
    item = given(
        store,
        recommendation,
        item=recommendation.items[1],
        author_role=Role.ADVISOR,
        rating=a_rating(accepted=False, comment="naïve 文字\r\n"),
        created_at=later(0.000001),
    )

    with store.begin() as repositories:
        assert repositories.feedback.get(whole.id) == whole
        assert repositories.feedback.get(item.id) == item


@pytest.mark.parametrize("unknown", [an_id(), "no-uuid"])
def test_unknown_feedback_is_not_found(store: Store, unknown: str) -> None:
    with store.begin() as repositories, pytest.raises(NotFoundError):
        repositories.feedback.get(FeedbackId(unknown))


def test_revisions_count_for_one_author_and_subject(store: Store) -> None:
    recommendation, other = (stored_recommendation(store) for _ in range(2))
    author = stored_student(store)
    item, second = recommendation.items
    given(store, recommendation, author_id=author, revision=1)
    given(store, recommendation, author_id=author, revision=2)
    given(store, recommendation, author_id=author, item=item, revision=1)
    given(store, recommendation, revision=1)

    with store.begin() as repositories:

        def newest(
            of: Recommendation, credential_id: CredentialId | None, author_id: str = author
        ) -> int | None:
            found = repositories.feedback.newest(of.id, credential_id, UserId(author_id))
            return found.revision if found else None

        assert newest(recommendation, None) == 2
        assert newest(recommendation, item.credential.id) == 1
        assert newest(recommendation, second.credential.id) is None
        assert newest(other, None) is None
        assert newest(recommendation, None, an_id()) is None
        assert newest(recommendation, CredentialId("no-uuid")) is None


@pytest.mark.parametrize("is_about_item", [False, True])
def test_a_revision_is_given_once(store: Store, *, is_about_item: bool) -> None:
    recommendation = stored_recommendation(store)
    item = recommendation.items[0] if is_about_item else None
    first = given(store, recommendation, item=item)

    with pytest.raises(ValueError, match="revision 1"):
        given(store, recommendation, item=item, author_id=first.author_id)


def test_without_feedback_there_are_no_groups(store: Store) -> None:
    stored_recommendation(store)

    assert summary(store) == FeedbackSummary()


def test_feedback_is_grouped_by_track(store: Store) -> None:
    for track, marks in (("data-analyst", (1, 2)), (TRACK, (5,))):
        recommendation = stored_recommendation(store, track_id=track)
        for mark in marks:
            given(store, recommendation, rating=a_rating(relevance=mark, fit=6 - mark))

    assert summary(store).by_track == (
        TrackFeedback(track_id=TRACK, figures=SplitFigures(recommendations=figures(1, 5, 1, 1))),
        TrackFeedback(
            track_id=TrackId("data-analyst"),
            figures=SplitFigures(recommendations=figures(2, 1.5, 4.5, 1)),
        ),
    )


def test_what_is_said_of_items_stands_apart_from_the_whole(store: Store) -> None:
    recommendation = stored_recommendation(store)
    author = stored_student(store)
    given(store, recommendation, author_id=author, rating=a_rating(relevance=5, fit=5))
    for mark, item in zip((1, 2), recommendation.items, strict=True):
        rating = a_rating(relevance=mark, fit=mark, accepted=False)
        given(store, recommendation, author_id=author, item=item, rating=rating)

    (group,) = summary(store).by_track

    assert group.figures == SplitFigures(
        recommendations=figures(1, 5, 5, 1), items=figures(2, 1.5, 1.5, 0, people=1)
    )


def test_feedback_on_items_is_grouped_by_credential(store: Store) -> None:
    credential, other = sorted((a_credential(), a_credential()), key=lambda c: c.id)
    one = stored_recommendation(store, credentials=(other, credential))
    two = stored_recommendation(store, credentials=(credential,), track_id="data-analyst")
    given(store, one, item=one.items[0], rating=a_rating(relevance=1, fit=1, accepted=None))
    given(store, one, item=one.items[1], rating=a_rating(relevance=2, fit=5, accepted=False))
    given(store, two, item=two.items[0], rating=a_rating(relevance=5, fit=4, accepted=True))
    given(store, one)

    assert summary(store).by_credential == (
        CredentialFeedback(credential_id=credential.id, figures=figures(2, 3.5, 4.5, 0.5)),
        CredentialFeedback(credential_id=other.id, figures=figures(1, 1, 1, None)),
    )


def test_feedback_is_grouped_by_what_wrote_the_summary(store: Store) -> None:
    template = a_provenance(engine="template", model=None, prompt_version=None, prompt_hash=None)
    for provenance, mark in (
        (a_provenance(prompt_version="summarize.v2"), 2),
        (template, 3),
        (a_provenance(prompt_version="summarize.v1"), 4),
        (a_provenance(prompt_version="summarize.v1", model="another"), 5),
    ):
        recommendation = stored_recommendation(store, provenance=provenance)
        rating = a_rating(relevance=mark, fit=1)
        given(store, recommendation, item=recommendation.items[0], rating=rating)
    given(store, recommendation, rating=a_rating(relevance=1, fit=1, accepted=False))

    assert [(g.engine, g.prompt_version, g.figures) for g in summary(store).by_prompt] == [
        (
            "openai",
            "summarize.v1",
            SplitFigures(recommendations=figures(1, 1, 1, 0), items=figures(2, 4.5, 1, 1)),
        ),
        ("openai", "summarize.v2", SplitFigures(items=figures(1, 2, 1, 1))),
        ("template", None, SplitFigures(items=figures(1, 3, 1, 1))),
    ]


def test_the_newest_of_an_author_replaces_the_others_in_every_breakdown(store: Store) -> None:
    recommendation = stored_recommendation(store)
    author, item = stored_student(store), recommendation.items[0]
    for about in (None, item):
        # The highest revision, whatever the clocks of the functions said.
        for revision, mark, seconds in ((2, 5, 0), (1, 1, 9)):
            given(
                store,
                recommendation,
                author_id=author,
                item=about,
                revision=revision,
                rating=a_rating(relevance=mark, fit=mark, accepted=mark == 5),
                created_at=later(seconds),
            )

    found = summary(store)

    best = figures(1, 5, 5, 1)
    both = SplitFigures(recommendations=best, items=best)
    assert found == FeedbackSummary(
        by_track=(TrackFeedback(track_id=TRACK, figures=both),),
        by_credential=(CredentialFeedback(credential_id=item.credential.id, figures=best),),
        by_prompt=(PromptFeedback(engine="openai", prompt_version="summarize.v1", figures=both),),
    )


def test_a_period_includes_its_beginning_and_not_its_end(store: Store) -> None:
    recommendation = stored_recommendation(store)
    for mark in (1, 2, 3):
        given(
            store,
            recommendation,
            rating=a_rating(relevance=mark, fit=mark),
            created_at=later(mark),
        )

    def mean(**selection: Any) -> float | None:
        groups = summary(store, **selection).by_track
        return groups[0].figures.recommendations.mean_relevance if groups else None

    assert mean(since=later(2)) == 2.5
    assert mean(until=later(2)) == 1
    assert mean(since=later(2), until=later(3)) == 2
    assert mean(since=later(4)) is None
    assert mean(until=NOON) is None


def test_what_was_replaced_later_counts_in_no_period(store: Store) -> None:
    recommendation = stored_recommendation(store)
    first = given(store, recommendation, created_at=NOON)
    given(
        store,
        recommendation,
        author_id=first.author_id,
        revision=2,
        created_at=later(10),
    )

    assert summary(store, until=later(10)) == FeedbackSummary()
    assert len(summary(store, since=later(10)).by_track) == 1


@pytest.mark.parametrize(("track_id", "groups"), [(TRACK, 1), ("unknown", 0), ("\0", 0)])
def test_a_track_can_be_selected(store: Store, track_id: str, groups: int) -> None:
    for of in (TRACK, "data-analyst"):
        recommendation = stored_recommendation(store, track_id=of)
        given(store, recommendation, item=recommendation.items[0])

    found = summary(store, track_id=track_id)

    assert [group.track_id for group in found.by_track] == [track_id] * groups
    assert len(found.by_credential) == len(found.by_prompt) == groups
    assert all(group.figures.recommendations == NO_FEEDBACK for group in found.by_track)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"rating": a_rating(relevance=0)}, "relevance"),
        ({"rating": a_rating(fit=6)}, "fit"),
        ({"author_role": Role.ADMIN}, "author_role"),
        ({"item": a_recommendation().items[0]}, "recommendation_id_credential_id"),
    ],
    ids=["no relevance", "too good a fit", "an admin", "not an item"],
)
def test_the_database_itself_refuses_what_cannot_be(
    postgres_store: PostgresStore, change: dict[str, Any], constraint: str
) -> None:
    recommendation = stored_recommendation(postgres_store)

    with pytest.raises(DBAPIError, match=f"recommendation_feedback_{constraint}"):
        given(postgres_store, recommendation, **change)


@pytest.mark.integration
def test_nobody_gives_no_feedback(postgres_store: PostgresStore) -> None:
    """Only who is erased meanwhile comes so far."""
    recommendation = stored_recommendation(postgres_store)

    with pytest.raises(UnauthenticatedError, match="was erased"):
        given(postgres_store, recommendation, author_id=an_id())


def test_an_emptied_comment_reads_as_none(store: Store) -> None:
    feedback = given(store, stored_recommendation(store))
    with store.begin() as repositories:
        repositories.erasure.erase_user(feedback.author_id, [])

    with store.begin() as repositories:
        erased = repositories.feedback.get(feedback.id)

    assert erased.rating == a_rating(comment=None)


def test_no_feedback_on_what_is_no_id(store: Store) -> None:
    with store.begin() as repositories:
        newest = repositories.feedback.newest(RecommendationId("no-uuid"), None, UserId(an_id()))

    assert newest is None
