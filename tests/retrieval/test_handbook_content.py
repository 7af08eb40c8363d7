"""Lints of the handbook itself: what every topic must have, in both languages."""

import csv
import re
from pathlib import Path

import pytest

from assistant.retrieval.documents import Document

from .conftest import KNOWLEDGE

CONFIRM = {"en": re.compile(r"confirm", re.IGNORECASE), "zh": re.compile("核实")}
SETTING = {"en": ("(hospital setting)", "hospital setting"), "zh": ("（本院设定）", "本院设定")}


def pairs(handbook: list[Document]) -> list[tuple[Document, Document]]:
    by_name = {(document.id, document.language): document for document in handbook}
    return [(document, by_name[document.id, "zh"]) for document in handbook if document.language == "en"]


def references() -> dict[str, str]:
    """Certainty by number of reference."""
    rows = re.findall(
        r"^\| (F\d{3}) \|.*\| ([a-z -]+) \|$", (KNOWLEDGE / "references.md").read_text("utf-8"), re.MULTILINE
    )
    return dict(rows)


def test_there_are_at_least_fourteen_topics(handbook: list[Document]) -> None:
    """The handbook covers beds, staff, supplies, infection and the assistant itself."""
    assert len({document.id for document in handbook}) >= 14


def test_every_topic_is_there_in_both_languages() -> None:
    """Same file names in both folders."""
    names = [{file.name for file in (KNOWLEDGE / language).glob("*.md")} for language in ("en", "zh")]
    assert names[0] == names[1]


def test_the_file_is_called_like_its_topic(handbook: list[Document]) -> None:
    """Whoever reads a citation finds the file."""
    assert {document.id for document in handbook} == {file.stem for file in (KNOWLEDGE / "en").glob("*.md")}


def test_sections_correspond_in_order(handbook: list[Document]) -> None:
    """A citation must lead to the same section in the other language."""
    for english, chinese in pairs(handbook):
        assert [s.anchor for s in english.sections] == [s.anchor for s in chinese.sections], english.id


def test_three_to_seven_sections(handbook: list[Document]) -> None:
    """More should be a topic of its own."""
    assert [document.id for document in handbook if not 3 <= len(document.sections) <= 7] == []


def test_versions_and_dates_agree(handbook: list[Document]) -> None:
    """A change in one language needs the other to follow."""
    for english, chinese in pairs(handbook):
        assert (english.version, english.approved, english.review) == (
            chinese.version,
            chinese.approved,
            chinese.review,
        )


def test_review_comes_after_approval(handbook: list[Document]) -> None:
    """A topic that is due before it was approved has its dates swapped."""
    for document in handbook:
        assert document.approved and document.review and document.approved < document.review, document.id


def test_sections_with_numbers_name_their_sources(handbook: list[Document]) -> None:
    """A figure without a source cannot be checked."""
    lacking = [
        f"{document.language}/{document.id}#{section.anchor}"
        for document in handbook
        for section in document.sections
        if re.search(r"\d", section.text) and not section.references
    ]
    assert lacking == []


def test_numbers_are_the_same_in_both_languages(handbook: list[Document]) -> None:
    """A figure changed in one language only is the most likely mistake. Month names are words in English."""
    for english, chinese in pairs(handbook):
        for one, other in zip(english.sections, chinese.sections, strict=True):
            for text, twin in ((one.text, other.text), (other.text, one.text)):
                lacking = decimals(text) - set(re.findall(r"\d+(?:[.,]\d+)*", twin))
                assert lacking == set(), f"{english.id}#{one.anchor}"


def decimals(text: str) -> set[str]:
    """Numbers of two or more digits or with a decimal point; single digits are often words (`one nurse`)."""
    without_months = re.sub(r"\d{1,2}\s*月", "", text)
    return {number for number in re.findall(r"\d+(?:[.,]\d+)*", without_months) if len(number) > 1}


def test_references_are_listed_and_used() -> None:
    """No dangling number, no orphan."""
    used = {name for file in KNOWLEDGE.glob("*/*.md") for name in re.findall(r"F\d{3}", file.read_text("utf-8"))}
    assert used == set(references())


def test_both_languages_cite_the_same_references(handbook: list[Document]) -> None:
    """A reference added in one language is added in the other."""
    for english, chinese in pairs(handbook):
        for one, other in zip(english.sections, chinese.sections, strict=True):
            cited = [sorted(re.findall(r"F\d{3}", section.references)) for section in (one, other)]
            assert cited[0] == cited[1], f"{english.id}#{one.anchor}"


def test_figures_from_memory_ask_for_confirmation(handbook: list[Document]) -> None:
    """What was not looked up must say so where it is read."""
    certainty = references()
    for document in handbook:
        for section in document.sections:
            cited = re.findall(r"F\d{3}", section.references)
            if any(certainty[name] == "from memory" for name in cited):
                assert CONFIRM[document.language].search(section.text), (
                    f"{document.language}/{document.id}#{section.anchor}"
                )


def test_own_settings_are_marked_in_the_sources(handbook: list[Document]) -> None:
    """A number marked as this hospital's own is never passed off as a foreign rule."""
    for document in handbook:
        mark, source = SETTING[document.language]
        for section in document.sections:
            assert mark not in section.text or source in section.references, f"{document.id}#{section.anchor}"


def test_references_agree_with_the_fact_table(shared: Path) -> None:
    """Certainty is copied from the facts as they were collected."""
    with (shared / "data" / "records" / "facts.csv").open(encoding="utf-8") as file:
        known = {row["id"]: row["status"] for row in csv.DictReader(file)}
    assert {name: known.get(name) for name in references()} == references()


@pytest.mark.parametrize("figure", ["85.8", "600", "13.4", "0.93", "5.64"])
def test_the_nedocs_formula_is_complete(handbook: list[Document], figure: str) -> None:
    """A wrong copy of this formula is on the web; ours is kept whole in both languages."""
    sections = [s for d in handbook if d.id == "ed-crowding" for s in d.sections if s.anchor == "nedocs"]
    assert len(sections) == 2 and all(figure in section.text for section in sections)
