"""What runs of the stack, where, and whether it answers."""

import psutil

from local_stack import daemon
from local_stack.stack import Stack
from local_stack.terminal import out


def show_status(stack: Stack) -> bool:
    """Print it; True if the whole stack is up."""
    outputs = stack.running()
    _say("PostgreSQL", _postgres(stack))
    _say("AWS emulator", _emulator(stack))
    _say("API", f"{outputs.api_url}/api/v1" if outputs else "[red]does not answer[/]")
    if outputs:
        _say("API docs", f"{outputs.api_url}/api/v1/docs")
        _say("Engine", outputs.engine)
        _say("Functions", str(len(outputs.functions)))
    _say("Files", str(stack.settings.home))
    return outputs is not None


def _say(what: str, value: str) -> None:
    out.print(f"{what:<14} {value}", soft_wrap=True)


def _postgres(stack: Stack) -> str:
    if stack.settings.database_url:
        return "your own (DATABASE_URL)"
    return stack.postgres.url if stack.postgres.running() else "[red]stopped[/]"


def _emulator(stack: Stack) -> str:
    if stack.settings.endpoint_url:
        return f"{stack.settings.endpoint_url} (ASSAY_ENDPOINT_URL)"
    process = daemon.recorded(stack.emulator.record)
    if process is None or not stack.emulator.running():
        return "[red]stopped[/]"
    workers = process.children(recursive=True)
    megabytes = sum(_memory(p) for p in [process, *workers]) / 2**20
    return (
        f"{stack.settings.emulator_url}, pid {process.pid}, "
        f"{len(workers)} function workers, {megabytes:.0f} MB"
    )


def _memory(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0
