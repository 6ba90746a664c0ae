from pathlib import Path
from typing import Any

import pytest
import yaml

from local_stack.errors import LocalStackError
from local_stack.sample_answers import SampleAnswers
from local_stack.settings import ROOT
from local_stack.student import Option, Question

TRACKS = sorted(path.parent for path in (ROOT / "seeds" / "tracks").glob("*/track.yaml"))
REFERENCE = "One. Two. Three. Four. Five. Six. Seven. Eight. Nine. Ten."

QUESTIONS = {
    "questions": [
        *(
            {
                "prompt": f"Which is right ({n})?\n",
                "options": [
                    {"id": "a", "text": "the right one", "correct": True},
                    {"id": "b", "text": "the wrong one", "correct": False},
                ],
            }
            for n in range(3)
        ),
        *(
            {"prompt": f"Explain ({n}).", "rubric": {"referenceAnswer": REFERENCE}}
            for n in range(3)
        ),
    ]
}


@pytest.fixture
def sample(tmp_path: Path) -> SampleAnswers:
    (tmp_path / "pool.yaml").write_text(yaml.safe_dump(QUESTIONS))
    return SampleAnswers(tmp_path)


def a_question(prompt: str, *, type: Any = "theoretical", **fields: Any) -> Question:
    return Question(id=prompt, position=1, type=type, prompt=prompt, domain="d", **fields)


def a_choice(prompt: str) -> Question:
    """As the API shows it: other ids, another order, other line breaks."""
    options = [Option(id="x", text="the wrong\none"), Option(id="y", text="the right one")]
    return a_question(prompt, options=options, multiple=False)


def test_options_are_found_by_their_wording(sample: SampleAnswers) -> None:
    answers = sample.answer_all([a_choice("Which is  right (0)?")])

    assert answers["Which is  right (0)?"].selected == ["y"]


def test_a_student_is_wrong_now_and_then(sample: SampleAnswers) -> None:
    answers = sample.answer_all([a_choice(f"Which is right ({n})?") for n in range(3)])

    assert [answer.selected for answer in answers.values()] == [["y"], ["y"], ["x"]]


def test_essays_leave_out_more_each_time(sample: SampleAnswers) -> None:
    essays = [a_question(f"Explain ({n}).", type="essay") for n in range(3)]

    texts = [answer.text or "" for answer in sample.answer_all(essays).values()]

    assert [text.split()[-1] for text in texts] == ["Nine.", "Seven.", "Five."]


def test_profile_questions_get_as_many_options_as_they_take(sample: SampleAnswers) -> None:
    options = [Option(id=c, text=c) for c in "abcd"]
    one = a_question("One?", type="profile", options=options, multiple=False)
    some = a_question("Some?", type="profile", options=options, multiple=True)

    answers = sample.answer_all([one, some])

    assert answers["One?"].selected == ["a"]
    assert answers["Some?"].selected == ["b", "c"]


def test_free_text_keeps_to_its_limit(sample: SampleAnswers) -> None:
    free = a_question("What draws you?", type="profile", max_length=40)

    assert len(sample.answer_all([free])["What draws you?"].text or "") == 40


def test_a_track_without_questions_is_explained(tmp_path: Path) -> None:
    with pytest.raises(LocalStackError, match="no questions"):
        SampleAnswers(tmp_path)


@pytest.mark.parametrize("track", TRACKS, ids=lambda path: path.name)
def test_every_seeded_question_gets_a_sensible_answer(track: Path) -> None:
    sample = SampleAnswers(track)
    for name in ("theoretical", "essay"):
        text = (track / f"{name}.yaml").read_text()
        for seed in yaml.load(text, yaml.CSafeLoader)["questions"]:
            options = [Option(id=o["id"], text=o["text"]) for o in seed.get("options", ())]
            question = a_question(seed["prompt"], type=name, options=options or None)
            answer = sample.answer_all([question])[seed["prompt"]]

            if name == "essay":
                assert len(answer.text or "") > 300
            else:
                assert answer.selected == [o["id"] for o in seed["options"] if o["correct"]]
