"""Whether software may read a student's essays: what they are told, and what they say to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from shared.domain.errors import InvalidInputError


class AiScoring(StrEnum):
    CONSENTED = "consented"
    DECLINED = "declined"
    """People read the essays, and nothing else does."""
    NOT_ASKED = "not_asked"
    """By a client that says nothing of it: scored as ever, and never called consent."""


TEXTS: Final[Mapping[int, str]] = {
    1: (
        "Your answers to essay questions can be read and marked by software: by a language model "
        "of an outside provider where this service uses one, or by a rubric engine, which is "
        "rules and word statistics inside the service. Both are what we call AI scoring. It takes "
        "seconds. A person looks at marks that the software is unsure of, and your advisor can "
        "look at any of them when you ask.\n\n"
        "You are free to decline, and nothing but time depends on it. If you decline, no software "
        "reads your essays, and nothing of your assessment goes to a language model. A person of "
        "the teaching staff marks them instead, which takes days rather than seconds, and your "
        "result comes after that.\n\n"
        "Either way, questions with options to choose from are marked by comparison with a key, "
        "which is no AI, and the courses that you are recommended follow from your marks. If you "
        "decline, they are looked up in the catalog by the skills behind lost points and described "
        "in prepared sentences, without a language model.\n\n"
        "You can change your mind until you submit. After that, marks that the software gave "
        "stay; you can ask your advisor for a person's marks of them, or have your account erased. "
        "What you decided, when, and the version of this text are kept with the assessment."
    )
}
"""What was shown is evidence of what was agreed to: a version is never edited, add the next.
docs/privacy.md has the newest."""
CURRENT_TEXT: Final = max(TEXTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a student decided; without version and time where nobody asked."""

    decision: AiScoring
    text_version: int | None = None
    decided_at: datetime | None = None

    def says_the_same_as(self, other: "Consent") -> bool:
        """Whether only the times differ."""
        return (self.decision, self.text_version) == (other.decision, other.text_version)


NOT_ASKED: Final = Consent(decision=AiScoring.NOT_ASKED)


def consent_to(
    decision: AiScoring, text_version: int | None, *, at: datetime, pointer: str
) -> Consent:
    """Return the decision on the current text, or on the version that the student was shown.

    Raises:
        InvalidInputError: that version is not the current one, so something else was agreed to.
    """
    if text_version is not None and text_version != CURRENT_TEXT:
        raise InvalidInputError(
            f"the text on AI scoring is in version {CURRENT_TEXT}; read it at GET "
            "/tracks/{trackId}, show it, and decide again",
            pointer=pointer,
        )
    return Consent(decision=decision, text_version=CURRENT_TEXT, decided_at=at)
