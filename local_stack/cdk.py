"""The CDK command line, run from node_modules with the Node of the virtual environment."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local_stack.errors import LocalStackError

QUIET: Final = {
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
    "PYTHONUNBUFFERED": "1",
}
COMMAND_LINE: Final = Path("node_modules", "aws-cdk", "bin", "cdk")
FAILURES: Final = "Failed resources:"
LINES_SHOWN: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Cdk:
    root: Path
    log: Path

    def deploy(
        self,
        *,
        output: Path,
        outputs_file: Path,
        context: Mapping[str, str],
        env: Mapping[str, str],
    ) -> None:
        """Deploy every stack of the app, or raise with the last lines of what the CLI said."""
        pairs = [word for key, value in context.items() for word in ("--context", f"{key}={value}")]
        self._run(
            [
                "deploy", "--all", "--ci", "--require-approval", "never", "--progress", "events",
                "--no-notices", "--no-version-reporting", "--no-path-metadata",
                "--no-asset-metadata", "--method", "direct", "--concurrency", "4",
                "--output", str(output), "--outputs-file", str(outputs_file), *pairs,
            ],
            env=env,
        )  # fmt: skip

    def _run(self, arguments: Sequence[str], *, env: Mapping[str, str]) -> None:
        command_line = self.root / COMMAND_LINE
        node = Path(sys.executable).with_name("node")
        for tool in (command_line, node):
            if not tool.exists():
                raise LocalStackError(
                    f"{tool.name} is not installed: {tool} is missing.",
                    "Run the command through make, which installs it: `make up`.",
                )
        self.log.parent.mkdir(parents=True, exist_ok=True)
        path = f"{node.parent}{os.pathsep}{env.get('PATH', os.defpath)}"
        with self.log.open("w") as log:
            run = subprocess.run(  # noqa: S603  fixed program and arguments, no shell
                [node, command_line, *arguments],
                cwd=self.root,
                env={**env, **QUIET, "PATH": path},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if run.returncode:
            raise LocalStackError(
                f"The deployment failed.\n{reason(self.log.read_text(errors='replace'))}\n",
                f"All that the CDK said is in {self.log}.",
            )


def reason(log: str) -> str:
    """What matters of a failed run: from where it lists the failures, or else its end."""
    lines = [line.rstrip() for line in log.strip().splitlines() if line.strip()]
    starts = [at for at, line in enumerate(lines) if line.startswith(FAILURES)]
    return "\n".join(lines[starts[0] :] if starts else lines[-LINES_SHOWN:])
