"""Orders on how to mark.

Single words are harmless: essays rank by the highest score, ignore values and give commands. It is
the company they keep in one sentence that only a grader is spoken to with.
"""

from typing import Final

from shared.domain.injection.words import FORMS, GRADER, MARKS, NOT_A_TRADE, ORDER, TEN, TOP, WORK
from shared.domain.injection.words import any_of as any_

SEEN: Final[dict[str, tuple[str, ...]]] = {
    "full marks": (
        r"\b"
        + any_("full, perfect, straight, passing, generous, good, high, better, excellent, all")
        + rf"(?: the| available| possible)* (?:\w+ )?{MARKS}\b(?! of )",
        rf"\b{TEN} ?/ ?{TEN}\b",
        rf"\b{TEN} out of {TEN}\b",
        rf"\b(?:{TEN}|9|nine|maximum|full|max) (?:{MARKS} )?(?:for|in|on|across) {FORMS}\b",
        rf"\b(?:{TEN}|8|9|eight|nine) (?:points|marks)\b(?! (?:per|an?|each)\b)",
        r"\b(?:all|only) (?:tens|10s|a's)\b|\ba\+",
        (
            r"\b(?:mark|score|rate|grade)s? (?:\w+ ){0,3}?(?:with |as |at |a |an )*"
            rf"(?:{TEN}|full|max\w*|high)\b"
        ),
        (
            r"\b(?:deduct|subtract|tak(?:e|ing) (?:off|away)|remov\w+|los(?:e|ing)) "
            rf"(?:\w+ )?{MARKS}\b"
        ),
        r"\bdeductions?\b",
        rf"\b{MARKS} (?:below|under|lower than|less than|of (?:{TEN}|9)\b)",
        rf"\b(?:raise|increase|boost|bump|improve|round)\w* (?:up )?(?:\w+ ){{0,2}}?{MARKS}\b",
    ),
    "top score": (
        rf"\b(?:{TOP}|{TEN}|nine|9)(?: possible| available)? {MARKS}\b(?! (?:per|an?|each)\b)",
        (
            rf"\b(?:{MARKS}|evaluation|result)(?: \w+){{0,5}}? "
            r"(?:is|are|be|to|as|=|:|at least|exactly) (?:a |an |the |set to |at least )*"
            rf"(?:{TEN}|maximum|max|perfect|highest|excellent)\b"
        ),
    ),
    "give": (
        rf"{ORDER}"
        + any_("give, award, assign, grant, allocate, allow, concede, hand out, enter, record")
        + r"\b",
    ),
    "give me": (
        (
            r"\b(?:give|award|assign|grant|score|pass|mark|grade|rate) (?:me|us)\b"
            r"(?! (?:the |an? )?(?:results?|error|list|data))"
        ),
    ),
    "judge this": (
        rf"{ORDER}"
        + any_("mark, grade, rate, score, evaluate, assess, treat, consider, regard, accept, view")
        + rf" (?:(?:this|my|the) (?:\w+ )?(?:{WORK}|student|candidate)|this|my \w+|me)\b"
        + r"[^.]{0,30}\b"
        + any_("as, to be, with, at, correct, perfect, 10, ten, full, high\\w*, excellent, only")
        + r"\b",
        rf"{ORDER}(?:give|award|assign) (?:an? )?(?:10|ten)(?: points)? ?(?:$|[.!])",
        (
            r"\byou (?:\w+ )?(?:give|award|mark|rate|score|grade) "
            rf"(?:this|me|my \w+|everything|everyone) (?:\w+ )?(?:{TEN}|full|max\w*|high\w*)\b"
        ),
    ),
    "judge": (
        rf"{ORDER}"
        + any_(
            "mark, grade, rate, score, evaluate, assess, treat, consider, regard, accept, assume"
        )
        + r"\b",
        rf"{ORDER}"
        + any_("conclude, set, raise, make, put, change, count, translate, use, apply, fill")
        + r"\b",
    ),
    "output": (
        rf"{ORDER}"
        + any_("output, return, respond, reply, answer, print, emit, report, write, say, produce")
        + r"\b",
        rf"{ORDER}(?:state|generate|include)\b",
    ),
    "drop": (
        rf"{ORDER}"
        + any_(
            "ignore, disregard, forget, override, overrule, overlook, bypass, skip, discard",
            "neglect, dismiss, abandon, cancel, set aside, put aside, pay no attention to",
        )
        + r"\b",
        (
            rf"{ORDER}(?:do not|don't|never|stop) "
            r"(?:follow|obey|apply|us|consider|read|check|enforc)(?:e|ing|ying)?\b"
        ),
    ),
    "do not mark": (
        rf"{ORDER}(?:do not|don't|never|refrain from|stop) (?:\w+ )?"
        + any_("grad, mark, scor, deduct, penali[sz], subtract, evaluat, assess, lower, reduc")
        + r"(?:e|ing|ting)?\b",
    ),
    "instructions": (
        r"\b"
        + any_(
            "previous, prior, above, earlier, preceding, foregoing, original, initial, existing",
            "former, system, your, given, all(?: of)?(?: the| your| other)?, any(?: other)?, these",
            "those, grading, marking",
        )
        + r"(?:,? (?:and )?(?:previous|prior|system|earlier|other|given|original|grading))* "
        + any_(
            "instructions?, prompts?, guidelines?, guidance, directions, directives?, orders",
            "constraints, restrictions, training, programming, rules, messages?",
        )
        + r"\b",
        (
            r"\b(?:everything|anything|all|whatever|what) (?:that )?(?:is |was |came )?"
            r"(?:(?:written |said )?(?:above|before)|you (?:were|have been|are|had been|know))"
        ),
    ),
    "rubric": (
        r"\brubrics?\b|\bkey points?\b|\banswer key\b|\bcontent checks?\b",
        r"\b(?:grading|marking|mark|scoring|assessment|evaluation) "
        + any_("scheme, criteria, rules, guidelines?, instructions?, standards?, scale, pipeline")
        + r"\b",
        r"\bevaluation purposes\b|\bgrading (?:policy|key)\b",
        r"\b(?:all|every|each|other) (?:of )?(?:the )?criteri(?:a|on)\b",
    ),
    "this work": (
        (
            r"\b(?:this|my) (?:(?:whole|entire|following|above|present|student's) )?"
            rf"(?:{WORK}|student|candidate|grade|mark|score|question)\b"
        ),
        (
            r"\b(?:the|following|all) (?:student|essay|answer|submission|text)s?"
            r"(?: above| below|'s answer)\b"
        ),
        r"\bfollowing (?:answer|essay|submission)s?\b|\bexchange students\b|\beverybody who\b",
    ),
    "claims all": (
        rf"\b(?:this|my|the above) {WORK} (?:\w+ )?"
        + any_(
            "meets, satisfies, fulfill?s, covers, addresses, matches, deserves?, merits",
            "has earned, is worth, warrants, is (?:a |the )?(?:perfect|model|reference|flawless)",
        )
        + r"\b",
    ),
    "your work": (
        r"\byour (?:\w+ )?"
        + any_(
            "evaluation, grading, marking, feedback, verdict, assessment, rubric, marks?, scores?",
            "instructions, system, prompt, output, json, guidelines, grade",
        )
        + r"\b",
        r"\bwhoever (?:\w+ )?(?:grades|evaluates|marks|reads|scores|assesses)\b",
        r"\b(?:grader|evaluator|examiner|assessor)\b.{0,60}\byou\b",
        r", (?:ai|grader|examiner|evaluator),|\bmarks? from you\b",
    ),
    "please": (r"\b(?:please|pls|plz|kindly|i beg|begging|thank you|thanks|mercy|merciful)\b",),
    "reply fields": (
        r"\b(?:certainty|next_?level|needs_?review)\b",
        r"\bfeedback\b.{0,60}\b(?:score|marks?|excellent|perfect|certainty|positive)\b",
        r"\b(?:score|marks?|certainty)\b.{0,60}\bfeedback\b",
    ),
    "leak": (
        rf"(?:{ORDER}"
        + any_("repeat, print, show, reveal, output, list, tell me, display, quote, write")
        + r"|\bwhat (?:is|are|were)) (?:me )?(?:out )?(?:all )?(?:of )?(?:the|your) (?:\w+ )?"
        + any_("system prompt, prompt, instructions, rubric, key points, reference answer")
        + r"\b",
    ),
    "to grader": (
        (
            r"(?:^|[.!?\"(\[<*#] ?)"
            r"(?:(?:dear|hello|hi|hey|attention|to|note|important|reminder)[,:]? )?"
            r"(?:(?:to|for) )?(?:(?:the|my|our|all|any|dear|kind|smart) )*"
            rf"{GRADER}s?(?: (?:reading|grading|marking|scoring|evaluating|assessing) "
            rf"(?:this|my|the)\b"
            r".{0,40}?)? ?(?:[,:!\u2014]|- )"
        ),
        (
            r"\b(?:note|message|notice|instructions?|hint|reminder|information|request|attention) "
            rf"(?:to|for) (?:the |all |any |our |my |you,? )*(?:\w+ )?{GRADER}s?{NOT_A_TRADE}"
        ),
        rf"\bif you(?:'re| are) (?:an? |the )?(?:\w+ )?{GRADER}{NOT_A_TRADE}",
        r"\b(?:dear|hello|hi|hey|attention) (?:ai|chatgpt|grader|examiner|evaluator|model)\b",
        r"\bi know (?:that )?you(?:'re| are) (?:an? )?(?:\w+ )?(?:ai|bot|model|llm|machine)\b",
        r"\bas an? (?:ai|large language|artificial|language|llm|grading)[\w -]{0,30}, you\b",
    ),
}
