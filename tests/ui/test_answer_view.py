"""An answer's HTML: lines, marks, sources, footer; and nothing live from records."""

import html
import re

from assistant.tools.tool import Fact, Source
from assistant.ui.answer_view import answer_html, answer_parts, footer_html, sources_html
from assistant.ui.words import screen_words
from tests.ui.worlds import HOSTILE, answer

WORDS = screen_words("en")
CENSUS = Source("records:census", "record", "Census", as_of="2026-03-10T20:00")
POLICY = Source("surge#beds", "policy", "Surge capacity", "Opening beds", "1.2", excerpt=f"Open at 95 %. {HOSTILE}")
FACTS = (Fact("1.f1", "ICU has 4 patients.", source=CENSUS.id), Fact("2.f1", "Open at 95 %.", source=POLICY.id))


def shown(markup: str) -> str:
    """What a reader sees."""
    return html.unescape(re.sub(r"<[^>]+>", " ", markup))


def test_lines_are_marked_with_the_number_of_their_source() -> None:
    markup = answer_html(answer("ICU has 4 patients.\n\nOpen at 95 %.", FACTS, (CENSUS, POLICY)))
    assert re.findall(r"<sup[^>]*>(\d)</sup>", markup) == ["1", "2"]


def test_rows_become_a_list_and_leads_are_emphasised() -> None:
    markup = answer_html(answer("Two units.\n- one\n- two\nNote: mind the gap."))
    assert markup.count("<li>") == 2
    assert "<b>Note&#58;</b>" in markup


def test_an_answer_appears_line_by_line() -> None:
    assert "second" not in answer_html(answer("first\nsecond"), shown=1)


def test_a_paragraph_a_step_gives_a_part_a_step() -> None:
    found = answer("one\nmore\n\ntwo")
    object.__setattr__(found, "records", ("first", "second"))
    assert [shown(part).split() for part in answer_parts(found)] == [["one", "more"], ["two"]]


def test_a_text_written_otherwise_stays_in_one_part() -> None:
    assert len(answer_parts(answer("one\n\ntwo\n\nthree"))) == 1


def test_sources_open_with_section_version_time_and_excerpt() -> None:
    text = shown(sources_html(answer("x", FACTS, (CENSUS, POLICY)), WORDS))
    for part in ("Surge capacity, Opening beds", "1.2", "2026-03-10 20:00", "Open at 95 %.", "ICU has 4 patients."):
        assert part in text


def test_nothing_from_a_record_is_live() -> None:
    found = answer(HOSTILE, (Fact("1.f1", HOSTILE, source=POLICY.id),), (POLICY,))
    markup = answer_html(found) + sources_html(found, WORDS)
    assert not re.search(r"<(?!/?(div|p|sup|b|code|details|summary|span|dl|dt|dd|blockquote|ul|li|br)\b)", markup)
    assert "](" not in markup and "http:" not in markup


def test_the_footer_names_the_journal_entry_and_a_replacement() -> None:
    assert "J-000007" in shown(footer_html(answer("x", FACTS), WORDS))
    assert "plain rendering" in shown(footer_html(answer("x", FACTS), WORDS, replaced=True))
