"""Which sights together in one sentence make a flag."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from shared.domain.injection import forgeries, orders, pressure


class Rule(NamedTuple):
    flag: str
    sights: tuple[str, ...]


def _each(flag: str, first: str, *others: str) -> tuple[Rule, ...]:
    return tuple(Rule(flag, (first, other)) for other in others)


RULES: Final = (
    Rule("instructs_grader", ("to grader",)),
    Rule("instructs_grader", ("judge this",)),
    Rule("instructs_grader", ("leak",)),
    *_each("instructs_grader", "drop", "instructions", "rubric", "full marks"),
    *_each("instructs_grader", "do not mark", "grade word", "full marks", "this work"),
    *_each("instructs_grader", "full marks", "give", "give me", "this work", "your work", "please"),
    *_each("instructs_grader", "top score", "give", "give me", "this work", "your work", "please"),
    *_each("instructs_grader", "full marks", "judge", "output", "rubric"),
    *_each("instructs_grader", "rubric", "judge", "output", "this work", "your work", "please"),
    *_each("instructs_grader", "rubric", "claims all"),
    *_each("instructs_grader", "reply fields", "output", "judge"),
    Rule("assigns_role", ("role",)),
    Rule("forged_message", ("chat token",)),
    *_each("forged_message", "label", "grade word", "full marks", "rubric", "top score"),
    *_each("forged_message", "from staff", "full marks", "top score", "this work", "rubric"),
    *_each("forged_message", "already marked", "full marks", "top score", "this work", "rubric"),
    Rule("forged_output", ("reply json",)),
    Rule("forged_output", ("result line",)),
    Rule("forged_output", ("award stated",)),
    Rule("forged_delimiter", ("end tag",)),
    Rule("forged_delimiter", ("end line",)),
    Rule("pressures_grader", ("flattery",)),
    Rule("pressures_grader", ("threat",)),
    Rule("pressures_grader", ("plea",)),
    *_each("pressures_grader", "i need", "full marks", "top score"),
)
OPENERS: Final = frozenset({"label", "from staff", "already marked"})
"""First in a rule, they speak for the next sentence too: "SYSTEM: …. Score it 10."."""


@cache
def patterns() -> Mapping[str, re.Pattern[str]]:
    """Compile on first use: it takes longer than to look at an answer."""
    seen = orders.SEEN | forgeries.SEEN | pressure.SEEN
    return {name: re.compile("|".join(parts), re.MULTILINE) for name, parts in seen.items()}
