"""Credentials that stand in the catalog twice, or speak with the same words."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from shared.adapters.content_checks.finding import Finding, error, shown, warning
from shared.adapters.content_checks.likeness import (
    alike,
    alike_in_content,
    first_of_each,
    wording,
)
from shared.domain.recommendation import Credential

SAME_TITLE: Final = 0.8
"""Jaccard index of the telling words of two titles of one provider. Its titles often differ by one
word that matters (Associate and Professional, Level 1 and Level 2), so only long ones reach it."""
LIKE_TITLE: Final = 0.5
"""Enough together with descriptions that are alike."""
LIKE_DESCRIPTION: Final = 0.45
"""Cosine of weighted content stems; enough together with a like title."""
NEAR_DESCRIPTION: Final = 0.6
"""Two courses on one subject, described apart, reach 0.47 in a catalog of 223."""
SAME_DESCRIPTION: Final = 0.85

_IDLE: Final = re.compile(
    r"\bprofessional certificate\b"
    r"|\b(?:courses?|certificat(?:e|ion)|certified|speciali[sz]ation|programme|program|training"
    r"|exam|online)\b"
)
"""What kind of thing it is: nothing that tells two titles apart."""


def check_duplicates(credentials: Sequence[Credential]) -> Iterator[Finding]:
    """Find the same page or the same title twice, each reported at the later entry."""
    by_page = first_of_each(_page(c) for c in credentials)
    by_title = first_of_each(_title(c) for c in credentials)
    for number, earlier in sorted((by_title | by_page).items()):
        same = "url and title" if number in by_page else "title and provider"
        yield error(
            "duplicate",
            _at(credentials[number]),
            f"Has the {same} of {credentials[earlier].slug}; remove one of the two.",
        )


def check_near_duplicates(credentials: Sequence[Credential]) -> Iterator[Finding]:
    """Find titles of one provider, and descriptions of any, that are nearly the same."""
    pages, names = [_page(c) for c in credentials], [_title(c) for c in credentials]
    titles = {
        (left, right): index
        for left, right, index in alike([_telling_words(c) for c in credentials], LIKE_TITLE)
    }
    descriptions = {
        (left, right): cosine
        for left, right, cosine in alike_in_content(
            [c.description for c in credentials], LIKE_DESCRIPTION
        )
    }
    for left, right in sorted(titles.keys() | descriptions.keys()):
        if pages[left] == pages[right] or names[left] == names[right]:
            continue
        title, description = titles.get((left, right), 0.0), descriptions.get((left, right), 0.0)
        is_like = title >= LIKE_TITLE and description >= LIKE_DESCRIPTION
        if is_like or title >= SAME_TITLE or description >= NEAR_DESCRIPTION:
            found = error if description >= SAME_DESCRIPTION else warning
            yield found(
                "near-duplicate",
                _at(credentials[right]),
                f"Is like {credentials[left].slug}{_likeness(title, description)}; remove one of "
                "the two, or say in the description what sets it apart.",
            )


def check_identical_texts(credentials: Sequence[Credential]) -> Iterator[Finding]:
    """Find descriptions and outcomes that an earlier entry has too."""
    held = [(c, "description", c.description) for c in credentials]
    held += [(c, f"outcomes/{n}", o) for c in credentials for n, o in enumerate(c.outcomes)]
    for number, earlier in first_of_each(text for _, _, text in held).items():
        credential, path, text = held[number]
        other = held[earlier][0]
        if other is not credential:
            yield error(
                "identical-text",
                f"{_at(credential)}/{path}",
                f"{shown(text)} stands in {other.slug} as well; say what is special here.",
            )


def _telling_words(credential: Credential) -> frozenset[tuple[str, str]]:
    """Return the words that tell the title from others of its provider, each with the provider."""
    provider = wording(credential.provider)
    title = _IDLE.sub(" ", wording(credential.title)).split()
    return frozenset((provider, word) for word in title if word not in provider.split())


def _likeness(title: float, description: float) -> str:
    parts = {"title": title, "description": description}
    said = [f"{share:.0%} of the {name}" for name, share in parts.items() if share]
    return f" ({' and '.join(said)})"


def _page(credential: Credential) -> str:
    return f"{credential.url.casefold().rstrip('/')} {wording(credential.title)}"


def _title(credential: Credential) -> str:
    return f"{wording(credential.title)} by {wording(credential.provider)}"


def _at(credential: Credential) -> str:
    return f"credentials/{credential.slug}"
