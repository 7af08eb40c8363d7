"""CSV files: every documented kind goes in, each fault is named with its line; nothing of its file is kept."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from assistant.records.csv_columns import KINDS, STOCK, UNITS, CsvKind
from assistant.records.csv_files import describe_csv
from assistant.records.importing import import_paths
from assistant.records.report import ImportReport
from assistant.records.state import data_quality
from assistant.records.store import Store

Load = Callable[..., ImportReport]
ICU = "ICU,Intensive Care Unit,重症监护室,icu,,2,2,"


def csv(kind: CsvKind, *rows: str) -> str:
    return "\n".join([",".join(kind.header), *rows]) + "\n"


def example(kind: CsvKind) -> str:
    return csv(kind, ",".join(column.example for column in kind.columns))


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    folder = tmp_path / "examples"
    folder.mkdir()
    for number, kind in enumerate(reversed(KINDS)):  # names and order say nothing about the kind
        (folder / f"{number}.csv").write_text(example(kind), encoding="utf-8")
    return folder


def test_the_documented_examples_of_all_kinds_go_in(store: Store, examples: Path) -> None:
    report = import_paths(store, [examples])
    assert (report.failed, report.new) == (False, len(KINDS))
    assert (store.units()[0].code, store.beds()[0].address, store.people("ICU")[0].skills) == (
        "ICU",
        "ICU/101/A",
        ("icu", "charge"),
    )
    assert (store.shifts("ICU")[0].shift, store.stock()[0].expiry) == ("N", date(2027, 1, 31))
    days = date(2026, 3, 1), date(2026, 4, 1)
    assert [len(f(*days, "ICU")) for f in (store.absences, store.wishes, store.roster)] == [1, 1, 1]


def test_importing_csv_twice_changes_nothing(store: Store, examples: Path) -> None:
    import_paths(store, [examples])
    before = store.fingerprint()
    assert (import_paths(store, [examples]).new, store.fingerprint()) == (0, before)


def test_a_changed_row_replaces_the_old_one(store: Store, load: Load) -> None:
    load(csv(UNITS, ICU))
    report = load(csv(UNITS, ICU.replace("icu,,2,2", "icu,,1,2")))
    assert (report.files[0].changed, store.units()[0].patients_per_nurse_day) == (1, 1.0)


def test_help_text_names_every_column_of_every_kind() -> None:
    text = describe_csv()
    assert all(f"{column.name}: {column.means}" in text for kind in KINDS for column in kind.columns)


def test_all_faults_come_at_once_with_their_lines_and_nothing_is_stored(store: Store, load: Load) -> None:
    load(csv(UNITS, ICU))
    text = "unit,room,bed,isolation,sex_rule,open\nICU,1,A,yes,any,yes\nICU,1,B,perhaps,any,yes\nIUC,1,C,no,mixed,yes\n"
    faults = load(text, "beds.csv").files[0].faults
    assert len(faults) == 5
    assert faults[1] == "line 1: column 'ventilator' is missing"
    assert faults[2].startswith("line 3: isolation is 'perhaps'")
    assert faults[3].startswith("line 4: unit 'IUC' is in no units.csv (near: ICU)")
    assert faults[4].startswith("line 4: sex_rule is 'mixed'; expected one of any, same, female, male")
    assert store.beds() == []


def test_other_files_of_the_same_import_are_stored(store: Store, tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text(csv(UNITS, ICU))
    (tmp_path / "stock.csv").write_text(csv(STOCK, "A,Glove,,,,yesterday,5,,,,,"))
    report = import_paths(store, [tmp_path / "stock.csv", tmp_path / "units.csv"])
    assert (report.failed, [unit.code for unit in store.units()], store.stock()) == (True, ["ICU"], [])
    assert report.to_json()["failed"] is True
    assert "line 2: as_of is 'yesterday'" in "\n".join(report.fault_lines("zh"))


@pytest.mark.parametrize(
    ("row", "rule", "on_hand"),
    [
        ("A,Glove,,,,2026-03-01,-5,,,,,", "negative_stock", [0.0]),
        ("A,Glove,,,,2026-03-01,-999999,,,,,", "missing_value", []),
        ("A,Glove,,,,2026-03-01,?,,,,,", "missing_value", []),
        ("A,Glove,,,,2026-03-01,99999999999,,,,,", "absurd_stock", []),
        ("A,Glove,,,,2026-03-01,50,NA,,,,", "sentinel", [50.0]),
        ("A,Glove,,,,2026-03-01,1000000,1,,,,", "stock_outlier", [1000000.0]),
        ("A,Glove,,,,2026-03-01,5,,,,L1,2026-02-01", "expired_lot", [5.0]),
    ],
)
def test_implausible_stock_is_cleaned_by_a_stated_rule(
    row: str, rule: str, on_hand: list[float], store: Store, load: Load
) -> None:
    report = load(csv(STOCK, row))
    assert not report.failed
    assert [level.on_hand for level in store.stock()] == on_hand
    assert rule in set(data_quality(store)["rule"])


def test_a_repeated_row_is_dropped_and_named_but_a_contradicting_one_is_a_fault(store: Store, load: Load) -> None:
    assert load(csv(UNITS, ICU, ICU)).files[0].duplicate == 1
    faults = load(csv(UNITS, ICU, ICU.replace("icu", "ward"))).files[0].faults
    assert faults[1] == "line 3: unit ICU is on line 2 already, with other values"


def test_a_mark_quotes_and_windows_newlines_do_no_harm(store: Store, load: Load) -> None:
    text = csv(UNITS, '"ICU","Intensive, Care",重症,icu,,2,,').replace("\n", "\r\n")
    load(b"\xef\xbb\xbf" + text.encode())
    assert store.units()[0].name == "Intensive, Care"


def test_an_unknown_header_names_the_kinds_there_are(load: Load) -> None:
    report = load("a,b,c\n1,2,3\n", "x.csv")
    assert report.failed and "units, beds, staff" in report.files[0].faults[0]
