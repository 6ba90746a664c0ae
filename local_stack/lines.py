"""JSON lines in, JSON lines out: one answer for each line, in order, and nothing is lost."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from local_stack import terminal
from shared.domain.errors import EngineError, NotFoundError

LineT = TypeVar("LineT", bound=BaseModel)
Outcome = dict[str, JsonValue]


def answer_lines(
    lines: Iterable[str], shape: type[LineT], answer: Callable[[LineT], Outcome]
) -> Iterator[Outcome]:
    """Answer line by line; a line that cannot be answered gives its `error` instead.

    Blank lines are passed over.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield answer(shape.model_validate_json(line))
        except ValidationError as error:
            yield {"id": _id_in(line), "error": f"line {number}: {_fault(error)}"}
        except (EngineError, NotFoundError) as error:
            yield {"id": _id_in(line), "error": f"line {number}: {error}"}


def print_outcomes(outcomes: Iterable[Outcome]) -> int:
    """Print each as it comes; return the exit code, 1 when there is an error among them."""
    failed = total = 0
    for outcome in outcomes:
        total += 1
        failed += "error" in outcome
        sys.stdout.write(json.dumps(outcome, ensure_ascii=False) + "\n")
    if failed:
        terminal.err.print(f"[red]{failed} of {total} lines could not be answered.[/]")
    return 1 if failed else 0


def _id_in(line: str) -> str | int | None:
    """Return the id of a line that is JSON at least, so that its fault can be placed."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    name = found.get("id") if isinstance(found, dict) else None
    return name if isinstance(name, str | int) else None


def _fault(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False)
    return "; ".join(
        f"{'.'.join(map(str, fault['loc'])) or 'the line'}: "
        f"{fault['msg'].removeprefix('Value error, ')}"
        for fault in faults
    )
