"""What students and advisors say of recommendations, together."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.domain.feedback import (
    CredentialFeedback,
    FeedbackSelection,
    PromptFeedback,
    TrackFeedback,
    withhold_small,
)
from shared.domain.recommendation import CredentialId
from shared.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackDashboard:
    by_track: tuple[TrackFeedback, ...]
    by_credential: tuple[CredentialFeedback, ...]
    """Groups of enough people only."""
    titles: Mapping[CredentialId, str]
    """Of those credentials, as the catalog has them now."""
    withheld: int
    """How many credentials too few people have spoken of."""
    by_prompt: tuple[PromptFeedback, ...]


def get_feedback_dashboard(selection: FeedbackSelection, *, store: Store) -> FeedbackDashboard:
    with store.begin() as repositories:
        summary = repositories.feedback.summarize(selection)
        shown, withheld = withhold_small(summary.by_credential)
        wanted = [group.credential_id for group in shown]
        credentials = repositories.credentials.get_many(wanted) if wanted else ()
    return FeedbackDashboard(
        by_track=summary.by_track,
        by_credential=shown,
        titles={credential.id: credential.title for credential in credentials},
        withheld=withheld,
        by_prompt=summary.by_prompt,
    )
