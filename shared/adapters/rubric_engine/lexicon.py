"""The English words that the engine knows by themselves."""

import re
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _any_of(*phrases: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, phrases))})\b")


FUNCTION_WORDS: Final = _words("""
    a about above after again all also although am an and any are as at be because been before
    being between both but by can cannot could did do does doing done down during each either even
    ever every for from further get gets getting had has have having he her here hers him his how
    however i if in into is it its itself just less let like made make makes making many may me
    might more most much must my need needs neither no nor not now of off often on once only or
    other others our out over own per quite rather really same she should since so some still such
    than that the their them themselves then there therefore these they this those though through
    thus to too under until up upon us use used uses using usually very was way we well were what
    when where whereas whether which while who whole whom whose why will with within without would
    yet you your don't doesn't didn't isn't aren't wasn't weren't can't couldn't won't wouldn't
    shouldn't hasn't haven't hadn't it's i'm i'd i've we'd they're you're that's there's let's
""")
"""Words that carry grammar rather than content; their share also tells English and prose."""

NEGATION: Final = re.compile(
    r"n't\b|\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|hardly|lacks?"
    r"|lacking|instead of|rather than|unlike|fails? to|far from)\b"
)
"""What turns round the words that follow it in its clause."""
NOT_NEGATING: Final = _any_of(
    "not only", "not just", "not merely", "no doubt", "no matter", "or not", "or no", "or none",
    "or nothing", "or neither", "or never",
)  # fmt: skip
DENIAL: Final = re.compile(
    r"\W{0,3}(?:(?:is|are|was|were)(?: not|n't| never) (?:needed|necessary|required|true|correct"
    r"|important|relevant|useful)|(?:is|are|was|were) (?:wrong|false|untrue|useless|unnecessary"
    r"|unimportant|irrelevant|nonsense|a myth))\b"
)
"""What turns round the words that stand right before it."""
CONDITION: Final = _any_of("if", "unless", "without", "when", "otherwise", "would")
"""With two negations in the sentence: "without X it cannot Y" says that X makes Y possible."""
UNASSERTED: Final = re.compile(
    r"\b(?:if|when|unless|whether|so that|make sure|makes sure|ensures?|careful|should|shouldn't"
    r"|must|mustn't|may not|to avoid|to prevent|would|wouldn't|let us|don't want)\b"
    r"|^(?:no|do not|don't|never)\b"
)
"""Before a negation in its clause: what is supposed or wished is no statement of what is."""
OUGHT: Final = _any_of("should", "must", "belongs", "belong", "has to", "have to")
OPEN: Final = re.compile(
    r"\b(?:whether|if|unless|depending|may|might|only|instead|clos(?:e|es|ing)|protect(?:s|ed|ing)?"
    r"|avoid(?:s|ing)?|prevent(?:s|ing)?|reject(?:s|ing)?|refus(?:e|es|ing)|block(?:s|ing)?"
    r"|restrict(?:s|ed)?|remov(?:e|es|ed|ing)|forbid|den(?:y|ied))\b"
)
"""In a key point: it leaves open which of two cases holds or is about what should not be, so that
an answer may well say it with a negation."""

_REASONS: Final = (
    "because", "therefore", "thus", "hence", "consequently", "as a result", "so that", "so",
    "since", "which means", "this means", "that means", "it means", "leads to", "lead to",
    "results in", "caused by", "causes", "due to", "in order to", "that is why", "this is why",
    "the reason", "if", "otherwise", "when",
)  # fmt: skip
CAUSAL: Final = _any_of(*_REASONS)
"""Words that give a reason, a consequence or a condition."""
CONNECTIVE: Final = _any_of(
    *_REASONS, "unless", "while", "whereas", "although", "even though", "though", "however", "but",
    "instead", "on the other hand", "in contrast", "nevertheless", "despite", "first", "firstly",
    "second", "secondly", "third", "then", "next", "after that", "afterwards", "finally", "lastly",
    "at the end", "in the end", "before", "after", "until", "also", "moreover", "furthermore",
    "in addition", "besides", "additionally", "too", "for example", "for instance", "such as",
    "in other words", "in short", "similarly", "this way", "in this case", "in that case",
    "at the same time", "as long as",
)  # fmt: skip
"""Words that tie one thought to another."""
EXAMPLE: Final = re.compile(
    r"\b(?:for example|for instance|such as|e\.g|suppose|imagine|let us say|let's say|say we"
    r"|in our case|in this case|like when)\b|\d|[\"'`(]\w"
)
"""Signs of something concrete: an example, a number, something quoted or put in brackets."""
VAGUE: Final = _words("""
    thing things stuff somehow something somewhere etc good bad better best nice great important
    really very maybe probably basically actually
""")
"""Words that often stand where a precise one is missing."""
REFERRING: Final = _words("""
    this that these those it they he she its their such both here there then so also but however
    therefore thus because otherwise instead finally first second third next
""")
"""First words of a sentence that lean on the one before."""
