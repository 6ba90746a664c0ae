from datetime import timedelta

import pytest

from shared.domain.event import EventType
from shared.domain.webhook import (
    FAILING_LIMIT,
    SUBSCRIBABLE,
    DisabledReason,
    SealedSecret,
    Webhook,
)
from tests.builders import NOON, a_webhook, later

COMPLETED = EventType.ASSESSMENT_COMPLETED
INSTANT = timedelta(microseconds=1)
NEW = SealedSecret("new")


def failing_for(time: timedelta) -> Webhook:
    return a_webhook().fail(NOON, is_gone=False).fail(NOON + time, is_gone=False)


def test_without_a_choice_it_wants_every_event() -> None:
    assert all(a_webhook().wants(event) for event in SUBSCRIBABLE)


def test_with_a_choice_it_wants_no_other() -> None:
    webhook = a_webhook(event_types=(COMPLETED,))

    assert [event for event in SUBSCRIBABLE if webhook.wants(event)] == [COMPLETED]


def test_disabled_it_wants_nothing() -> None:
    assert not a_webhook(disabled=DisabledReason.GONE).wants(COMPLETED)


def test_nobody_subscribes_to_tests() -> None:
    assert EventType.WEBHOOK_TEST not in SUBSCRIBABLE
    assert len(SUBSCRIBABLE) == len(EventType) - 1


def test_before_any_rotation_one_secret_signs() -> None:
    assert a_webhook(secret="old").secrets_at(NOON) == ("old",)


def test_after_a_rotation_both_sign_for_a_day_the_new_one_first() -> None:
    webhook = a_webhook(secret="old").rotate(NEW, NOON)
    day = timedelta(hours=24)

    assert webhook.secrets_at(NOON + day - INSTANT) == ("new", "old")
    assert webhook.secrets_at(NOON + day) == ("new",)


def test_a_second_rotation_retires_the_first_secret_at_once() -> None:
    webhook = a_webhook(secret="old").rotate(NEW, NOON).rotate(SealedSecret("newer"), NOON)

    assert webhook.secrets_at(NOON) == ("newer", "new")


def test_gone_disables_at_once() -> None:
    assert a_webhook().fail(NOON, is_gone=True).disabled is DisabledReason.GONE


def test_five_days_of_failure_disable_and_not_an_instant_less() -> None:
    assert failing_for(FAILING_LIMIT - INSTANT).is_enabled
    assert failing_for(FAILING_LIMIT).disabled is DisabledReason.FAILING
    assert timedelta(days=5) == FAILING_LIMIT


def test_a_success_starts_the_count_anew() -> None:
    webhook = failing_for(FAILING_LIMIT - INSTANT).succeed()

    assert webhook.fail(NOON + FAILING_LIMIT, is_gone=False).is_enabled


def test_the_count_begins_with_the_first_failure() -> None:
    webhook = a_webhook().fail(NOON, is_gone=False).fail(later(60), is_gone=False)

    assert webhook.failing_since == NOON


def test_why_it_was_disabled_first_is_what_stands() -> None:
    webhook = a_webhook(disabled=DisabledReason.BY_ADMIN).fail(NOON, is_gone=True)

    assert webhook.disabled is DisabledReason.BY_ADMIN


def test_enabling_forgives() -> None:
    webhook = a_webhook(disabled=DisabledReason.FAILING, failing_since=NOON).enable()

    assert webhook.is_enabled
    assert webhook.failing_since is None


@pytest.mark.parametrize("days", [0, 4])
def test_another_address_is_not_blamed_for_the_old_one(days: int) -> None:
    moved = failing_for(timedelta(days=days)).move("https://other.example.org/")

    assert (moved.url, moved.failing_since) == ("https://other.example.org/", None)


@pytest.mark.parametrize("type", ["assessment.started", "assessment.answered"])
def test_what_the_analytics_stream_alone_tells_is_no_type_of_webhooks(type: str) -> None:
    """Their `sequence` has no gaps, and what they were told so far is what they go on to be."""
    with pytest.raises(ValueError, match="not a valid EventType"):
        EventType(type)
