import pytest

from shared.domain.errors import UnknownCredentialError
from shared.domain.feedback import (
    CredentialFeedback,
    FeedbackFigures,
    ensure_item,
    withhold_small,
)
from shared.domain.recommendation import CredentialId, RecommendationItem
from tests.builders import a_recommendation, a_recommendation_item


def a_group(credential_id: str, *, people: int, count: int | None = None) -> CredentialFeedback:
    return CredentialFeedback(
        credential_id=CredentialId(credential_id),
        figures=FeedbackFigures(
            count=people if count is None else count,
            people=people,
            mean_relevance=4,
            mean_fit=3,
            accepted_share=None,
        ),
    )


def test_feedback_is_about_the_whole_or_about_any_of_its_items() -> None:
    recommendation = a_recommendation(items=(a_recommendation_item(), a_recommendation_item()))

    ensure_item(recommendation, None)
    for item in recommendation.items:
        ensure_item(recommendation, item.credential.id)


@pytest.mark.parametrize("items", [(), (a_recommendation_item(),)], ids=["no item", "another"])
def test_what_was_not_recommended_is_refused(items: tuple[RecommendationItem, ...]) -> None:
    elsewhere = a_recommendation_item().credential.id

    with pytest.raises(UnknownCredentialError, match="name one of its items") as refusal:
        ensure_item(a_recommendation(items=items), elsewhere)

    assert refusal.value.pointer == "/credentialId"


def test_groups_of_fewer_than_three_people_are_withheld_and_counted() -> None:
    groups = [a_group("a", people=3), a_group("b", people=2), a_group("c", people=4)]

    assert withhold_small(groups) == ((groups[0], groups[2]), 1)


def test_people_count_and_not_what_they_said() -> None:
    """One student who was recommended a credential in three assessments is one student."""
    assert withhold_small([a_group("a", people=1, count=3)]) == ((), 1)


def test_nothing_is_withheld_of_nothing() -> None:
    assert withhold_small([]) == ((), 0)
