"""What a diligent model would answer, worked out from the request itself; the same every time."""

import json
import re
from collections import Counter
from hashlib import sha256
from math import hypot, sqrt
from typing import Any, Final

ANSWER: Final = re.compile(r"<answer (\w+)>\n(.*)\n</answer \1>", re.DOTALL)
FACTS: Final = re.compile(r"<facts (\w+)>\n(.*)\n</facts \1>", re.DOTALL)
CRITERION: Final = re.compile(r"^### (\w+)$", re.MULTILINE)
KEY_POINT: Final = re.compile(r"^- \[[\d.]+\] (.+)$", re.MULTILINE)
SENTENCE: Final = re.compile(r"[^.!?\n]+[.!?]?")
WORD: Final = re.compile(r"[a-z][a-z0-9+#]+")
STOP_WORDS: Final = re.compile(
    "an|and|are|as|at|be|by|can|for|from|has|have|in|into|is|it|its|not|of|on|or|that|the|their|"
    "them|they|this|to|was|what|which|will|with|you|your"
)
COVERED: Final = 0.4
"""Share of a key point's words that must be in the answer."""
KINSHIP: Final = 0.5
"""Part of each vector that all texts share: real embeddings of unrelated texts are not at 0."""


def complete(request: dict[str, Any]) -> dict[str, Any]:
    """Return the body of a chat completion."""
    prompt = request["messages"][-1]["content"]
    reply = _summary(prompt) if asks_for_summary(request) else _marks(prompt)
    content = json.dumps(reply)
    prompt_tokens = sum(len(m["content"]) for m in request["messages"]) // 4
    return {
        "id": "chatcmpl-fake",
        "object": "chat.completion",
        "created": 1767268800,
        "model": request["model"],
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, "refusal": None},
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": len(content) // 4,
            "total_tokens": prompt_tokens + len(content) // 4,
        },
    }


def asks_for_summary(request: dict[str, Any]) -> bool:
    schema = request["response_format"]["json_schema"]["schema"]
    return "criteria" not in schema["properties"]


def embed(request: dict[str, Any]) -> dict[str, Any]:
    """Return the body of an embeddings response: texts that share words are near each other."""
    dimensions = request.get("dimensions", 1536)
    return {
        "object": "list",
        "model": request["model"],
        "data": [
            {"object": "embedding", "index": i, "embedding": _vector(text, dimensions)}
            for i, text in enumerate(request["input"])
        ],
        "usage": {"prompt_tokens": len(request["input"]), "total_tokens": len(request["input"])},
    }


def _marks(prompt: str) -> dict[str, Any]:
    answer = _part(ANSWER, prompt)
    head = prompt.partition("<answer ")[0]
    words = set(_words(answer))
    points = KEY_POINT.findall(head)
    missing = [p for p in points if len(words & set(_words(p))) < COVERED * len(set(_words(p)))]
    quotes = [s.strip() for s in SENTENCE.findall(answer) if len(s.split()) > 3][:2]
    accuracy = 2 + 8 * (1 - len(missing) / max(1, len(points)))
    form = min(9.0, 3 + len(words) / 8)
    hint = f"Say more on this: {missing[0]}" if missing else "Give an example from practice."
    return {
        "criteria": [
            {
                "name": name,
                "quotes": quotes,
                "feedback": f"You cover {len(points) - len(missing)} of {len(points)} key points.",
                "score": round(accuracy if name == "accuracy" else form, 1),
                "next_level": hint,
                "certainty": "high" if quotes else "low",
            }
            for name in CRITERION.findall(head)
        ],
        "feedback": "A readable answer. Tie each claim to what follows from it.",
    }


def _summary(prompt: str) -> dict[str, Any]:
    facts = json.loads(_part(FACTS, prompt))
    titles = ", then ".join(c["title"] for c in facts["credentials"])
    return {
        "text": (
            f"You reached {facts['overallScore']} of {facts['maxScore']}: {facts['band']}. "
            + (f"Next comes {titles}." if titles else "Nothing in the catalog fits right now.")
        ),
        "reasons": [
            {
                "item": credential["item"],
                "why": f"It builds {' and '.join(credential['closes']) or 'what you lack'}.",
            }
            for credential in facts["credentials"]
        ],
    }


def _part(pattern: re.Pattern[str], prompt: str) -> str:
    match = pattern.search(prompt)
    if match is None:
        raise ValueError("the prompt has no delimited part")
    return match[2]


def _words(text: str) -> list[str]:
    """Return the content words, without endings."""
    words = WORD.findall(text.lower())
    return [re.sub(r"(?:ing|ed|es|s)$", "", w) for w in words if not STOP_WORDS.fullmatch(w)]


def _vector(text: str, dimensions: int) -> list[float]:
    vector = [0.0] * dimensions
    for word, count in Counter(_words(text)).items():
        digest = sha256(word.encode()).digest()
        for at in (0, 4):
            place = int.from_bytes(digest[at : at + 3]) % dimensions
            vector[place] += sqrt(count) * (1 if digest[at + 3] % 2 else -1)
    length = hypot(*vector) or 1.0
    shared = KINSHIP / sqrt(dimensions)
    mixed = [value / length + shared for value in vector]
    length = hypot(*mixed)
    return [value / length for value in mixed]
