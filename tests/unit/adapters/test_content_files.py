"""Content out of files and into them: what is written is read back, and what is bad is named."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.content_files import archive, credential_table, xml_tree, yaml_text
from shared.adapters.content_files.faults import UnreadableError
from shared.adapters.content_files.files import SeedAndQtiFiles
from shared.adapters.seed_files.source import SeedFolder
from shared.domain.catalog import written_form
from shared.domain.question import Question, QuestionType
from shared.domain.question_bank import written_question
from shared.domain.recommendation import Credential
from shared.domain.transfer import MOST_ROWS, CredentialRow, QuestionRow, Row, Sheet
from shared.ports.content_files import (
    MOST_UNPACKED_BYTES,
    CatalogFormat,
    Defaults,
    Download,
    FileType,
    QuestionFormat,
    Upload,
)
from shared.ports.seed_source import Seeds
from tests.builders import a_credential, a_theoretical_question, a_track, three_options
from tests.fakes.ids import FakeIds

SEEDS: Final = Path(__file__).parents[3] / "seeds"
FILES: Final = SeedAndQtiFiles()
ESSAYS: Final = Defaults(track_id="backend-engineer", kind=QuestionType.ESSAY)
TEXTS: Final = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).map(str.strip)


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return SeedFolder(SEEDS, FakeIds()).read()


def uploaded(download: Download) -> Upload:
    return Upload(type=download.type, content=download.content)


def read_again(questions: Sequence[Question], format: QuestionFormat) -> Sheet[QuestionRow]:
    tracks = [a_track(id=track_id) for track_id in sorted({q.track_id for q in questions})]
    return FILES.read_questions(
        uploaded(FILES.write_questions(questions, tracks, format)), Defaults()
    )


def read_yaml(text: str | bytes, defaults: Defaults = ESSAYS) -> Sheet[QuestionRow]:
    content = text.encode() if isinstance(text, str) else text
    return FILES.read_questions(Upload(type=FileType.YAML, content=content), defaults)


def read_csv(text: str | bytes) -> Sheet[CredentialRow]:
    content = text.encode() if isinstance(text, str) else text
    return FILES.read_credentials(Upload(type=FileType.CSV, content=content))


def read_json(text: str) -> Sheet[CredentialRow]:
    return FILES.read_credentials(Upload(type=FileType.JSON, content=text.encode()))


def zipped(files: dict[str, str]) -> Upload:
    packed = archive.pack({name: text.encode() for name, text in files.items()})
    return Upload(type=FileType.ZIP, content=packed)


def the_fault(sheet: Sheet[Row] | Sheet[QuestionRow] | Sheet[CredentialRow]) -> str:
    assert sheet.rows == ()
    (fault,) = sheet.faults
    return f"{fault.place}{fault.pointer}: {fault.detail}"


class TestQuestions:
    @pytest.mark.parametrize("format", QuestionFormat)
    def test_every_question_of_the_seeds_comes_back_as_it_was_written(
        self, seeds: Seeds, format: QuestionFormat
    ) -> None:
        questions = [seed.content for seed in seeds.questions]

        sheet = read_again(questions, format)

        assert sheet.faults == ()
        read = {r.place.slug: (r.track_id, r.kind, r.content) for r in sheet.rows}
        assert read == {q.slug: (q.track_id, q.type, written_question(q)) for q in questions}

    def test_an_export_is_a_folder_of_seeds(self, seeds: Seeds, tmp_path: Path) -> None:
        questions = [seed.content for seed in seeds.questions]
        tracks = [seed.content for seed in seeds.tracks]
        file = FILES.write_questions(questions, tracks, QuestionFormat.YAML)
        zipfile.ZipFile(io.BytesIO(file.content)).extractall(tmp_path)
        (tmp_path / "skills.yaml").write_bytes((SEEDS / "skills.yaml").read_bytes())

        read = SeedFolder(tmp_path, FakeIds()).read()

        hashes = {seed.content.slug: seed.content_hash for seed in seeds.questions}
        assert {seed.content.slug: seed.content_hash for seed in read.questions} == hashes
        assert [seed.content_hash for seed in read.tracks] == [
            seed.content_hash for seed in seeds.tracks
        ]

    def test_one_pool_is_one_file(self) -> None:
        question = a_theoretical_question(options=three_options())

        file = FILES.write_pool([question])
        defaults = Defaults(track_id=question.track_id, kind=question.type)
        sheet = FILES.read_questions(uploaded(file), defaults)

        assert (file.name, file.type) == ("theoretical.yaml", FileType.YAML)
        assert [row.content for row in sheet.rows] == [written_question(question)]

    @pytest.mark.parametrize("format", QuestionFormat)
    @given(text=TEXTS.filter(bool))
    def test_whatever_an_author_writes_comes_back(self, format: QuestionFormat, text: str) -> None:
        options = (replace(three_options()[0], text=text, explanation=text), *three_options()[1:])
        question = a_theoretical_question(prompt=text, options=options)

        (row,) = read_again([question], format).rows

        assert row.content == written_question(question)

    def test_the_same_export_is_the_same_bytes(self, seeds: Seeds) -> None:
        questions = [seed.content for seed in seeds.questions[:5]]

        first, again = (
            FILES.write_questions(questions, [], QuestionFormat.QTI).content for _ in range(2)
        )

        assert first == again

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "nothing to import"),
            ("questions: []", "nothing to import"),
            ("questions: [", "not YAML"),
            ("- a", "no list `questions`"),
            ("questions: {}", "no list `questions`"),
            (b"questions: [\xff]", "byte 13 is not UTF-8"),
            ("questions: [2024-13-01]", "a value cannot be read"),
            ("questions: [&a x, *a]", "alias (*a)"),
            ("questions: !!python/object/apply:os.getcwd []", "not YAML"),
            ("[" * 30 + "]" * 30, "nested over 20 levels"),
            ("[" * 100_000, "nested over 20 levels"),
        ],
    )
    def test_yaml_that_cannot_be_read_says_why(self, text: str | bytes, said: str) -> None:
        assert said in the_fault(read_yaml(text))

    def test_entries_that_are_none_are_named_by_row(self) -> None:
        sheet = read_yaml("questions: [text, {1: x}, {id: good}]")

        assert [str(fault.place) for fault in sheet.faults] == ["row 1", "row 2"]
        assert [(str(row.place), row.place.slug) for row in sheet.rows] == [("row 3", "good")]

    @pytest.mark.parametrize("known", [Defaults(), replace(ESSAYS, kind=None)])
    def test_yaml_alone_needs_track_and_type(self, known: Defaults) -> None:
        assert "?trackId= and ?type=" in the_fault(read_yaml("questions: [{id: a}]", known))

    def test_more_rows_than_a_request_can_review_are_refused(self) -> None:
        text = "questions:\n" + "- {id: a}\n" * (MOST_ROWS + 1)

        assert f"at most {MOST_ROWS}" in the_fault(read_yaml(text))


class TestZips:
    def test_paths_say_track_and_type_and_the_rest_of_a_seed_folder_is_left_aside(self) -> None:
        sheet = FILES.read_questions(
            zipped(
                {
                    "my/tracks/poet/essay.yaml": "questions: [{id: a}]",
                    "my/tracks/poet/track.yaml": "id: poet",
                    "my/skills.yaml": "skills: []",
                    "my/credentials/all.yaml": "credentials: []",
                    "__MACOSX/x": "",
                }
            ),
            Defaults(),
        )

        (row,) = sheet.rows
        assert (row.track_id, row.kind, row.place.slug) == ("poet", QuestionType.ESSAY, "a")
        assert str(row.place) == "my/tracks/poet/essay.yaml row 1"
        assert sheet.faults == ()

    def test_a_file_of_another_name_is_a_fault_of_its_own(self) -> None:
        sheet = FILES.read_questions(
            zipped({"tracks/poet/essay.yaml": "questions: [{id: a}]", "essays.yaml": "x"}),
            Defaults(),
        )

        assert len(sheet.rows) == 1
        assert [str(fault.place) for fault in sheet.faults] == ["essays.yaml"]

    def test_what_is_no_zip_is_refused(self) -> None:
        upload = Upload(type=FileType.ZIP, content=b"PK\x03\x04 and nothing more")

        assert "not a zip" in the_fault(FILES.read_questions(upload, Defaults()))

    def test_a_broken_zip_is_refused(self) -> None:
        content = bytearray(zipped({"a.xml": "x" * 1000}).content)
        content[40] ^= 0xFF
        upload = Upload(type=FileType.ZIP, content=bytes(content))

        assert "not a zip that can be read" in the_fault(FILES.read_questions(upload, Defaults()))

    def test_a_zip_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bomb = zipped({"a.xml": " " * (MOST_UNPACKED_BYTES + 1)})
        assert len(bomb.content) < 20_000

        def unpacked(*_: object) -> None:
            pytest.fail("it was unpacked")

        monkeypatch.setattr(zipfile.ZipFile, "read", unpacked)

        said = the_fault(FILES.read_questions(bomb, Defaults()))

        assert f"at most {MOST_UNPACKED_BYTES}" in said

    def test_so_is_one_of_too_many_files(self) -> None:
        many = zipped({f"{number}.xml": "" for number in range(2_001)})

        assert "2001 files, at most 2000" in the_fault(FILES.read_questions(many, Defaults()))

    def test_an_encrypted_one_is_refused(self) -> None:
        content = bytearray(zipped({"a.xml": "x"}).content)
        content[content.index(b"PK\x01\x02") + 8] |= 1
        upload = Upload(type=FileType.ZIP, content=bytes(content))

        assert "a.xml is encrypted" in the_fault(FILES.read_questions(upload, Defaults()))


class TestXml:
    BOMB: Final = (
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
        "<x>&c;</x>"
    )

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param(BOMB, id="entities-that-multiply"),
            pytest.param(
                '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>', id="f"
            ),
            pytest.param('<!DOCTYPE x SYSTEM "http://example.org/x.dtd"><x/>', id="a-remote-one"),
        ],
    )
    def test_a_document_type_is_refused_before_its_entities_are_used(self, text: str) -> None:
        with pytest.raises(UnreadableError, match="DOCTYPE"):
            xml_tree.parse(text.encode())

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "not XML"),
            (b"<a>", "not XML"),
            (b"<a>&nbsp;</a>", "not XML"),
            (b"<?xml version='1.0' encoding='utf-7'?><a/>", "not XML"),
            (b"\xff\xfe\x00", "not XML"),
            (b"<a>" * 51 + b"</a>" * 51, "50 elements deep"),
            (b"<a>" + b"<b/>" * 20_000 + b"</a>", "over 20000 elements"),
        ],
    )
    def test_what_cannot_be_read_says_why(self, content: bytes, said: str) -> None:
        with pytest.raises(UnreadableError, match=said):
            xml_tree.parse(content)

    def test_names_have_their_namespace_and_text_is_whole(self) -> None:
        root = xml_tree.parse(b'<a xmlns="urn:x" xml:lang="en">1<b>2</b>3 &amp; 4</a>')

        assert (root.tag, root[0].tag) == ("{urn:x}a", "{urn:x}b")
        assert "".join(root.itertext()) == "123 & 4"
        assert root.attrib == {"{http://www.w3.org/XML/1998/namespace}lang": "en"}


class TestCredentials:
    @pytest.mark.parametrize("format", CatalogFormat)
    def test_the_catalog_of_the_seeds_comes_back_as_it_was_written(
        self, seeds: Seeds, format: CatalogFormat
    ) -> None:
        credentials = [seed.content for seed in seeds.credentials]

        sheet = FILES.read_credentials(uploaded(FILES.write_credentials(credentials, format)))

        assert sheet.faults == ()
        known = [{n: v for n, v in written_form(c).items() if v is not None} for c in credentials]
        read = [{n: v for n, v in r.content.items() if v is not None} for r in sheet.rows]
        assert read == known

    @pytest.mark.parametrize("format", CatalogFormat)
    @given(text=TEXTS.filter(bool))
    def test_whatever_an_author_writes_comes_back(self, format: CatalogFormat, text: str) -> None:
        credential = a_credential(title=text, description=text, outcomes=(text,), hours=2.5)

        file = FILES.write_credentials([replace(credential, source=text)], format)
        (row,) = FILES.read_credentials(uploaded(file)).rows

        assert [row.content[n] for n in ("title", "description", "source")] == [text] * 3
        assert (row.content["outcomes"], row.content["hours"]) == ([text], 2.5)

    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "'quoted'"])
    def test_no_cell_begins_a_formula(self, text: str) -> None:
        content = credential_table.write_csv([a_credential(title=text)]).decode()
        title = content.splitlines()[1].split(",")[1].strip('"')

        assert title == f"'{text}"
        (row,) = read_csv(content).rows
        assert row.content["title"] == text

    def test_lists_may_be_parted_as_people_part_them(self) -> None:
        text = table(skills='"sql, transactions;  python"', tracks="backend-engineer")

        (row,) = read_csv(text).rows

        assert row.content["skills"] == ["sql", "transactions", "python"]

    def test_rows_are_numbered_as_spreadsheets_do_and_empty_ones_passed_over(self) -> None:
        header, line = table().splitlines()

        sheet = read_csv("\r\n".join([header, line, "," * header.count(","), line]))

        assert [row.place.row for row in sheet.rows] == [2, 4]

    def test_a_mark_before_the_text_is_no_part_of_it(self) -> None:
        assert len(read_csv(b"\xef\xbb\xbf" + table().encode()).rows) == 1

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "nothing to import"),
            ("a\r\n1", "no column 'a'; there are slug, title"),
            ("slug\r\n1", "the column 'title' is missing"),
            ("slug,slug\r\n", "the column 'slug' stands twice"),
            ('slug\r\n"open', "the column 'title' is missing"),
            (b"\xff", "byte 1 is not UTF-8"),
        ],
    )
    def test_csv_that_cannot_be_read_says_why(self, text: str | bytes, said: str) -> None:
        assert said in the_fault(read_csv(text))

    def test_quotes_that_do_not_close_are_refused(self) -> None:
        assert "not CSV" in the_fault(read_csv(table() + '"open'))

    def test_cells_that_cannot_be_read_are_named_by_row(self) -> None:
        assert the_fault(read_csv(table(hours="ten"))) == "row 2/hours: 'ten' is no number"
        assert "row 2: the row has" in the_fault(read_csv(table().rstrip() + ",more"))

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("{", "not JSON"),
            ("{}", 'send {"credentials": […]}'),
            ('{"credentials": []}', "nothing to import"),
            ('{"credentials": [1]}', "row 1: this is no object"),
            ('{"credentials": [{"id": "a"}]}', "row 1/id: there is no such field"),
            ("[" * 100_000, "nested too deeply"),
            ("[" + "1" * 5_000 + "]", "a number too long"),
        ],
    )
    def test_json_that_cannot_be_read_says_why(self, text: str, said: str) -> None:
        assert said in the_fault(read_json(text))


def table(**cells: str) -> str:
    """A table of one credential, with these cells as they are."""
    credential: Credential = a_credential(title="T", description="D", outcomes=("Do.",))
    header, line = credential_table.write_csv([credential]).decode().splitlines()
    names = header.split(",")
    written = line.split(",")
    for name, cell in cells.items():
        written[names.index(name)] = cell
    return "\r\n".join([header, ",".join(written), ""])


def test_yaml_is_written_to_be_read() -> None:
    text = yaml_text.dump({"b": "é", "a": ["long " * 30]}).decode()

    assert text.startswith("b: é\n")
    assert 90 < max(map(len, text.splitlines())) < 110
