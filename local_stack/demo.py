"""`make demo`: a new student's whole assessment over HTTP, and what they read at the end."""

import secrets
import time
from collections.abc import Sequence
from typing import Final

import httpx
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from local_stack import terminal
from local_stack.errors import LocalStackError
from local_stack.outputs import Outputs
from local_stack.report import show_result
from local_stack.sample_answers import SampleAnswers
from local_stack.stack import Stack
from local_stack.student import ApiError, StartedAssessment, Status, Student, Track

NAME: Final = "Sam Keller"
POLL_SECONDS: Final = 0.25
LONGEST_SCORING_SECONDS: Final = 300
STATES: Final = {
    "pending": "[dim]· waiting[/]",
    "running": "[yellow]… running[/]",
    "completed": "[green]✓ done[/]",
    "failed": "[red]✗ failed[/]",
}


def run_demo(stack: Stack, *, track_id: str) -> None:
    outputs = stack.up(terminal.step)
    try:
        with Student(outputs.api_url) as student:
            _take_assessment(student, stack, track_id)
    except (ApiError, httpx.HTTPError) as error:
        raise LocalStackError(
            f"The demo got no further: {error}.", "What the functions logged: assay logs."
        ) from error
    _say_goodbye(outputs)


def _take_assessment(student: Student, stack: Stack, track_id: str) -> None:
    _sign_up(student)
    track = _choose(student.tracks(), track_id)
    terminal.out.print(f"\n[bold]{track.name}[/]: {track.description}")
    started = student.start(track.id)
    _answer(student, started, SampleAnswers(stack.settings.root / "seeds" / "tracks" / track.id))
    student.submit(started.assessment_id)
    _watch(student, started.assessment_id)
    show_result(student.result(started.assessment_id), track=track, questions=started.questions)


def _sign_up(student: Student) -> None:
    email = f"sam.{secrets.token_hex(4)}@students.example.edu"
    password = secrets.token_urlsafe(16)
    student.register(email, password, NAME)
    student.log_in(email, password)
    terminal.out.print(f"\n{NAME} registers as {email} and logs in.")


def _choose(tracks: Sequence[Track], track_id: str) -> Track:
    by_id = {track.id: track for track in tracks}
    terminal.out.print(f"Tracks: {', '.join(track.name for track in tracks)}.")
    if track_id in by_id:
        return by_id[track_id]
    raise LocalStackError(
        f"There is no track {track_id!r}.", f"Choose one of: {', '.join(by_id) or 'none'}."
    )


def _answer(student: Student, started: StartedAssessment, sample: SampleAnswers) -> None:
    answers = sample.answer_all(started.questions)
    for question in started.questions:
        answer = answers[question.id]
        student.answer(started.assessment_id, question.id, answer)
        chosen = ", ".join(
            option.text for option in question.options or () if option.id in (answer.selected or ())
        )
        terminal.out.print(
            f"\n[cyan]{question.position}. {question.type}[/] {terminal.escape(question.prompt)}"
        )
        terminal.out.print(f"   [dim]{terminal.escape(answer.text or chosen)}[/]")


def _watch(student: Student, assessment_id: str) -> None:
    """Show the stages as they go, until the result is there."""
    terminal.out.print("\n[bold]Submitted[/]")
    deadline = time.monotonic() + LONGEST_SCORING_SECONDS
    with Live(console=terminal.out, auto_refresh=False) as live:
        while True:
            status = student.status(assessment_id)
            live.update(_stages(status), refresh=True)
            if status.status == "completed":
                break
            if status.status == "failed" or time.monotonic() > deadline:
                raise LocalStackError(
                    f"Assessment {assessment_id} was not scored.",
                    "What the functions logged: assay logs.",
                )
            time.sleep(POLL_SECONDS)
    terminal.out.print()


def _stages(status: Status) -> Table:
    table = Table(box=None, show_header=False)
    for stage in status.stages:
        table.add_row(stage.name.replace("_", " "), STATES.get(stage.state, stage.state))
    table.add_row(f"{status.percent:3d} %", ProgressBar(completed=status.percent, width=24))
    return table


def _say_goodbye(outputs: Outputs) -> None:
    terminal.out.print(
        f"\nThe API with its documentation: [bold]{outputs.api_url}/api/v1/docs[/]\n"
        "The stack goes on running. Stop it with: [bold]make down[/]",
        soft_wrap=True,
    )
