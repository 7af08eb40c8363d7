"""Real messages of many vendors: each is used, known, not needed, or in quarantine for a stated reason."""

import gzip
from pathlib import Path

import pytest

from assistant.records.importing import import_paths
from assistant.records.quarantine import in_quarantine
from assistant.records.receiving import receive
from assistant.records.retrying import retry
from assistant.records.store import Store

# What becomes of the samples that are neither test messages nor of a type that says nothing about places.
USED = {
    "ADT-A06-01", "ADT-A07-01", "ADT-A40-01", "ADT-A45-01", "ADT-A47-01", "ADT01-23", "adt-a01-basic", "adt-a01-full",
}  # fmt: skip
ASIDE = {
    **dict.fromkeys(
        [f"ADT-A{n}-01" for n in ("01", "02", "03", "04", "08", "11", "13", "15", "16", "25", "26")], "future_time"
    ),
    "edge-empty-segments": "no_patient_number",
    "edge-escaped-delimiters": "missing_pv1",
    "edge-field-repetitions": "missing_pv1",
    "edge-z-segments": "missing_pv1",
}


@pytest.fixture(scope="session")
def samples(shared: Path) -> list[Path]:
    found = sorted((shared / "data" / "records" / "hl7v2").rglob("*.hl7"))
    assert len(found) == 43
    return found


def test_every_sample_is_used_or_not_needed_or_set_aside_with_a_reason(samples: list[Path], store: Store) -> None:
    report = import_paths(store, samples)
    assert not report.failed
    assert {file.file.removesuffix(".hl7") for file in report.files if file.new} == USED
    for file in report.files:
        assert file.read == file.new + file.duplicate + file.quarantined + file.ignored == 1, file
        assert file.new or file.findings, file  # whatever is not used says why
    aside = {item.source.removesuffix(".hl7"): item for item in in_quarantine(store)}
    assert {name: item.rule for name, item in aside.items()} == ASIDE
    assert all(item.reason and item.raw.lstrip("\ufeff").startswith("MSH") for item in aside.values())
    again = import_paths(store, samples)
    assert (again.new, again.failed, len(in_quarantine(store))) == (0, False, len(ASIDE))
    assert sum(retry(store).left.values()) == len(ASIDE)


def test_all_samples_in_one_file_come_to_the_same(samples: list[Path], store: Store, tmp_path: Path) -> None:
    texts = [path.read_bytes().removeprefix(b"\xef\xbb\xbf") for path in samples]
    with gzip.open(tmp_path / "all.hl7.gz", "wb") as packed:
        packed.write(b"".join(b"\x0b" + text + b"\x1c\r" for text in texts))
    (file,) = import_paths(store, [tmp_path / "all.hl7.gz"]).files
    assert (file.read, file.new, file.quarantined) == (43, len(USED), len(ASIDE))
    assert file.read == file.new + file.duplicate + file.quarantined + file.ignored


def test_every_sample_gets_an_answer(samples: list[Path], store: Store) -> None:
    for path in samples:
        answer = receive(store, b"\x0b" + path.read_bytes() + b"\x1c\r")
        name = path.stem
        assert answer.code == ("AE" if name in ASIDE else "AA"), (name, answer)
        assert answer.outcome == ("new" if name in USED else "quarantined" if name in ASIDE else "ignored"), name
        assert answer.control_id or name == "x", name
