"""Prompts as versioned files: `<name>.v<number>.md`, never edited after use.

A file has two parts, headed `# System` and `# User`; `$name` in the second is filled in. The hash
of the file goes on each score, so that it can be traced to the words that asked for it.
"""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from string import Template
from typing import Final

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedPrompt:
    system: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    version: str
    """Such as `score_essay.v1`."""
    hash: str
    """SHA-256 of the file, hex."""
    system: str
    user: Template

    def render(self, **values: str) -> RenderedPrompt:
        """Fill in the values, each once: a `$name` inside a value stays as it is."""
        return RenderedPrompt(system=self.system, user=self.user.substitute(values))


@cache
def load_prompt(version: str) -> Prompt:
    content = (FOLDER / f"{version}.md").read_bytes()
    system, heading, user = content.decode().partition("\n# User\n")
    if not (heading and system.startswith("# System\n")):
        raise ValueError(f"{version}.md has no parts `# System` and `# User`")
    return Prompt(
        version=version,
        hash=sha256(content).hexdigest(),
        system=system.removeprefix("# System\n").strip(),
        user=Template(user.strip()),
    )
