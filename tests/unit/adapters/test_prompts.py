"""Prompts are released files; what goes into them is the question, the rubric and the answer."""

from dataclasses import fields
from hashlib import sha256
from typing import Final

import pytest

from shared.adapters.openai.essay_prompt import render_task
from shared.adapters.openai.summary_prompt import facts_as_json
from shared.adapters.prompts import FOLDER, RenderedPrompt, load_prompt
from shared.domain.essay import EssayTask
from shared.domain.question import KeyPoint
from shared.domain.recommendation import SummaryFacts
from tests.builders import a_rubric, a_user, an_essay_question

RELEASED: Final = {
    "score_essay.v1": "f44201e5692c0d7f269e32ad0ed57530888b73a1f6e8d5e18806d9fe19d0250b",
    "summarize.v1": "50895b11ce101aa4d4482506aa83229ba784fa7e39cd9e19c463b938c2715a86",
}
"""Scores point at these. To change a prompt, add a file with the next number and its hash."""

MARKER: Final = "0123456789abcdef"
POINTS: Final = (
    KeyPoint(id="k1", text="Writes succeed or fail together.", weight=3),
    KeyPoint(id="k2", text="Others see no half-done work.", weight=1.5),
)


def rendered(answer: str = "It is atomic.") -> RenderedPrompt:
    question = an_essay_question(
        prompt="Explain what transactions are for.", rubric=a_rubric(key_points=POINTS)
    )
    task = EssayTask(question=question, answer=answer)
    return render_task(load_prompt("score_essay.v1"), task, answer=answer, marker=MARKER)


def test_released_prompts_are_unchanged() -> None:
    files = {path.stem: sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.md")}
    assert files == RELEASED


@pytest.mark.parametrize("version", RELEASED)
def test_a_prompt_knows_its_version_and_hash(version: str) -> None:
    prompt = load_prompt(version)
    assert (prompt.version, prompt.hash) == (version, RELEASED[version])


def test_a_file_without_both_parts_is_no_prompt(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("prompts")
    (folder / "broken.v1.md").write_text("# System\n\nMark it.\n")
    monkeypatch.setattr("shared.adapters.prompts.FOLDER", folder)

    with pytest.raises(ValueError, match=r"broken\.v1\.md has no parts"):
        load_prompt("broken.v1")


def test_the_question_and_all_of_the_rubric_go_in() -> None:
    prompt = rendered().user

    assert "Explain what transactions are for." in prompt
    for name in ("accuracy", "clarity", "coherence"):
        assert f"### {name}\n- 2: An answer worth 2" in prompt
    assert "- 10: An answer worth 10" in prompt
    assert "- [3] Writes succeed or fail together.\n- [1.5] Others see no half-done work." in prompt
    assert prompt.endswith("on these criteria: accuracy, clarity, coherence.")


def test_the_answer_stands_between_markers_and_only_there() -> None:
    prompt = rendered()

    assert f"<answer {MARKER}>\nIt is atomic.\n</answer {MARKER}>" in prompt.user
    assert prompt.user.count("It is atomic.") == 1
    assert "It is atomic." not in prompt.system


def test_what_is_put_in_is_not_filled_in_again() -> None:
    assert "$question ${marker} $$" in rendered("$question ${marker} $$").user


def test_a_task_has_no_place_for_an_identity() -> None:
    user = a_user(email="ada@uni.edu", name="Ada Lovelace")

    assert {field.name for field in fields(EssayTask)} == {"question", "answer"}
    prompt = f"{rendered().system} {rendered().user}".lower()
    for word in (user.id, user.email, user.name.lower(), "student id", "e-mail"):
        assert word not in prompt


def test_nothing_asks_for_a_total() -> None:
    assert "Do not add up, average or weigh the marks." in rendered().system


def test_facts_name_no_one_and_no_id() -> None:
    facts = SummaryFacts(
        track_name="Backend Engineer",
        overall_score=72,
        band="proficient",
        strengths=(),
        improvements=("Übe „Transaktionen“.",),
        domains=(("Databases", 80),),
        items=(),
    )

    known = facts_as_json(facts)

    assert "Übe „Transaktionen“." in known  # readable, not escaped: tokens are paid for
    assert '"credentials": []' in known
    assert not any(word in known for word in ("student", "email", "credentialId"))
