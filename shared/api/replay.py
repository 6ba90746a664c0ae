"""How a repeated request is told that it gets the first answer again."""


def reply_headers(*, is_replay: bool) -> dict[str, str | list[str]]:
    return {"Idempotency-Replayed": "true"} if is_replay else {}
