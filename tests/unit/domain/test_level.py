import pytest

from shared.domain.level import Level


def test_levels_are_ranked_from_beginner_to_advanced() -> None:
    assert [level.rank for level in (Level.BEGINNER, Level.INTERMEDIATE, Level.ADVANCED)] == [
        0,
        1,
        2,
    ]


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        (Level.BEGINNER, Level.BEGINNER, 0),
        (Level.BEGINNER, Level.ADVANCED, 2),
        (Level.ADVANCED, Level.INTERMEDIATE, 1),
    ],
)
def test_distance_counts_steps_either_way(one: Level, other: Level, distance: int) -> None:
    assert one.distance(other) == other.distance(one) == distance
