from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.feedback import FeedbackSelection
from shared.domain.recommendation import RecommendationItem
from shared.domain.track import TrackId
from shared.usecases.get_feedback_dashboard import FeedbackDashboard, get_feedback_dashboard
from tests.builders import NOON, TRACK, feedback_on
from tests.fakes.sample_world import ASSESSMENT, Stage, world_at
from tests.fakes.wiring import FakeWiring


@pytest.fixture
def world() -> FakeWiring:
    return world_at(Stage.COMPLETED)


@pytest.fixture
def item(world: FakeWiring) -> RecommendationItem:
    """Of the sample recommendation; its credential is in the catalog."""
    (item,) = world.store.state.recommendations[ASSESSMENT].items
    with world.store.begin() as repositories:
        repositories.credentials.put(item.credential, content_hash="1")
    return item


def hear(world: FakeWiring, *, people: int, **said: Any) -> None:
    recommendation = world.store.state.recommendations[ASSESSMENT]
    with world.store.begin() as repositories:
        for _ in range(people):
            repositories.feedback.add(feedback_on(recommendation, **said))


def read(world: FakeWiring, **selection: Any) -> FeedbackDashboard:
    return get_feedback_dashboard(FeedbackSelection(**selection), store=world.store)


def test_before_anybody_says_anything_it_is_empty(world: FakeWiring) -> None:
    assert read(world) == FeedbackDashboard(
        by_track=(), by_credential=(), titles={}, withheld=0, by_prompt=()
    )


def test_three_people_are_enough_to_show_a_credential(
    world: FakeWiring, item: RecommendationItem
) -> None:
    hear(world, people=3, item=item)

    found = read(world)

    (group,) = found.by_credential
    assert (group.credential_id, group.figures.people) == (item.credential.id, 3)
    assert found.titles == {item.credential.id: item.credential.title}
    assert found.withheld == 0


def test_of_two_people_it_is_withheld_and_in_the_other_breakdowns_all_the_same(
    world: FakeWiring, item: RecommendationItem
) -> None:
    hear(world, people=2, item=item)

    found = read(world)

    assert (found.by_credential, found.titles, found.withheld) == ((), {}, 1)
    assert [g.figures.items.count for g in (*found.by_track, *found.by_prompt)] == [2, 2]


def test_a_title_is_the_catalogs_own_of_today(world: FakeWiring, item: RecommendationItem) -> None:
    hear(world, people=3, item=item)
    renamed = replace(item.credential, title="Databases, second edition")
    with world.store.begin() as repositories:
        repositories.credentials.put(renamed, content_hash="2")

    assert read(world).titles == {item.credential.id: "Databases, second edition"}


def test_what_the_catalog_no_longer_holds_has_no_title(world: FakeWiring) -> None:
    (item,) = world.store.state.recommendations[ASSESSMENT].items
    hear(world, people=3, item=item)

    found = read(world)

    assert len(found.by_credential) == 1
    assert found.titles == {}


def test_what_is_not_selected_does_not_help_to_reach_three(
    world: FakeWiring, item: RecommendationItem
) -> None:
    hear(world, people=2, item=item)
    hear(world, people=1, item=item, created_at=NOON - timedelta(days=1))

    assert read(world).withheld == 0
    assert read(world, since=NOON).withheld == 1
    assert read(world, until=NOON).withheld == 1


def test_the_track_is_selected(world: FakeWiring) -> None:
    hear(world, people=1)

    assert [g.track_id for g in read(world, track_id=TRACK).by_track] == [TRACK]
    assert read(world, track_id=TrackId("another")).by_track == ()
