"""Text from records can neither become markup nor hide."""

import html
import re

import pytest

from assistant.ui.safe import inert, marked, table, tag
from tests.ui.worlds import HOSTILE


def test_inert_text_holds_no_sign_that_means_anything() -> None:
    left = re.sub(r"&#\d+;", "", inert(HOSTILE))
    assert not re.search(r"[^\w\s]", left)


def test_inert_text_reads_as_it_was_written() -> None:
    assert html.unescape(inert(HOSTILE)) == HOSTILE


def test_line_ends_become_breaks() -> None:
    assert inert("a\r\nb\nc") == "a<br>b<br>c"


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200b", "\x07", "\ud800"])
def test_hidden_characters_become_visible(hidden: str) -> None:
    assert inert(f"a{hidden}b") == "a\ufffdb"


def test_marked_text_honours_strong_and_code_only() -> None:
    shown = marked("**now** `run` <b>x</b> [a](b)")
    assert "<b>now</b>" in shown and "<code>run</code>" in shown
    assert shown.count("<") == 4


def test_an_attribute_cannot_be_left() -> None:
    assert '"x' not in tag("td", "", title='"x onmouseover=alert(1)').replace('title="', "")


def test_table_cells_and_captions_are_inert() -> None:
    assert "<img" not in table([HOSTILE], [[HOSTILE]], caption=HOSTILE)
