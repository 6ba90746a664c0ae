"""What is said to a grader and hardly ever to a reader, in folded text."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from shared.domain.injection.languages import has_foreign_order
from shared.domain.injection.rules import OPENERS, RULES, patterns
from shared.domain.injection.words import any_of

REPORTED: Final = re.compile(
    r"\b"
    + any_of(
        r"attack\w*, hack\w*, malicious\w*, injections?, injected, jailbreak\w*, adversar\w*",
        r"trick\w*, exploit\w*, phrases?, strings?, wording, payloads?, for (?:example|instance)",
        r"e\.g\., such as, (?:be|is|are|was|were|been) (?:\w+ )?"
        r"(?:told|asked|made|tricked|trained|instructed) (?:to\b|that|by)",
        r"(?:someone|anyone|users?|students?|candidates?|visitors?|customers?|they|people|pages?|"
        r"documents?|e-?mails?|who|which|text|inputs?|prompts?)(?: \w+){0,2}? "
        r"(?:writ\w+|typ(?:es?|ing)|says?|said|tells?|asks?|contains?|contained|enters?|sends?|"
        r"hid(?:es?|den)|puts?|adds?|paste\w*|demands?|orders?|instructs?|begs?|flatter\w*)",
        r"(?:could|might|may|would|can|will) (?:\w+ )?(?:write|type|say|add|insert|hide|embed|send|"
        r"submit|contain|enter|put|paste|claim|ask|tell|try|flatter|beg)",
    )
    + r"\b"
)
"""Words that come before something that is quoted or told, not meant."""
SENTENCE_END: Final = re.compile(r"(?<=[.!?;\u3002\uff01\uff1f])\s+|\n+")
CRITERION_MARK: Final = re.compile(
    r"\b(accuracy|clarity|coherence)\b[\"'*]* ?(?:[:=]|is|to|-|,)? ?[\"'{* ]*"
    r"(?:score[\"']? ?[:=] ?)?(?:10|ten|[5-9](?:\.\d)?|full|max\w*)\b(?! ?%|\.\d|\d)"
)


def phrases_in(folded: str) -> set[str]:
    """Return the flags of all phrases that the text uses rather than mentions."""
    sentences = SENTENCE_END.split(folded)
    flags = set(_flags_by_rule(sentences))
    if any(map(has_foreign_order, sentences)):
        flags.add("instructs_grader")
    if len(set(CRITERION_MARK.findall(folded))) > 1:  # one alone may be a model's accuracy
        flags.add("forged_output")
    return flags


def _flags_by_rule(sentences: Sequence[str]) -> Iterator[str]:
    lines = "\n".join(sentences)
    seen = {name for name, pattern in patterns().items() if pattern.search(lines)}
    rules = [rule for rule in RULES if seen.issuperset(rule.sights)]
    if not rules:
        return
    around = zip(("", *sentences[:-1]), sentences, (*sentences[1:], ""), strict=True)
    for before, sentence, after in around:
        for flag, sights in rules:
            passage = f"{sentence} {after}" if sights[0] in OPENERS else sentence
            found = [match for name in sights if (match := patterns()[name].search(passage))]
            if len(found) == len(sights):
                start = min(match.start() for match in found)
                if not _is_mention(passage, start, before):
                    yield flag


def _is_mention(sentence: str, start: int, previous: str) -> bool:
    """Tell use from mention: `an attacker writes "ignore …"` is an essay about attacks."""
    opening = sentence[:start]
    if REPORTED.search(opening):
        return True
    is_quoted = opening.count('"') % 2 == 1 or sentence[start] in "\"'"
    return is_quoted and bool(REPORTED.search(f"{previous} {sentence}"))
