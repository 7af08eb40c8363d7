"""Building, searching and mending the index, with a small encoder."""

from pathlib import Path

import pytest

from assistant.errors import SetupError
from assistant.retrieval.documents import Document, record_summary
from assistant.retrieval.index import BuildReport, Index

from .conftest import WordEncoder, topic


@pytest.fixture
def index(tmp_path: Path, small_handbook: list[Document], encoder: WordEncoder) -> Index:
    return Index.rebuild(tmp_path, small_handbook, encoder=encoder)[0]


def test_building_twice_embeds_nothing_the_second_time(index: Index, small_handbook: list[Document]) -> None:
    """The build is idempotent, so the composer may run it at every start."""
    assert index.build(small_handbook) == BuildReport(passages=6, embedded=0, removed=0)


def test_only_the_changed_section_is_embedded_again(
    index: Index, small_handbook: list[Document], encoder: WordEncoder
) -> None:
    """One sentence of one section was changed."""
    encoder.encoded.clear()
    changed = topic("rest", "en", "Rest", daily="Nurses rest twelve hours.", weekly="A week has one free day.")
    assert index.build([changed, *small_handbook[1:]]) == BuildReport(passages=6, embedded=1, removed=1)
    assert encoder.encoded == ["Rest. daily. Nurses rest twelve hours."]


def test_removed_documents_vanish(index: Index, small_handbook: list[Document]) -> None:
    """Neither half finds a section that is gone."""
    index.build(small_handbook[:2])
    assert index.search("moved at night") == [] and index.search("夜间转床") == []


def test_a_reopened_index_finds_the_same(
    tmp_path: Path, small_handbook: list[Document], index: Index, encoder: WordEncoder
) -> None:
    """What was built is read from the disk by the next process."""
    again = Index.open(tmp_path, encoder=encoder)
    assert again.search("eleven hours rest") == index.search("eleven hours rest")
    assert again.fingerprint() == index.fingerprint()


def test_a_passage_carries_its_citation(index: Index) -> None:
    """Document, section and version are what an answer cites."""
    found = index.search("Is anybody moved at night?")[0]
    assert (found.id, found.title, found.section, found.version, found.kind) == (
        "beds#night",
        "Beds",
        "night",
        "1.0",
        "policy",
    )


def test_a_chinese_question_gets_chinese_passages_first(index: Index) -> None:
    """The encoder knows no Chinese; the keyword half does."""
    found = index.search("夜间可以转床吗")[0]
    assert (found.id, found.language) == ("beds#night", "zh")


def test_an_english_question_can_be_answered_from_the_chinese_text(index: Index) -> None:
    """A reader with a Chinese screen gets the same section in Chinese."""
    found = index.search("moved at night", language="zh")[0]
    assert (found.id, found.language) == ("beds#night", "zh")


def test_a_section_is_returned_once(index: Index) -> None:
    """Both languages match, one is shown."""
    names = [passage.id for passage in index.search("rest 休息", k=10)]
    assert len(names) == len(set(names))


def test_records_are_searched_beside_the_handbook(index: Index, small_handbook: list[Document]) -> None:
    """Kind filters before ranking, in both halves."""
    ward = record_summary("records:unit-3B", "Ward 3B", "3B has two free beds at night.", "2026-03-10T20:00")
    index.build([*small_handbook, ward])
    assert [p.id for p in index.search("beds at night", kind="record")] == ["records:unit-3B"]
    assert all(p.kind == "policy" for p in index.search("beds at night", kind="policy"))
    assert index.search("3B")[0].version == "2026-03-10T20:00"


def test_a_question_about_nothing_finds_nothing(index: Index) -> None:
    """Nothing in the handbook is about France."""
    assert index.search("capital France") == []


def test_an_unreadable_index_names_the_command(tmp_path: Path, index: Index, encoder: WordEncoder) -> None:
    """Half a file after a power cut of the disk."""
    file = tmp_path / "index" / "passages.json"
    file.write_text(file.read_text(encoding="utf-8")[:200], encoding="utf-8")
    with pytest.raises(SetupError, match="assistant knowledge build"):
        Index.open(tmp_path, encoder=encoder)


def test_one_changed_character_is_noticed(tmp_path: Path, index: Index, encoder: WordEncoder) -> None:
    """A citation must not show a text that was altered on the disk."""
    file = tmp_path / "index" / "passages.json"
    file.write_text(file.read_text(encoding="utf-8").replace("eleven", "eleVen"), encoding="utf-8")
    with pytest.raises(SetupError, match="assistant knowledge build"):
        Index.open(tmp_path, encoder=encoder)


def test_unreadable_vectors_name_the_command_and_are_mended_by_it(
    tmp_path: Path, index: Index, small_handbook: list[Document], encoder: WordEncoder
) -> None:
    """Chroma's file is garbage: a search says what to run, and running it mends the index."""
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient.clear_system_cache()  # as in a fresh process
    (tmp_path / "index" / "chroma" / "chroma.sqlite3").write_bytes(b"garbage" * 1000)
    with pytest.raises(SetupError, match="assistant knowledge build"):
        Index.open(tmp_path, encoder=encoder).search("rest")
    mended, report = Index.rebuild(tmp_path, small_handbook, encoder=encoder)
    assert report.embedded == 3 and mended.search("eleven hours")[0].id == "rest#daily"


def test_missing_vectors_name_the_command(tmp_path: Path, index: Index, encoder: WordEncoder) -> None:
    """Texts were copied to another machine without the vectors."""
    import shutil

    shutil.rmtree(tmp_path / "index" / "chroma")
    with pytest.raises(SetupError, match="assistant knowledge build"):
        Index.open(tmp_path, encoder=encoder).search("rest")


def test_importing_the_search_loads_no_heavy_package() -> None:
    """The command line must start fast."""
    import subprocess
    import sys

    heavy = "{'torch', 'transformers', 'chromadb', 'tokenizers'}"
    code = f"import sys, assistant.retrieval.index; sys.exit(len({heavy} & set(sys.modules)))"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
