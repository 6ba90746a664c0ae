"""The facts that a summary may say."""

from collections.abc import Iterable

from shared.domain.recommendation import Credential, Retrieval, SummaryFacts, SummaryItem
from shared.domain.retrieval import words_of
from shared.domain.scoring import Profile
from shared.domain.track import Track


def summary_facts(
    track: Track, profile: Profile, retrieval: Retrieval, credentials: Iterable[Credential]
) -> SummaryFacts:
    by_id = {c.id: c for c in credentials}
    names = {d.id: d.name for d in track.domains}
    return SummaryFacts(
        track_name=track.name,
        overall_score=profile.overall_score,
        band=profile.band.value,
        strengths=profile.strengths,
        improvements=profile.improvements,
        domains=tuple((names.get(d.domain, d.domain), d.score) for d in profile.domain_breakdown),
        items=tuple(
            SummaryItem(
                credential_id=item.credential_id,
                title=by_id[item.credential_id].title,
                provider=by_id[item.credential_id].provider,
                level=by_id[item.credential_id].level,
                closes=tuple(words_of(skill) for skill in item.closes),
                snippet=item.sources[0].snippet if item.sources else "",
            )
            for item in retrieval.items
            if item.credential_id in by_id
        ),
    )
