import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.api.paging import page_of, read_cursor, read_number, write_cursor
from shared.domain.errors import InvalidInputError

FIVE = ["a", "b", "c", "d", "e"]


def page(
    limit: int, cursor: str | None = None, items: list[str] = FIVE
) -> tuple[list[str], str | None]:
    found, following = page_of(items, key=str, limit=limit, cursor=cursor)
    return list(found), following


class TestPages:
    def test_following_the_cursors_gives_everything_once(self) -> None:
        found: list[str] = []
        cursor = None
        for _ in range(3):
            items, cursor = page(2, cursor)
            found += items

        assert found == FIVE
        assert cursor is None

    def test_a_page_that_ends_with_the_list_has_no_next(self) -> None:
        assert page(5) == (FIVE, None)
        assert page(6) == (FIVE, None)

    def test_a_page_that_does_not_has_one(self) -> None:
        items, cursor = page(4)

        assert items == FIVE[:4]
        assert read_cursor(cursor) == "d"

    def test_after_the_last_item_there_is_nothing(self) -> None:
        assert page(2, write_cursor("e")) == ([], None)

    def test_an_empty_list_is_one_empty_page(self) -> None:
        assert page(2, items=[]) == ([], None)

    def test_a_cursor_of_an_item_that_is_gone_is_a_fault_not_the_first_page(self) -> None:
        with pytest.raises(InvalidInputError, match="the list has changed") as caught:
            page(2, write_cursor("z"))

        assert caught.value.pointer == "query/cursor"


class TestCursors:
    @given(st.text(min_size=1))
    def test_they_read_back_what_was_written_and_fit_a_url(self, key: str) -> None:
        cursor = write_cursor(key)

        assert read_cursor(cursor) == key
        assert cursor.replace("-", "").replace("_", "").isalnum()

    def test_none_is_the_first_page(self) -> None:
        assert read_cursor(None) is None

    @pytest.mark.parametrize(
        "cursor",
        [
            pytest.param("", id="empty"),
            pytest.param("!!!!", id="other-characters"),
            pytest.param("YWJj!ZGVm", id="another-character-among-good-ones"),
            pytest.param("+/+/", id="the-other-alphabet"),
            pytest.param("A", id="cut-off"),
            pytest.param("_w", id="not-utf-8"),
            pytest.param("é", id="not-ascii"),
        ],
    )
    def test_what_this_api_did_not_write_is_refused(self, cursor: str) -> None:
        with pytest.raises(InvalidInputError, match="no cursor") as caught:
            read_cursor(cursor)

        assert caught.value.pointer == "query/cursor"


class TestNumbers:
    def test_they_read_back(self) -> None:
        assert read_number(write_cursor("42")) == 42
        assert read_number(None) is None

    @pytest.mark.parametrize("key", ["x", "-1", "1.5", "٣", "9" * 19])
    def test_a_cursor_of_something_else_is_refused(self, key: str) -> None:
        with pytest.raises(InvalidInputError, match="this is no cursor") as caught:
            read_number(write_cursor(key))

        assert caught.value.pointer == "query/cursor"
