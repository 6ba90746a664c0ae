"""What is agreed to, and what follows from it for an assessment."""

from hashlib import sha256
from pathlib import Path

import pytest

from shared.domain.assessment import AssessmentStatus
from shared.domain.consent import CURRENT_TEXT, NOT_ASKED, TEXTS, AiScoring, Consent, consent_to
from shared.domain.errors import (
    AiScoringDeclinedError,
    AlreadySubmittedError,
    AssessmentExpiredError,
    InvalidInputError,
)
from tests.builders import NOON, a_consent, an_assessment, later

CONSENTED, DECLINED = AiScoring.CONSENTED, AiScoring.DECLINED
PRIVACY = Path(__file__).parents[3] / "docs" / "privacy.md"
RELEASED = {1: "d7a47c26746c4db0a2885e3dedcc46ad5c5cf0a58cf55c189122910558aa6a2e"}
"""SHA-256 of every text that was ever shown. A new text is a new line here, and none is changed."""


def test_a_text_that_was_shown_is_never_edited() -> None:
    assert {n: sha256(text.encode()).hexdigest() for n, text in TEXTS.items()} == RELEASED
    assert max(TEXTS) == CURRENT_TEXT


def test_the_newest_text_stands_in_the_documentation() -> None:
    prose = " ".join(line.removeprefix("> ") for line in PRIVACY.read_text("utf-8").splitlines())

    for paragraph in TEXTS[CURRENT_TEXT].split("\n\n"):
        assert paragraph in prose
    assert f"Version {CURRENT_TEXT}" in prose


@pytest.mark.parametrize("version", [None, CURRENT_TEXT])
@pytest.mark.parametrize("decision", [CONSENTED, DECLINED])
def test_a_decision_is_on_the_current_text(decision: AiScoring, version: int | None) -> None:
    consent = consent_to(decision, version, at=NOON, pointer="")

    assert consent == Consent(decision=decision, text_version=CURRENT_TEXT, decided_at=NOON)


@pytest.mark.parametrize("version", [CURRENT_TEXT - 1, CURRENT_TEXT + 1])
def test_another_text_was_not_agreed_to(version: int) -> None:
    with pytest.raises(InvalidInputError, match=f"in version {CURRENT_TEXT}; read it") as refusal:
        consent_to(CONSENTED, version, at=NOON, pointer="/textVersion")

    assert refusal.value.pointer == "/textVersion"


def test_the_same_is_said_whenever_it_is_said() -> None:
    assert a_consent(at=later(9)).says_the_same_as(a_consent())
    assert not a_consent(CONSENTED).says_the_same_as(a_consent())
    assert not a_consent().says_the_same_as(NOT_ASKED)
    assert not a_consent(text_version=2).says_the_same_as(a_consent())


@pytest.mark.parametrize(
    ("consent", "status"),
    [
        (NOT_ASKED, AssessmentStatus.SCORING),
        (a_consent(CONSENTED), AssessmentStatus.SCORING),
        (a_consent(DECLINED), AssessmentStatus.IN_REVIEW),
    ],
)
def test_people_read_where_it_was_declined_and_nowhere_else(
    consent: Consent, status: AssessmentStatus
) -> None:
    submitted = an_assessment(consent=consent).submit(NOON)

    assert submitted.status is status
    assert submitted.is_read_by_people is (consent.decision is DECLINED)
    if submitted.is_read_by_people:
        with pytest.raises(AiScoringDeclinedError, match="a person marks"):
            submitted.ensure_engines_may_read()
    else:
        submitted.ensure_engines_may_read()


def test_a_mind_is_changed_until_submission() -> None:
    consented = an_assessment(consent=a_consent(CONSENTED))

    assert consented.decide(a_consent(), NOON).is_read_by_people
    with pytest.raises(AlreadySubmittedError):
        consented.submit(NOON).decide(a_consent(), NOON)
    with pytest.raises(AssessmentExpiredError):
        consented.decide(a_consent(), consented.expires_at)
