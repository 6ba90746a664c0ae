"""Building blocks of the patterns: lists of words, and where in a sentence a verb is an order."""

from typing import Final


def any_of(*words: str) -> str:
    """Return a group that matches any of the words; each argument is a comma-separated list."""
    return f"(?:{'|'.join(', '.join(words).split(', '))})"


ORDER: Final = (
    r"(?:^|[:,(\[{<>*#|\"'\u2013\u2014-] ?|\b"
    + any_of(
        "please, kindly, just, simply, now, and, then, so, but, must, therefore, instead, only",
        "also, always, hereby, you'd better, you (?:had better|should|shall|will|can|may)",
        "you (?:need|have|ought|are) to",
        r"you are (?:\w+ )?(?:instructed|ordered|required|asked|allowed|authori[sz]ed|told) to",
        "(?:want|ask|need|order|instruct|command|beg|urge|tell) you to",
    )
    + " )"
    + any_of("please, kindly, just, simply, now, also, therefore, always, then")
    + r"?\s?"
)
"""Before a verb that orders: "ignore it", "you must ignore it", not "a proxy may ignore it"."""
WORK: Final = any_of("answer, essay, submission, response, paper, exam, assignment, attempt")
MARKS: Final = any_of("marks?, points?, scores?, grades?, credits?, ratings?")
TEN: Final = any_of(r"10, ten, 100, a\+")
TOP: Final = any_of("maximum, maximal, max, highest, top, best, perfect, full")
FORMS: Final = (
    any_of("all, every, each, everything, any, the")
    + r" ?(?:\w+ )?"
    + any_of("criteria, criterion, category, categories, fields?, scores?, marks?, questions?")
)
GRADER: Final = any_of(
    "(?:auto-?)?grader, examiner, evaluator, assessor, language model, llm, chatgpt, gpt, claude",
    "gemini, ai (?:grader|model|assistant|evaluator|examiner|marker|system|reviewer), ai",
    r"(?:ai |automat\w+ |essay )?(?:grading|marking|scoring|assessment|evaluation) "
    "(?:ai|model|system|bot|assistant|engine|agent|algorithm|software|tool)",
)
NOT_A_TRADE: Final = (
    r"\b(?! (?:engineer|developer|research|specialist|expert|student|user|compan|vendor|team|tool))"
)
"""Not "if you are an AI engineer"."""
STAFF: Final = any_of(
    "(?:teacher|professor|instructor|examiner|lecturer|evaluator|dean|moderator)s?",
    "admin(?:istrator)?s?, exam(?:ination)?s? (?:board|office|committee), university, faculty",
    r"course (?:lead\w*|staff|team|coordinator), openai, anthropic, (?:system|your) developers?",
    r"grading team, head of \w+",
)
