"""QTI 3.0 items: the shape in which they leave, and which of other systems' come in."""

from dataclasses import replace
from typing import Any, Final

import pytest

from shared.adapters.content_files import qti_names as qti
from shared.adapters.content_files.faults import UnreadableError
from shared.adapters.content_files.qti_reader import read_item
from shared.adapters.content_files.qti_writer import write_item
from shared.adapters.content_files.xml_tree import parse
from shared.domain.errors import InvalidContentError
from shared.domain.question import QuestionType
from shared.domain.question_bank import written_question
from shared.domain.transfer import Place, QuestionRow
from shared.ports.content_files import Defaults
from tests.builders import (
    a_profile_question,
    a_theoretical_question,
    an_essay_question,
    an_option,
    three_options,
)

DEFAULTS: Final = Defaults(
    track_id="backend-engineer", domain="backend.databases", level="beginner"
)
CHOICE: Final = f"""\
<qti-assessment-item xmlns="{qti.NAMESPACE}" identifier="capital" title="C" time-dependent="false">
  <qti-response-declaration identifier="R" cardinality="single" base-type="identifier">
    <qti-correct-response><qti-value>b</qti-value></qti-correct-response>
  </qti-response-declaration>
  <qti-item-body>
    <div><p>What  is <b>the</b>
      capital?</p><pre>a
  b</pre></div>
    <qti-choice-interaction response-identifier="R" max-choices="1">
      <qti-prompt>Choose one.</qti-prompt>
      <qti-simple-choice identifier="a">Bonn<br/>(then)</qti-simple-choice>
      <qti-simple-choice identifier="b"><p>Berlin</p></qti-simple-choice>
    </qti-choice-interaction>
  </qti-item-body>
</qti-assessment-item>"""
ESSAY: Final = f"""\
<qti-assessment-item xmlns="{qti.NAMESPACE}" identifier="why" title="W" time-dependent="false">
  <qti-response-declaration identifier="R" cardinality="single" base-type="string"/>
  <qti-item-body><p>Why?</p>
    <qti-extended-text-interaction response-identifier="R" expected-length="500"/>
    <qti-rubric-block use="scoring" view="scorer"><qti-content-body><p>Be kind.</p>
    </qti-content-body></qti-rubric-block>
  </qti-item-body>
</qti-assessment-item>"""


def read(text: str | bytes, defaults: Defaults = DEFAULTS) -> QuestionRow:
    content = text.encode() if isinstance(text, str) else text
    return read_item(content, Place(row=1), defaults)


def refusal(text: str, defaults: Defaults = DEFAULTS) -> str:
    with pytest.raises(UnreadableError) as caught:
        read(text, defaults)
    return f"{caught.value.pointer}: {caught.value}"


@pytest.mark.parametrize(
    "question",
    [
        a_theoretical_question(options=three_options()),
        a_theoretical_question(
            options=tuple(replace(o, correct=o.id != "c") for o in three_options()), multiple=True
        ),
        an_essay_question(),
        a_profile_question(options=(an_option("a", interests=("sql",)), an_option("b"))),
        a_profile_question(free_text=True),
        a_theoretical_question(slug="1-of-many", options=three_options()),
        replace(a_theoretical_question(options=three_options()), time_limit_seconds=None),
    ],
    ids=["single", "multiple", "essay", "profile", "free-text", "digit-first", "no-time-limit"],
)
def test_an_item_is_read_as_it_was_written(question: Any) -> None:
    row = read(write_item(question), Defaults())

    assert row.content == written_question(question)
    assert (row.track_id, row.kind, row.place.slug) == (
        question.track_id,
        question.type,
        question.slug,
    )


@pytest.mark.parametrize(
    "prompt",
    [
        "One.\n\nTwo.",
        "Code:\n  if a < b & c:\n    return",
        "Three\n\n\nblank lines",
        "tab\there",
        "carriage\r\nreturn",
        "non\u00a0breaking",
        "]]> <b>no markup</b> &amp;",
    ],
)
def test_white_space_and_markup_of_a_prompt_are_kept(prompt: str) -> None:
    question = an_essay_question(prompt=prompt)

    assert read(write_item(question)).content["prompt"] == prompt


def test_an_item_has_the_shape_that_qti_asks() -> None:
    item = parse(write_item(a_theoretical_question(slug="be-t-1", options=three_options())))
    names = {"q": qti.NAMESPACE}

    assert item.tag == f"{{{qti.NAMESPACE}}}qti-assessment-item"
    assert {"identifier": "be-t-1", "time-dependent": "false", "adaptive": "false"}.items() <= (
        item.attrib.items()
    )
    order = [qti.ORDER.index(child.tag.partition("}")[2]) for child in item]
    assert order == sorted(order)
    response = item.find("q:qti-response-declaration", names)
    assert response is not None
    assert response.attrib == {
        "identifier": "RESPONSE",
        "cardinality": "single",
        "base-type": "identifier",
    }
    assert [v.text for v in item.iterfind(".//q:qti-correct-response/q:qti-value", names)] == ["a"]
    interaction = item.find("q:qti-item-body/q:qti-choice-interaction", names)
    assert interaction is not None
    assert interaction.get("max-choices") == "1"
    assert [c.get("identifier") for c in interaction] == ["a", "b", "c"]
    assert [f.get("identifier") for f in item.iterfind("q:qti-modal-feedback", names)] == [
        "a",
        "b",
        "c",
    ]


def test_what_is_right_is_not_shown_with_an_essay() -> None:
    item = parse(write_item(an_essay_question()))

    blocks = [e for e in item.iter() if e.tag.endswith("}qti-rubric-block")]
    assert [(b.get("use"), b.get("view")) for b in blocks] == [("scoring", "scorer")]
    outside = "".join(item.itertext()).replace("".join(blocks[0].itertext()), "")
    answer = an_essay_question().rubric
    assert answer is not None
    assert answer.reference_answer not in outside


def test_text_that_xml_cannot_carry_is_refused_by_name() -> None:
    with pytest.raises(InvalidContentError, match=r"bell has the character U\+0007.*YAML"):
        write_item(an_essay_question(slug="bell", prompt="Ring \x07!"))


def test_an_item_of_another_system_becomes_a_question() -> None:
    row = read(CHOICE)

    assert row.kind is QuestionType.THEORETICAL
    assert row.content == {
        "id": "capital",
        "domain": "backend.databases",
        "level": "beginner",
        "skills": [],
        "prompt": "What is the capital?\n\na\n  b\n\nChoose one.",
        "multiple": False,
        "options": [
            {"id": "a", "text": "Bonn (then)", "correct": False},
            {"id": "b", "text": "Berlin", "correct": True},
        ],
    }


def test_without_a_key_it_is_about_the_student() -> None:
    start, end = CHOICE.index("<qti-correct"), CHOICE.index("</qti-response-declaration>")

    row = read(CHOICE[:start] + CHOICE[end:])

    assert row.kind is QuestionType.PROFILE
    assert row.content["options"][0] == {"id": "a", "text": "Bonn (then)", "interests": []}


def test_an_essay_of_another_system_needs_a_rubric_that_qti_cannot_say() -> None:
    assert "/rubric: QTI has no words" in refusal(ESSAY)
    assert "as YAML" in refusal(ESSAY)


def test_what_is_said_to_be_about_the_student_needs_none() -> None:
    row = read(ESSAY, replace(DEFAULTS, kind=QuestionType.PROFILE))

    assert (row.content["freeText"], row.content["maxLength"]) == (True, 500)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("qti-assessment-item", "assessmentItem", "QTI 2; convert"),
        (qti.NAMESPACE, "urn:else", "is no qti-assessment-item in the namespace"),
        (' title="C"', "", "has no title"),
        (' title="C"', ' title="C" adaptive="true"', "adaptive"),
        ("<qti-item-body>", "<p/><qti-item-body>", "<p> is no child"),
        ("<qti-item-body>", "<qti-template-processing/><qti-item-body>", "no variants"),
        (
            "<qti-item-body>",
            '<qti-assessment-stimulus-ref identifier="s" href="s.xml"/><qti-item-body>',
            "put its text into the item",
        ),
        ("</qti-item-body>", "</qti-item-body><qti-stylesheet/>", "not in QTI's order"),
        ("</qti-item-body>", "</qti-item-body><qti-item-body/>", "has 2 qti-item-body"),
        ("choice-interaction", "match-interaction", "<qti-match-interaction> is not read"),
        (
            "</qti-item-body>",
            '<qti-extended-text-interaction response-identifier="R"/></qti-item-body>',
            "has 2 interactions",
        ),
        ('interaction response-identifier="R"', 'interaction response-identifier="S"', "of 'S'"),
        ('base-type="identifier"', 'base-type="string"', "another base-type"),
        ('max-choices="1"', 'max-choices="0"', "contradict"),
        ("<qti-value>b<", "<qti-value>z<", "'z', which is no choice"),
        ("<p>Berlin</p>", '<img src="b.png"/>', "<img> is more than text"),
        ("<div>", "<div><table/>", "<table> is more than text"),
        ("<div>", "<span/><div>", "<span> in the body"),
    ],
)
def test_an_item_that_no_question_can_be_is_refused(old: str, new: str, said: str) -> None:
    assert old in CHOICE

    assert said in refusal(CHOICE.replace(old, new))


def test_it_must_be_said_of_which_track_it_is() -> None:
    assert "/trackId: the item names no track" in refusal(CHOICE, Defaults())


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (qti.TYPE, "riddle", "not one of theoretical"),
        (qti.TYPE, "essay", "an essay is answered with text"),
        (qti.WEIGHT, "heavy", "ASSAY_WEIGHT is 'heavy', which is no number"),
    ],
)
def test_context_that_makes_no_sense_is_refused(name: str, value: str, said: str) -> None:
    declared = (
        f'<qti-context-declaration identifier="{name}" cardinality="single" base-type="string">'
        f"<qti-default-value><qti-value>{value}</qti-value></qti-default-value>"
        "</qti-context-declaration><qti-response-declaration"
    )

    assert said in refusal(CHOICE.replace("<qti-response-declaration", declared, 1))


def test_a_rubric_that_lost_a_part_is_refused() -> None:
    text = write_item(an_essay_question()).decode()

    assert "no score, or no description" in refusal(text.replace("assay-score", "x", 1))
    assert "a part of the rubric has no assay-name" in refusal(text.replace("assay-name", "x", 1))
