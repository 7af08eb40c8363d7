"""Reading topics, and saying what is wrong with them."""

from pathlib import Path

import pytest

from assistant.errors import RecordError, SetupError
from assistant.retrieval.handbook import parse_topic, read_handbook

FRONT = """---
id: rest
title: Rest
owner: Head of HR
approved: 2026-01-01
review: 2027-01-01
version: 1.0
language: en
remarks: none
---
"""


def test_sources_are_kept_apart_from_the_text() -> None:
    """Numbers of a reference must not count as numbers of the passage."""
    document, faults = parse_topic(
        FRONT + "## Daily {#daily}\nRest 11 hours.\nSources: Directive 2003/88/EC\n", "x", "en"
    )
    assert faults == [] and document is not None
    assert (document.sections[0].text, document.sections[0].references) == ("Rest 11 hours.", "Directive 2003/88/EC")


def test_all_faults_of_a_topic_are_named() -> None:
    """Whoever mends the file should not have to run it three times."""
    broken = FRONT.replace("2027-01-01", "next year").replace("owner: Head of HR\n", "")
    _, faults = parse_topic(broken + "## Daily\nText.\n", "en/rest.md", "en")
    assert len(faults) == 3 and all(fault.startswith("en/rest.md: ") for fault in faults)
    assert any("'owner'" in fault for fault in faults) and any("next year" in fault for fault in faults)


def test_a_file_without_front_matter_is_a_fault() -> None:
    """It has no owner and no version, so it cannot be cited."""
    assert parse_topic("# Rest\n", "en/rest.md", "en")[0] is None


def test_text_before_the_first_section_is_a_fault() -> None:
    """It would be in the file and never be found."""
    _, faults = parse_topic(FRONT + "Hello.\n## Daily {#daily}\nText.\n", "x", "en")
    assert any("before the first section" in fault for fault in faults)


def test_faults_of_all_files_come_in_one_error(tmp_path: Path) -> None:
    """Two broken files, one message."""
    for language in ("en", "zh"):
        (tmp_path / language).mkdir()
        (tmp_path / language / "rest.md").write_text("nothing", encoding="utf-8")
    with pytest.raises(RecordError) as caught:
        read_handbook(tmp_path)
    assert len(caught.value.faults) == 2


def test_a_missing_language_folder_names_the_command(tmp_path: Path) -> None:
    """The package was installed without its data."""
    with pytest.raises(SetupError, match="make setup"):
        read_handbook(tmp_path)
