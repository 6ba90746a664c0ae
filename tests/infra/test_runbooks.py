"""Every command, option, output, alarm, function and route that a runbook names exists."""

import re
from collections.abc import Iterator
from typing import Final

import botocore.session
import pytest
from botocore import xform_name

from local_stack import cli
from shared.api.routes import ROUTES
from tests import runbooks
from tests.infra.synthesized import Synthesized
from tests.runbooks import AWS, NAMES, RUN, Runbook

EVERYTHING: Final = [*NAMES, "README"]
SECTIONS: Final = ("## Symptoms", "## Diagnosis", "## Remedy", "## Over when")
COMMAND: Final = re.compile(r"\baws ([a-z0-9-]+) ([a-z0-9-]+)")
OPTION: Final = re.compile(r"(?<=\s)--([a-z0-9-]+)")
OF_ALL: Final = {"query", "output", "cli-binary-format"}
"""Options that every command of the AWS command line takes."""
NESTED: Final = re.compile(r"\$\((?:[^()\"']|\"[^\"]*\"|'[^']*')*\)")


def code(book: Runbook) -> str:
    return "\n".join(block.text for block in book.blocks)


def commands(text: str) -> Iterator[tuple[str, str, set[str]]]:
    """Yield service, operation and options of each AWS command, those within others first."""
    while nested := NESTED.search(text):
        yield from commands(nested[0][2:-1])
        text = text.replace(nested[0], "NESTED", 1)
    for line in text.splitlines():
        for part in re.split(r"[;|]", re.sub(r"'[^']*'", "QUOTED", line)):
            if found := COMMAND.search(part):
                yield found[1], found[2], set(OPTION.findall(part))


def test_the_commands_are_read_with_their_own_options() -> None:
    text = "aws sqs get-x --a \"$(aws rds describe-y --b c --query 'D[0].E')\" --f g | aws z y --h"

    assert list(commands(text)) == [
        ("rds", "describe-y", {"b", "query"}),
        ("sqs", "get-x", {"a", "f"}),
        ("z", "y", {"h"}),
    ]


def test_there_is_one_for_each_thing_that_goes_wrong() -> None:
    assert NAMES == [
        "key-rotation",
        "model-outage",
        "queue-backlog",
        "restore-from-backup",
        "retrieval-outage",
        "webhook-failures",
    ]
    listed = re.findall(r"\(([a-z-]+)\.md\)", runbooks.read("README").text)
    assert sorted(listed) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_says_how_it_shows_what_to_do_and_when_it_is_over(name: str) -> None:
    book = runbooks.read(name)

    assert tuple(re.findall(r"^## .*$", book.text, re.MULTILINE)) == SECTIONS
    for section in book.text.split("\n## ")[2:]:
        assert f"```{RUN}" in section, section.partition("\n")[0]


@pytest.mark.parametrize("name", NAMES)
def test_every_block_is_marked(name: str) -> None:
    assert {block.kind for block in runbooks.read(name).blocks} <= {RUN, AWS}


@pytest.mark.parametrize("name", EVERYTHING)
def test_aws_knows_the_commands_and_their_options(name: str) -> None:
    session = botocore.session.get_session()
    for service, operation, options in commands(code(runbooks.read(name))):
        model = session.get_service_model(service)
        named = {xform_name(o, "-"): model.operation_model(o) for o in model.operation_names}
        assert operation in named, (service, operation)
        shape = named[operation].input_shape
        members = {xform_name(m, "-") for m in shape.members} if shape else set()
        assert options - OF_ALL <= members, (service, operation)


def test_that_check_finds_what_does_not_exist() -> None:
    (found,) = commands("aws sqs get-queue-attributes --queue-url x --queue-name y")

    assert found[2] - {"queue-url"} == {"queue-name"}


@pytest.mark.parametrize("name", EVERYTHING)
def test_the_stacks_have_the_outputs(production: Synthesized, name: str) -> None:
    stacks = {"app": production.application, "data": production.data}
    text = runbooks.read(name).text
    for output, stack in re.findall(r"\$\(output (\w+) (\w+)\)", text):
        assert output in stacks[stack].outputs, output
    for output in re.findall(r"OutputKey=='(\w+)'", text):
        assert output in stacks["app"].outputs


@pytest.mark.parametrize("name", EVERYTHING)
def test_the_functions_are_deployed(production: Synthesized, name: str) -> None:
    text = code(runbooks.read(name))
    named = re.findall(r"--function-name \"assay-\$STAGE-([a-z-]+)\"", text)
    for loop in re.findall(r"^for module in (.*?); do", text, re.MULTILINE):
        named += loop.split()
    named += re.findall(r"assay logs (\w+)", text)

    assert {module.replace("-", "_") for module in named} <= production.functions.keys()


def test_a_rotation_restarts_all_who_hold_the_signing_key(production: Synthesized) -> None:
    (restarted,) = re.findall(
        r"^for module in (.*?); do", code(runbooks.read("key-rotation")), re.MULTILINE
    )

    holders = {
        module
        for module in production.functions
        if "SIGNING_SECRET_ARN" in production.variables(module)
    }
    assert {module.replace("-", "_") for module in restarted.split()} == holders


@pytest.mark.parametrize("name", NAMES)
def test_the_alarms_ring(production: Synthesized, name: str) -> None:
    alarms = {
        key.removeprefix("Alarms")[:-8]
        for key in production.application.of_type("CloudWatch::Alarm")
    }
    symptoms = runbooks.read(name).text.partition("## Symptoms")[2].partition("## Diagnosis")[0]
    for line in symptoms.splitlines():
        head = line.partition("Alarm ")[2]
        for alarm in re.findall(r"`([A-Z][A-Za-z]+)`", head):
            assert alarm in alarms, alarm


@pytest.mark.parametrize("name", EVERYTHING)
def test_the_routes_exist(name: str) -> None:
    paths = {re.sub(r"\{\w+\}", "*", route.path) for route in ROUTES}
    text = runbooks.read(name).text
    asked = re.findall(r"\bask \"?(/[^\s\"`]+)", text)
    asked += re.findall(r"`(?:GET|POST|PUT|PATCH|DELETE) (/[^`\s]+)`", text)
    asked += re.findall(r"\$API(/[a-z./-]+)", text)
    for path in asked:
        plain = re.sub(r"\$\w+", "*", path.partition("?")[0])
        assert re.sub(r"^/admin/queues/\w+/", "/admin/queues/*/", plain) in paths, path


@pytest.mark.parametrize("name", NAMES)
def test_our_commands_exist(name: str) -> None:
    for command in re.findall(r"\.venv/bin/assay ([a-z-]+)", runbooks.read(name).text):
        assert command in set(cli.app), command


def test_no_webhook_is_there_that_its_runbook_does_not_know() -> None:
    has_webhooks = any(route.path.startswith("/webhooks") for route in ROUTES)

    assert has_webhooks == ("/webhooks" in runbooks.read("webhook-failures").text)
