"""Questions as QTI 3.0 items, and a package of them.

What QTI has no word for is said by its own means of extension, so that the items keep to its
schema: context variables, and classes within a rubric block for scorers; see `seeds/README.md`.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement

from shared.adapters.content_files import qti_names as qti
from shared.adapters.content_files.qti_text import write_blocks, write_words
from shared.domain.errors import InvalidContentError
from shared.domain.question import Question, QuestionType, Rubric
from shared.version import VERSION

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
LANGUAGE: Final = "en"
TITLE_LENGTH: Final = 80
MOST_POINTS: Final = "10"
"""Of an essay, before its weight."""
_NOT_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_item(question: Question) -> bytes:
    """Return the item as XML in UTF-8.

    Raises `InvalidContentError` for characters that XML cannot carry.
    """
    item = _item(question)
    _declare(item, question)
    body = SubElement(item, qti.BODY)
    write_blocks(body, question.prompt)
    if question.takes_text:
        _add_text(body, question)
    else:
        _add_choices(body, question)
    if question.rubric:
        _add_rubric(body, question.rubric)
    if question.type is QuestionType.THEORETICAL:
        _add_processing(item)
        _add_explanations(item, question)
    return _serialized(item, question.slug)


def write_manifest(questions: Sequence[Question], path_of: dict[str, str]) -> bytes:
    """Return the manifest of a package; `path_of` has the path of each item by slug."""
    manifest = Element(
        "manifest", {"xmlns": qti.PACKAGE_NAMESPACE, "identifier": "assay-questions"}
    )
    metadata = SubElement(manifest, "metadata")
    SubElement(metadata, "schema").text = "QTI Package"
    SubElement(metadata, "schemaversion").text = "3.0.0"
    SubElement(manifest, "organizations")
    resources = SubElement(manifest, "resources")
    for question in questions:
        href = path_of[question.slug]
        said = {
            "identifier": qti.to_identifier(question.slug),
            "type": qti.ITEM_RESOURCE,
            "href": href,
        }
        SubElement(SubElement(resources, "resource", said), "file", {"href": href})
    return _serialized(manifest, qti.MANIFEST)


def _item(question: Question) -> Element:
    title = " ".join(question.prompt.split())
    return Element(
        qti.ITEM,
        {
            "xmlns": qti.NAMESPACE,
            "xmlns:xsi": XSI,
            "xsi:schemaLocation": f"{qti.NAMESPACE} {qti.SCHEMA}",
            "identifier": qti.to_identifier(question.slug),
            "title": title if len(title) <= TITLE_LENGTH else f"{title[: TITLE_LENGTH - 1]}…",
            "adaptive": "false",
            "time-dependent": "false",
            "xml:lang": LANGUAGE,
            "tool-name": qti.TOOL,
            "tool-version": VERSION,
        },
    )


def _declare(item: Element, question: Question) -> None:
    _context(item, qti.TRACK, [question.track_id])
    _context(item, qti.TYPE, [question.type])
    _context(item, qti.DOMAIN, [question.domain])
    _context(item, qti.LEVEL, [question.level])
    _context(item, qti.SKILLS, question.skills, is_list=True)
    _context(item, qti.WEIGHT, [f"{question.weight!r}"], base_type="float")
    if question.time_limit_seconds is not None:
        _context(item, qti.TIME_LIMIT, [f"{question.time_limit_seconds}"], base_type="integer")
    for option in question.options:
        name = f"{qti.INTERESTS}{qti.to_identifier(option.id)}"
        _context(item, name, option.interests, is_list=True)
    cardinality = "multiple" if question.multiple else "single"
    response = _declaration(
        item,
        qti.RESPONSE,
        qti.ANSWER,
        cardinality,
        "string" if question.takes_text else "identifier",
    )
    if question.correct_options:
        _values(
            SubElement(response, qti.CORRECT),
            [qti.to_identifier(o.id) for o in question.options if o.correct],
        )
    if question.type is QuestionType.PROFILE:
        return
    score = _declaration(item, qti.OUTCOME, qti.SCORE, "single", "float")
    if question.type is QuestionType.ESSAY:
        score.attrib |= {"external-scored": "human", "normal-maximum": MOST_POINTS}
    else:
        score.set("normal-maximum", "1")
        _declaration(item, qti.OUTCOME, qti.SHOWN, cardinality, "identifier")


def _context(
    item: Element,
    name: str,
    values: Iterable[str],
    *,
    is_list: bool = False,
    base_type: str = "string",
) -> None:
    said = list(values)
    if said:
        cardinality = "multiple" if is_list else "single"
        declaration = _declaration(item, qti.CONTEXT, name, cardinality, base_type)
        _values(SubElement(declaration, qti.DEFAULT), said)


def _declaration(
    item: Element, kind: str, identifier: str, cardinality: str, base_type: str
) -> Element:
    said = {"identifier": identifier, "cardinality": cardinality, "base-type": base_type}
    return SubElement(item, kind, said)


def _values(parent: Element, values: Iterable[str]) -> None:
    for value in values:
        SubElement(parent, qti.VALUE).text = value


def _add_text(body: Element, question: Question) -> None:
    interaction = SubElement(body, qti.TEXT, {"response-identifier": qti.ANSWER})
    if question.max_length is not None:
        interaction.set("expected-length", f"{question.max_length}")


def _add_choices(body: Element, question: Question) -> None:
    said = {
        "response-identifier": qti.ANSWER,
        "shuffle": "false",
        "max-choices": "0" if question.multiple else "1",
    }
    interaction = SubElement(body, qti.CHOICES, said)
    for option in question.options:
        identifier = qti.to_identifier(option.id)
        write_words(SubElement(interaction, qti.CHOICE, {"identifier": identifier}), option.text)


def _add_rubric(body: Element, rubric: Rubric) -> None:
    block = SubElement(body, qti.RUBRIC, {"use": "scoring", "view": "scorer"})
    content = SubElement(block, qti.CONTENT)
    for criterion in rubric.criteria:
        part = SubElement(content, "div", {"class": qti.CRITERION})
        heading = SubElement(part, "p")
        _span(heading, qti.NAME, criterion.name, " (")
        _span(heading, qti.SHARE, f"{criterion.weight!r}", ")")
        levels = SubElement(part, "ul")
        for level in criterion.levels:
            line = SubElement(levels, "li")
            _span(line, qti.POINTS, f"{level.score!r}", ": ")
            _span(line, qti.WORDS, level.description)
    for point in rubric.key_points:
        part = SubElement(content, "div", {"class": qti.KEY_POINT})
        heading = SubElement(part, "p")
        _span(heading, qti.NAME, point.id, ": ")
        _span(heading, qti.WORDS, point.text, " (")
        _span(heading, qti.SHARE, f"{point.weight!r}", ")")
        for group in point.terms:
            line = SubElement(part, "p", {"class": qti.TERMS})
            for term in group:
                _span(line, qti.TERM, term, " ")
    answer = SubElement(content, "div", {"class": qti.REFERENCE})
    write_blocks(answer, rubric.reference_answer)


def _span(parent: Element, name: str, text: str, tail: str = "") -> None:
    span = SubElement(parent, "span", {"class": name})
    span.text, span.tail = text, tail


def _add_processing(item: Element) -> None:
    """Score as Assay does: 1 for exactly the key, 0 otherwise; explain what was chosen."""
    processing = SubElement(item, qti.PROCESSING)
    condition = SubElement(processing, "qti-response-condition")
    right = SubElement(condition, "qti-response-if")
    match = SubElement(right, "qti-match")
    SubElement(match, "qti-variable", {"identifier": qti.ANSWER})
    SubElement(match, "qti-correct", {"identifier": qti.ANSWER})
    _set_score(right, "1")
    _set_score(SubElement(condition, "qti-response-else"), "0")
    shown = SubElement(processing, "qti-set-outcome-value", {"identifier": qti.SHOWN})
    SubElement(shown, "qti-variable", {"identifier": qti.ANSWER})


def _set_score(branch: Element, score: str) -> None:
    assignment = SubElement(branch, "qti-set-outcome-value", {"identifier": qti.SCORE})
    SubElement(assignment, "qti-base-value", {"base-type": "float"}).text = score


def _add_explanations(item: Element, question: Question) -> None:
    for option in question.options:
        said = {
            "outcome-identifier": qti.SHOWN,
            "identifier": qti.to_identifier(option.id),
            "show-hide": "show",
        }
        feedback = SubElement(item, qti.FEEDBACK, said)
        write_blocks(SubElement(feedback, qti.CONTENT), option.explanation)


def _serialized(root: Element, name: str) -> bytes:
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode", xml_declaration=False)
    if odd := _NOT_XML.search(text):
        raise InvalidContentError(
            (("", f"{name} has the character U+{ord(odd[0]):04X}, which XML has not; use YAML"),)
        )
    # A parser makes line feeds of these in text; those in attributes are written so already.
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{text}\n".replace("\r", "&#13;").encode()
