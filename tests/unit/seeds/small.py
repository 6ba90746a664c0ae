"""The smallest seeds without a fault, to put one into."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import yaml

Files = dict[str, Any]
"""Content by file name, relative to the folder; bytes go as they are."""
Change = Callable[[Files], object]

SKILLS: Final = "skills.yaml"
TRACK: Final = "tracks/backend-engineer/track.yaml"
THEORETICAL: Final = "tracks/backend-engineer/theoretical.yaml"
ESSAY: Final = "tracks/backend-engineer/essay.yaml"
PROFILE: Final = "tracks/backend-engineer/profile.yaml"
CREDENTIALS: Final = "credentials/example.yaml"

LEVELS: Final = [{"score": 2, "description": "Little."}, {"score": 10, "description": "All."}]

_FILES: Final[Files] = {
    SKILLS: {
        "skills": [
            {"id": "sql", "name": "SQL", "group": "data"},
            {"id": "git", "name": "Git", "group": "tools"},
        ]
    },
    TRACK: {
        "id": "backend-engineer",
        "name": "Backend Engineer",
        "description": "Builds services.",
        "skillFocus": ["sql"],
        "estimatedMinutes": 15,
        "questionMix": {"theoretical": 1, "essay": 1, "profile": 1},
        "domains": [
            {
                "id": "backend.databases",
                "name": "Databases",
                "weight": 1.5,
                "skills": ["sql"],
                "strength": "Sound.",
                "improvement": "Practise.",
            }
        ],
    },
    THEORETICAL: {
        "questions": [
            {
                "id": "be-t-001",
                "domain": "backend.databases",
                "level": "beginner",
                "skills": ["sql"],
                "prompt": "Which one?",
                "timeLimitSeconds": 90,
                "weight": 2,
                "options": [
                    {"id": "a", "text": "This.", "correct": True, "explanation": "It is."},
                    {"id": "b", "text": "That.", "correct": False, "explanation": "It is not."},
                    {"id": "c", "text": "Both.", "correct": False, "explanation": "No."},
                ],
            }
        ]
    },
    ESSAY: {
        "questions": [
            {
                "id": "be-e-001",
                "domain": "backend.databases",
                "level": "intermediate",
                "skills": ["sql"],
                "prompt": "Explain.",
                "maxLength": 4000,
                "rubric": {
                    "criteria": [
                        {"name": "accuracy", "weight": 0.5, "levels": LEVELS},
                        {"name": "clarity", "weight": 0.25, "levels": LEVELS},
                        {"name": "coherence", "weight": 0.25, "levels": LEVELS},
                    ],
                    "keyPoints": [
                        {"id": "k1", "text": "One.", "weight": 3, "terms": [["one", "first"]]},
                        {"id": "k2", "text": "Two.", "weight": 1},
                    ],
                    "referenceAnswer": "One and two.",
                },
            }
        ]
    },
    PROFILE: {
        "questions": [
            {
                "id": "be-p-001",
                "domain": "goals",
                "level": "beginner",
                "prompt": "What next?",
                "multiple": True,
                "options": [
                    {"id": "a", "text": "Data.", "interests": ["sql"]},
                    {"id": "b", "text": "Nothing."},
                ],
            },
            {
                "id": "be-p-002",
                "domain": "goals",
                "level": "beginner",
                "prompt": "Anything else?",
                "freeText": True,
                "maxLength": 500,
            },
        ]
    },
    CREDENTIALS: {
        "credentials": [
            {
                "id": "sql-course",
                "title": "SQL for All",
                "provider": "Example",
                "url": "https://example.org/sql",
                "level": "beginner",
                "hours": 20,
                "format": "course",
                "skills": ["sql"],
                "tracks": ["backend-engineer"],
                "description": "A course.",
                "outcomes": ["Write queries."],
                "source": "provider page",
            }
        ]
    },
}


def without_fault() -> Files:
    return copy.deepcopy(_FILES)


def write(folder: Path, files: Files) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, bytes) else yaml.safe_dump(content).encode()
        path.write_bytes(text)
    return folder


def at(*path: str | int) -> Callable[[Files], Any]:
    """Return what finds a part of the files by its path."""

    def find(files: Files) -> Any:
        here: Any = files
        for part in path:
            here = here[part]
        return here

    return find


def put(*path: str | int, value: object) -> Change:
    """Return the change that puts a value at a path."""

    def change(files: Files) -> None:
        at(*path[:-1])(files)[path[-1]] = value

    return change


def drop(*path: str | int) -> Change:
    def change(files: Files) -> None:
        del at(*path[:-1])(files)[path[-1]]

    return change


def repeat(*path: str | int) -> Change:
    """Return the change that adds the first entry of a list again."""

    def change(files: Files) -> None:
        entries = at(*path)(files)
        entries.append(copy.deepcopy(entries[0]))

    return change


def together(*changes: Change) -> Change:
    def change(files: Files) -> None:
        for each in changes:
            each(files)

    return change
