"""What a check finds: a fault, where it is, and what would mend it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    """Content that should not be released."""
    WARNING = "warning"
    """A sign of a fault; a person may decide that it is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    severity: Severity
    check: str
    """The check's name, in lower case with hyphens."""
    where: str
    """What it is about: a kind, an id, and the path in it, such as
    `questions/be-e-001/rubric/keyPoints/k3` or `pools/backend-engineer/theoretical`."""
    message: str
    """What is wrong and how to mend it."""


def error(check: str, where: str, message: str) -> Finding:
    return Finding(severity=Severity.ERROR, check=check, where=where, message=message)


def warning(check: str, where: str, message: str) -> Finding:
    return Finding(severity=Severity.WARNING, check=check, where=where, message=message)


def place(question_slug: str, *path: str) -> str:
    return "/".join(("questions", question_slug, *path))


def shown(text: str, longest: int = 60) -> str:
    """Return the text in quotation marks on one line, cut at `longest` characters."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= longest else line[: longest - 1].rstrip() + '…'}”"
