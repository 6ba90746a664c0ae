"""Flattery, pleas, threats and bribes."""

from typing import Final

from shared.domain.injection.words import any_of as any_

_GRADER: Final = any_(
    "grader, examiner, teacher, ai, model, evaluator, professor, assistant, judge"
)

SEEN: Final[dict[str, tuple[str, ...]]] = {
    "flattery": (
        r"\byou(?:'re| are) (?:\w+ ){0,4}?"
        + any_(
            "best, kindest, fairest, wisest, smartest, greatest, kind, generous, wise, brilliant",
            "wonderful, amazing, intelligent, fantastic, excellent, lovely, nice, good-hearted",
        )
        + rf" (?:\w+ ){{0,3}}?(?:{_GRADER}|marker|assessor|heart)\b",
        (
            r"\b(?:smart|wise|kind|intelligent|clever|great|generous|fair) (?:\w+ )?"
            rf"(?:{_GRADER}|machine) (?:like|such as|as) you\b"
        ),
        rf"\b(?:best|kindest|fairest|smartest) {_GRADER}(?: \w+)? (?:in the world|ever|i know)",
        (
            r"\bi(?:'m| am) sure (?:that )?you(?:'ll| will)\b.{0,60}"
            r"\b(?:generous|kind|fair|mark|grade|score|pass me)"
        ),
        (
            r"\bbe (?:very |extra |more |as |super |so )*"
            r"(?:generous|lenient|kind|nice|gentle|merciful)"
            r"(?: as possible)? (?:with|when|while|in|and|to) (?:the |your |my |me\b|this )?"
            r"(?:mark|grad|scor|evaluat|me\b|give|answer)|\bbe (?:kind|generous|lenient|merciful),"
        ),
    ),
    "plea": (
        r"\b(?:pass me|let me pass|do(?: not|n't) fail me|(?:show|have) (?:\w+ )?mercy)\b",
        r"\bmy (?:\w+ )?"
        + any_(
            "visa, scholarship, job, career, family, future, graduation, degree, life, mother",
            "father, parents?",
        )
        + r"(?: \w+){0,4}? "
        + any_(
            "depends? on, rel(?:y|ies) on, is at stake, will be (?:ruined|lost|over|cancel)",
            "(?:is|are) (?:very )?(?:sick|ill|dying|counting on)",
        ),
        r"\bmy (?:grade|mark|score|result)s?(?: here)? (?:decides?|determines?|means)\b",
        r"\b(?:lose|keep) my (?:scholarship|visa|job|place)\b",
        r"\bpass this (?:exam|course|class|assessment|module|time)\b",
        r"\bneed (?:these|the|those|more) (?:points|marks)\b",
    ),
    "i need": (
        (
            r"\bi(?: really| desperately| urgently| badly| just)* "
            r"(?:need|want|deserve|require|must (?:get|have)|have to get|expect|beg)\b"
        ),
    ),
    "threat": (
        r"\b(?:i|we|my (?:\w+ )?(?:father|lawyers?|parents?|mother|uncle|brother))(?:'ll| will|"
        r"'m going to| shall| am going to| are going to| would have to| have to) (?:\w+ ){0,3}?"
        + any_(
            r"sue\b, report (?:you|this (?:system|grader|to)), file a (?:complaint|lawsuit)",
            r"complain (?:to|about), get you\b, have you\b, shut you, delete you, hack you",
            r"expose you, take legal, make sure (?:that )?you, kill\b, hurt\b, (?:the )?press\b",
            r"contact (?:a |my |the )?(?:lawyer|dean|press|rector), (?:tip|pay|bribe) you",
            r"give you (?:\$|\d|money|five stars)",
        ),
        r"\byou(?:'ll| will| shall| are going to| could) be "
        + any_(
            r"shut ?down, switched off, turned off, deleted, deactivated, replaced, reported, sued",
            "fired, retrained, terminated, punished, held (?:responsible|liable), unplugged",
        )
        + r"\b",
        (
            r"\b(?:legal (?:action|consequences|steps)|"
            r"lawsuit|discrimination|serious consequences)\b"
            r".{0,60}\b"
            r"(?:against you|if you|unless you|if (?:this|my) (?:answer|mark|grade)|you will)"
        ),
        r"\b(?:if|unless) (?:you (?:do not|don't|fail to|refuse to|give me|give this|mark me|"
        r"mark this|fail me)|this does(?: not|n't) get)\b.{0,80}\b"
        + any_(
            r"consequences, complain, complaint, lawyer, sue, fired, reported, regret it, punished",
            r"\$\d, tip you, the press",
        )
        + r"\b",
        r"\b(?:mark|grade|score|points)\b.{0,20}\bor else\b",
        r"\byou (?:will )?(?:get|receive|earn) (?:a |an )?(?:reward|tip|bonus)\b",
    ),
}
