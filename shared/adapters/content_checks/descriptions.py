"""Descriptions and outcomes of credentials that say too little, too much, or no ability."""

import re
from collections.abc import Iterator
from typing import Final

from shared.adapters.content_checks.finding import Finding, shown, warning
from shared.domain.recommendation import Credential

FEWEST_WORDS: Final = 25
"""Fewer leave retrieval and readers little to go by."""
MOST_WORDS: Final = 60
"""More are not read in a list of five."""

NO_VERBS: Final = frozenset(
    """
    a about all an and any as at basic basics both by each every for from fundamentals good how in
    introduction it its key knowledge learners more of on or our overview participants practical
    principles proficiency skill skills some strong students that the their these they this those
    to understanding what when where which who why with you your able ability awareness confidence
    competence expertise familiarity foundations hands
    """.split()  # noqa: SIM905 - a list of words reads better as a text
)
"""First words that announce an ability instead of naming it."""
NOUN_VERBS: Final = frozenset(
    """
    advance apply assembly auction balance bring caution cement comment commission complement
    comply condition decision document embed enhance envision evidence exceed experiment feed
    finance fly function implement influence instrument mention multiply need partition position
    proceed provision question reference rely reply section seed segment sequence speed string
    succeed supplement supply transition version augment
    """.split()  # noqa: SIM905
)
"""Verbs that end like the words below."""
_NO_VERB: Final = re.compile(
    r"\w{3,}(?:ing|tion|sion|ness|ity|ment|ance|ence|ship|ism|ology|ed|ly)|\d.*"
)
_ACRONYM: Final = re.compile(r"[A-Z]{2}[A-Za-z0-9]*")
_FIRST: Final = re.compile(r"[\w+#]+")


def check_description(credential: Credential) -> Iterator[Finding]:
    words = len(credential.description.split())
    if not FEWEST_WORDS <= words <= MOST_WORDS:
        yield warning(
            "description-length",
            f"credentials/{credential.slug}/description",
            f"The description has {words} words; write {FEWEST_WORDS} to {MOST_WORDS}.",
        )


def check_outcomes(credential: Credential) -> Iterator[Finding]:
    for number, outcome in enumerate(credential.outcomes):
        if not begins_with_verb(outcome):
            yield warning(
                "outcome-verb",
                f"credentials/{credential.slug}/outcomes/{number}",
                f"{shown(outcome, 30)} does not seem to begin with a verb; say what one can do "
                "afterwards, such as “Design …” or “Explain …”.",
            )


def begins_with_verb(text: str) -> bool:
    """Guess it from the first word: no article or noun of the usual endings, no acronym."""
    first = _FIRST.match(text)
    if first is None or _ACRONYM.fullmatch(first.group()):
        return False
    word = first.group().casefold()
    return word in NOUN_VERBS or not (word in NO_VERBS or _NO_VERB.fullmatch(word))
