"""The runbooks' commands, as people would copy them."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[1] / "docs" / "runbooks"
FENCE: Final = re.compile(r"^```(.*?)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
RUN: Final = "sh run"
AWS: Final = "sh aws"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook:
    name: str
    text: str

    @property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(Block(kind=k, text=t) for k, t in FENCE.findall(self.text))

    @property
    def script(self) -> str:
        """What can be run anywhere, in order."""
        return "\n".join(block.text for block in self.blocks if block.kind == RUN)


def read(name: str) -> Runbook:
    return Runbook(name=name, text=(FOLDER / f"{name}.md").read_text())


NAMES: Final = sorted(p.stem for p in FOLDER.glob("*.md") if p.stem != "README")
