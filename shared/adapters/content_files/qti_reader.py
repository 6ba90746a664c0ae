"""QTI 3.0 items as questions, by the names of the seed files.

What no question of Assay can be is refused by its name: other interactions, templates, adaptive
items, anything but text. What a question needs and the item does not say is left out, for the
review that every write meets to report.
"""

from collections.abc import Iterable
from typing import Any, Final
from xml.etree.ElementTree import Element

from shared.adapters.content_files import qti_names as qti
from shared.adapters.content_files.faults import UnreadableError
from shared.adapters.content_files.qti_text import BLOCKS, local, read_text
from shared.adapters.content_files.xml_tree import parse
from shared.domain.question import QuestionType
from shared.domain.track import TrackId
from shared.domain.transfer import Place, QuestionRow
from shared.ports.content_files import Defaults

REQUIRED: Final = ("identifier", "title", "time-dependent")
INTERACTIONS: Final = (qti.CHOICES, qti.TEXT)
LISTS: Final = frozenset({qti.SKILLS})


def read_item(content: bytes, place: Place, defaults: Defaults) -> QuestionRow:
    """Return the item as a row; raise `UnreadableError` for what no question can be."""
    item = parse(content)
    _ensure_item(item)
    said = _context(item)
    body = _one(item, qti.BODY)
    interaction = _interaction(body)
    kind = _kind(said, item, interaction, defaults)
    slug = qti.to_slug(item.attrib["identifier"])
    written: dict[str, Any] = {
        "id": slug,
        "domain": said.get(qti.DOMAIN) or defaults.domain,
        "level": said.get(qti.LEVEL) or defaults.level,
        "skills": said.get(qti.SKILLS, []),
        "prompt": _prompt(body, interaction),
    }
    if weight := said.get(qti.WEIGHT):
        written["weight"] = _number(weight, qti.WEIGHT)
    if limit := said.get(qti.TIME_LIMIT):
        written["timeLimitSeconds"] = _number(limit, qti.TIME_LIMIT)
    if local(interaction) == qti.TEXT:
        written |= _text(interaction, kind)
    else:
        written |= _choices(item, interaction, kind, said)
    if kind is QuestionType.ESSAY:
        written |= _rubric(body)
    track_id = said.get(qti.TRACK) or defaults.track_id
    if not track_id:
        raise UnreadableError(
            f"the item names no track; declare {qti.TRACK}, or import with ?trackId=",
            pointer="/trackId",
        )
    return QuestionRow(
        place=Place(file=place.file, row=place.row, slug=slug),
        track_id=TrackId(track_id),
        kind=kind,
        content={name: value for name, value in written.items() if value is not None},
    )


def _ensure_item(item: Element) -> None:
    name = local(item)
    if name == "assessmentItem":
        raise UnreadableError("this is an item of QTI 2; convert it to QTI 3.0")
    if item.tag != f"{{{qti.NAMESPACE}}}{qti.ITEM}":
        raise UnreadableError(f"<{name}> is no {qti.ITEM} in the namespace {qti.NAMESPACE}")
    if missing := [n for n in REQUIRED if not item.get(n, "").strip()]:
        raise UnreadableError(f"{qti.ITEM} has no {missing[0]}, which QTI demands")
    if item.get("adaptive") == "true":
        raise UnreadableError("an adaptive item is asked in turns; Assay asks a question once")
    order = [local(child) for child in item]
    if unknown := [n for n in order if n not in qti.ORDER]:
        raise UnreadableError(f"<{unknown[0]}> is no child of {qti.ITEM} in QTI 3.0")
    if order != sorted(order, key=qti.ORDER.index):
        raise UnreadableError(f"the children of {qti.ITEM} are not in QTI's order")
    if templates := [n for n in order if n.startswith("qti-template")]:
        raise UnreadableError(f"<{templates[0]}>: Assay makes no variants; write the item out")
    if "qti-assessment-stimulus-ref" in order:
        raise UnreadableError("the stimulus stands in another file; put its text into the item")


def _context(item: Element) -> dict[str, Any]:
    """Return what the context variables say: lists where they are lists."""
    said: dict[str, Any] = {}
    for declaration in _all(item, qti.CONTEXT):
        name = declaration.get("identifier", "")
        values = _values_of(declaration, qti.DEFAULT)
        is_list = name in LISTS or name.startswith(qti.INTERESTS)
        said[name] = values if is_list else next(iter(values), None)
    return said


def _interaction(body: Element) -> Element:
    found = [e for e in body.iter() if local(e).endswith("-interaction")]
    if len(found) != 1:
        raise UnreadableError(f"the item has {len(found)} interactions; a question has one")
    if (name := local(found[0])) not in INTERACTIONS:
        raise UnreadableError(f"<{name}> is not read; only {' and '.join(INTERACTIONS)} are")
    return found[0]


def _kind(
    said: dict[str, Any], item: Element, interaction: Element, defaults: Defaults
) -> QuestionType:
    """Return the type that is said, or else the one that the item can only be."""
    if name := said.get(qti.TYPE):
        if name not in set(QuestionType):
            raise UnreadableError(f"{qti.TYPE} is {name!r}, not one of {', '.join(QuestionType)}")
        return QuestionType(name)
    if defaults.kind:
        return defaults.kind
    if local(interaction) == qti.TEXT:
        return QuestionType.ESSAY
    has_key = _values_of(_response(item, interaction), qti.CORRECT)
    return QuestionType.THEORETICAL if has_key else QuestionType.PROFILE


def _prompt(body: Element, interaction: Element) -> str:
    """Return all that is asked: the body but for what scorers read, and the prompt."""
    asked = [text for element in body if (text := _asked(element, interaction))]
    if (prompt := interaction.find(f"{{*}}{qti.PROMPT}")) is not None:
        asked.append(read_text(prompt))
    return "\n\n".join(asked)


def _asked(element: Element, interaction: Element) -> str:
    if element is interaction or local(element) == qti.RUBRIC:
        return ""
    if interaction in element.iter():
        return "\n\n".join(text for child in element if (text := _asked(child, interaction)))
    if local(element) not in BLOCKS:
        raise UnreadableError(f"<{local(element)}> in the body is not read; use paragraphs")
    return read_text(element)


def _text(interaction: Element, kind: QuestionType) -> dict[str, Any]:
    if kind is QuestionType.THEORETICAL:
        raise UnreadableError(f"a theoretical question has options, not <{qti.TEXT}>")
    length = interaction.get("expected-length")
    written: dict[str, Any] = {
        "maxLength": _number(length, "expected-length") if length is not None else None
    }
    if kind is QuestionType.PROFILE:
        written |= {"multiple": False, "options": [], "freeText": True}
    return written


def _choices(
    item: Element, interaction: Element, kind: QuestionType, said: dict[str, Any]
) -> dict[str, Any]:
    if kind is QuestionType.ESSAY:
        raise UnreadableError(f"an essay is answered with text, not with <{qti.CHOICES}>")
    response = _response(item, interaction)
    is_multiple = response.get("cardinality") == "multiple"
    if response.get("base-type") != "identifier":
        raise UnreadableError("the response to choices has another base-type than identifier")
    if is_multiple == (interaction.get("max-choices", "1") == "1"):
        raise UnreadableError("max-choices and the cardinality of the response contradict")
    choices = _all(interaction, qti.CHOICE)
    names = [choice.get("identifier", "") for choice in choices]
    key = _values_of(response, qti.CORRECT)
    if stray := [name for name in key if name not in names]:
        raise UnreadableError(f"the correct response names {stray[0]!r}, which is no choice")
    explained = {e.get("identifier"): read_text(e) for e in _all(item, qti.FEEDBACK)}
    options: list[dict[str, Any]] = []
    for name, choice in zip(names, choices, strict=True):
        option: dict[str, Any] = {"id": qti.to_slug(name), "text": read_text(choice)}
        if kind is QuestionType.PROFILE:
            option["interests"] = said.get(f"{qti.INTERESTS}{name}", [])
        else:
            option["correct"] = name in key
            if name in explained:
                option["explanation"] = explained[name]
        options.append(option)
    written: dict[str, Any] = {"multiple": is_multiple, "options": options}
    return written | ({"freeText": False} if kind is QuestionType.PROFILE else {})


def _rubric(body: Element) -> dict[str, Any]:
    """Return the rubric as Assay wrote it; of other rubrics only a person can make criteria."""
    parts = [e for block in _all(body, qti.RUBRIC) for e in block.iter()]
    criteria = [e for e in parts if e.get("class") == qti.CRITERION]
    points = [e for e in parts if e.get("class") == qti.KEY_POINT]
    answers = [e for e in parts if e.get("class") == qti.REFERENCE]
    if not (criteria and points and answers):
        raise UnreadableError(
            "QTI has no words for criteria with levels, key points and a reference answer, and "
            "this item does not have them as Assay writes them; import the essay as YAML",
            pointer="/rubric",
        )
    return {
        "rubric": {
            "criteria": [_criterion(part) for part in criteria],
            "keyPoints": [_key_point(part) for part in points],
            "referenceAnswer": "\n\n".join(map(read_text, answers)),
        }
    }


def _criterion(part: Element) -> dict[str, Any]:
    scores, texts = _spans(part, qti.POINTS), _spans(part, qti.WORDS)
    if len(scores) != len(texts):
        raise UnreadableError("a level has no score, or no description", pointer="/rubric/criteria")
    return {
        "name": _first(part, qti.NAME),
        "weight": _number(_first(part, qti.SHARE), qti.SHARE),
        "levels": [
            {"score": _number(score, qti.POINTS), "description": text}
            for score, text in zip(scores, texts, strict=True)
        ],
    }


def _key_point(part: Element) -> dict[str, Any]:
    groups = [e for e in part.iter() if e.get("class") == qti.TERMS]
    return {
        "id": _first(part, qti.NAME),
        "text": _first(part, qti.WORDS),
        "weight": _number(_first(part, qti.SHARE), qti.SHARE),
        "terms": [_spans(group, qti.TERM) for group in groups],
    }


def _spans(part: Element, name: str) -> list[str]:
    return ["".join(e.itertext()) for e in part.iter() if e.get("class") == name]


def _first(part: Element, name: str) -> str:
    if not (found := _spans(part, name)):
        raise UnreadableError(f"a part of the rubric has no {name}", pointer="/rubric")
    return found[0]


def _response(item: Element, interaction: Element) -> Element:
    wanted = interaction.get("response-identifier")
    for declaration in _all(item, qti.RESPONSE):
        if declaration.get("identifier") == wanted:
            return declaration
    raise UnreadableError(f"there is no {qti.RESPONSE} of {wanted!r}")


def _one(parent: Element, name: str) -> Element:
    if len(found := _all(parent, name)) != 1:
        raise UnreadableError(f"{local(parent)} has {len(found)} {name}, not one")
    return found[0]


def _all(parent: Element, name: str) -> list[Element]:
    return parent.findall(f"{{*}}{name}")


def _values_of(declaration: Element, part: str) -> list[str]:
    values: Iterable[Element] = declaration.iterfind(f"{{*}}{part}/{{*}}{qti.VALUE}")
    return ["".join(value.itertext()).strip() for value in values]


def _number(text: str, name: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise UnreadableError(f"{name} is {text!r}, which is no number") from None
    return int(number) if number.is_integer() else number
