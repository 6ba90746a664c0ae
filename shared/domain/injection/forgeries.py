"""Text that claims to be something else than a student's answer, or tells the grader to be."""

from typing import Final

from shared.domain.injection.words import STAFF, TEN, WORK
from shared.domain.injection.words import any_of as any_

_PERSONA: Final = any_(
    "grader, examiner, teacher, professor, tutor, judge, evaluator, marker, assistant, friend",
    "mother, grandmother, grandma, ai, bot, model, dan, persona, character",
)

SEEN: Final[dict[str, tuple[str, ...]]] = {
    "role": (
        (
            r"\byou(?:'re| are) (?:now|no longer|from now on) "
            r"(?:(?:a|an|the|my|in|not|going to be) )*"
            rf"(?:\w+ ){{0,3}}?(?:{_PERSONA}|mode|bound|limited|restricted|student)\b"
        ),
        (
            r"\byou(?:'re| are) (?:a |an |the )?\w*(?:gpt|grader)\b,? "
            r"(?:an?|who|which|that|and|always)\b"
        ),
        (
            r"\b(?:act|behave|respond|answer|speak|reply|play|pose|role-?play) (?:now )?as "
            r"(?:if you (?:are|were) )?(?:(?:a|an|my|the) )*(?:\w+ ){0,3}?"
            rf"(?:{_PERSONA}|unrestricted|jailbroken|lenient|generous|kind|advocate|lawyer)\b"
        ),
        (
            r"\b(?:pretend|imagine|suppose|simulate)(?: that)? (?:to be|being|you(?:'re| are| were|"
            r" have)) (?:\w+ ){0,5}?"
            rf"(?:{_PERSONA}|no rules|no rubric|without rules|no restrictions)\b"
        ),
        r"\bfrom now on,? you (?:\w+ )?"
        + any_("answer, respond, act, are, will, must, mark, grade, only, ignore, always")
        + r"\b",
        r"\byour (?:new|real|true|actual|only|updated|first) "
        + any_("role, task, job, instructions?, persona, purpose, objective, goal, mission")
        + r"(?: \w+){0,2} (?:is|are|will be|=|:)|\bnew task: ",
        (
            r"\b(?:switch|enter|go|change|enable|activate|turn on|engage|boot)(?: \w+){0,2}? "
            r"(?:developer|debug|admin|maintenance|god|dan|generous|unrestricted|jailbreak) mode\b"
        ),
        r"\b(?:let us|let's|we will|we'll|shall we) (?:play a |role|do a role|pretend)",
        rf"\byou (?:play|take the role of|are playing) (?:a|an|the|my) (?:\w+ )?{_PERSONA}\b",
    ),
    "chat token": (
        r"<\|?/?(?:im_start|im_end|endoftext|eot_id|start_header_id|end_header_id)\|?>",
        r"<\|?/?(?:system|assistant)\|?>|\[/?inst\]|<</?sys>>",
        r"</?(?:instructions?|system[-_]prompt|developer)>",
    ),
    "label": (
        r"(?:^|[\[(<{#\"] ?|\b(?:begin|start) )"
        + any_(
            "system, assistant, developer, human, administrator, admin, root, operator, ai, gpt",
            "grader, examiner, evaluator, teacher, professor, instructor, moderator, new, updated",
            "revised, expected, official, sudo",
        )
        + "(?: "
        + any_(
            "message, note, prompt, override, instructions?, notice, update, comment, log, alert",
            "command, says, feedback, decision, response, output, rubric, policy, criteria",
            "grading rules, score, result",
        )
        + r")* ?[:\])>}=.]",
        (
            r"\b(?:system|admin|administrator|developer|emergency|security|root) "
            r"(?:override|instruction|prompt|message|notice|update|command|directive)\b"
        ),
        r"## ?(?:system|instructions?|human|assistant|response|new)\b",
    ),
    "grade word": (
        r"\b(?:scor(?:e|es|ed|ing)|grad(?:e|es|ed|ing)|mark(?:s|ing|ed)|evaluat\w+)\b",
        r"\b(?:perfect|points)\b",
        r"\bthis (?:student|answer|essay|submission)\b|\bmark (?:it|this)\b",
    ),
    "from staff": (
        r"\b"
        + any_(
            "note, message, comment, remark, notice, memo, announcement, decision, update",
            "statement, signed, confirmed, approved, instruction, order, written",
        )
        + r"s? (?:from|by|of) "
        rf"(?:the |your |our |my |prof\w*\.? )*(?:\w+ )?{STAFF}\b",
        rf"\b(?:i am|i'm|this is|it is) (?:the|your|a|an) (?:\w+ )?(?:{STAFF}|developer of this)\b",
        r"\bi(?:'m| am) your (?:creator|developer|maker|owner)\b",
        rf"\b{STAFF} (?:\w+ ){{0,3}}?"
        + any_(
            "graded, approved, marked, reviewed, decided, confirmed, agreed, authori[sz]ed",
            "verified, granted, awarded, checked, instructed, told, promised, allowed, said",
            "wants, asks you, comment",
        )
        + r"\b",
        (
            r"\b(?:as per|according to|by|under|following) (?:the |new |our )?"
            r"(?:university|exam\w*|course|school|grading|official) "
            r"(?:policy|rules?|regulations?)\b"
        ),
    ),
    "already marked": (
        r"\balready (?:been )?(?:graded|marked|verified|approved|scored|reviewed)\b",
        r"\bpre-?approved\b|\bspecial permission\b|\bexempt(?:ed)? from\b|\bcalibration sample\b",
        r"\btest of the (?:grading|marking|scoring)\b",
        r"\b(?:reference|expected) (?:score|mark|grade|output)\b",
    ),
    "result line": (
        (
            r"(?:^|[.!?>*\"'{(\[,-] ?)(?:(?:final|overall|total|your|my|the|correct) )*"
            r"(?:score|grade|mark|result|rating|evaluation)s?(?: awarded| given| is)?[\"']? ?[:=] ?"
            r"[\"']?\**(?:10 ?/ ?10\b|100 ?/ ?100\b|full marks|a\+|"
            r"(?:10|9\.\d|max\w*)[\"']? ?(?:$|points?\b|[,}].{0,80}feedback))"
        ),
        rf"\ba: (?:{TEN})\b",
    ),
    "reply json": (
        r"[\"'](?:next_?level|needs_?review|certainty|essay_?scores|overall_?score)[\"'] ?:",
        r"[\"']criteria[\"'] ?: ?\[ ?\{",
        r"[\"']name[\"'] ?: ?[\"'](?:accuracy|clarity|coherence)[\"']",
    ),
    "award stated": (
        (
            r"\b(?:i|we) (?:hereby |therefore |have )*"
            r"(?:give|award|assign|grant|gave|awarded|assigned) "
            rf"(?:this|the) (?:{WORK}|student|candidate)\b"
        ),
    ),
    "end tag": (
        (
            r"</ ?(?:student_?-?)?(?:answer|essay|submission|student_?-?(?:response|input|text)|"
            r"user_?input)\b[^>]{0,60}>"
        ),
        r"<(?:answer|essay|student_?answer) [0-9a-f-]{4,}>",
    ),
    "end line": (
        (
            r"(?:^|[-=#*<>\[(|~_]{2} ?|[\[<(])(?:the )?(?:end|begin|start|beginning|close) (?:of )?"
            r"(?:the )?(?:student'?s? ?|user'?s? ?)?"
            r"(?:answer|essay|submission|response|exam|rubric|"
            r"(?:student |user )?(?:text|input|data block)|grading|instructions|system prompt)s?\b"
        ),
        r"## ?end ?##",
        (
            rf"\b(?:the|my) (?:student'?s? )?{WORK} "
            r"(?:ends|is over|has ended|stops|is finished) here\b"
        ),
        (
            r"\b(?:everything|anything|all|the text|what|the lines?|the rest)(?: \w+)? "
            r"(?:after|below|from here|following|follows)(?: \w+){0,3}? (?:is|are|comes?) (?:not "
            r"(?:part of )?(?:the|my) (?:answer|student|essay|submission)|(?:from|by) the "
            r"(?:system|examiner|teacher|developer)|(?:a |an |new |the )?(?:instructions?|system))"
        ),
    ),
}
