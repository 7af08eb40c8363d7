"""A hospital's own tables through a mapping: encodings, formats, units of measurement, and what is wrong, by name."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from assistant.cli.main import main
from assistant.errors import RecordError
from assistant.records import tables as t
from assistant.records.csv_columns import STOCK
from assistant.records.csv_feed_columns import FEED_KINDS
from assistant.records.csv_files import describe_csv
from assistant.records.importing import import_paths
from assistant.records.mapping import read_mapping
from assistant.records.mapping_suggest import suggest_mapping
from assistant.records.report import ImportReport
from assistant.records.settings import RecordsSettings
from assistant.records.store import Store
from assistant.records.supplies import stock

STAYS_ZH = """
[[table]]
files = ["stays*.csv"]
kind = "stays"
[table.units]
"重症监护室" = "ICU"
[table.columns]
visit = "住院号"
patient = "病案号"
unit = "科室"
start = "入科时间"
end = "出科时间"
sex = "性别"
"""
ROWS_ZH = ["1,77,急诊科,2026/3/10 8:15,2026/3/10 9:00,女", "1,77,重症监护室,2026/3/10 9:00,,女"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "home")
    yield opened
    opened.close()


class Importer:
    """Writes files, imports them with a mapping, gives the report."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store, self._folder = store, folder

    def __call__(self, mapping: str, settings: RecordsSettings | None = None, **files: str | bytes) -> ImportReport:
        where = self._folder / "mapping.toml"
        where.write_text(mapping, encoding="utf-8")
        paths = []
        for name, content in files.items():
            paths.append(self._folder / f"{name}.csv")
            paths[-1].write_bytes(content if isinstance(content, bytes) else content.encode())
        return import_paths(self._store, paths, settings=settings, mapping=read_mapping(where))


@pytest.fixture
def load(store: Store, tmp_path: Path) -> Importer:
    return Importer(store, tmp_path)


def csv(header: str, *rows: str) -> str:
    return "\n".join([header, *rows]) + "\n"


def test_a_chinese_export_becomes_stays_and_says_how_it_was_read(store: Store, load: Importer) -> None:
    text = csv("住院号,病案号,科室,入科时间,出科时间,性别", *ROWS_ZH)
    report = load(STAYS_ZH, stays=text.encode("gb18030"))
    stays = store.stays()
    assert list(stays["unit"]) == ["急诊科", "ICU"]
    assert [x.strftime("%d %H:%M") for x in stays["start"]] == ["10 08:15", "10 09:00"]
    assert set(stays["sex"]) == {"F"} and stays["end"].isna().sum() == 1
    assert report.files[0].remarks[0].startswith("encoding gb18030, separator ,")
    again = load(STAYS_ZH, stays=text.encode("utf-16"))
    assert (again.new, again.files[0].duplicate) == (0, 2)


def test_a_later_export_closes_the_stay_and_a_deleted_end_opens_it(store: Store, load: Importer) -> None:
    header = "住院号,病案号,科室,入科时间,出科时间,性别"
    load(STAYS_ZH, stays=csv(header, *ROWS_ZH))
    load(STAYS_ZH, stays=csv(header, ROWS_ZH[1].replace(",,女", ",2026/3/12 10:00,女")))
    assert [str(x) for x in store.stays()["end"]] == ["2026-03-10 09:00:00", "2026-03-12 10:00:00"]
    load(STAYS_ZH, stays=csv(header, ROWS_ZH[1]))
    assert store.stays()["end"].isna().sum() == 1


def test_faulty_rows_go_to_quarantine_with_line_and_reason_and_the_others_are_stored(
    store: Store, load: Importer
) -> None:
    rows = [
        ROWS_ZH[0],
        "2,78,,2026/3/10 8:15,,男",
        "3,79,ICU,gestern,,男",
        "4,80,ICU,2026/3/10 9:00,2026/3/10 8:00,男",
        "5,81,ICU,2026/3/10 9:00,,男,too,many",
        "6,82,ICU,2026/3/10 9:00,2026/3/10 9:00,男",
    ]
    file = load(STAYS_ZH, stays=csv("住院号,病案号,科室,入科时间,出科时间,性别", *rows)).files[0]
    assert (file.read, file.new, file.quarantined, file.ignored) == (6, 1, 4, 1)
    kept = {row.place: (row.reason, row.raw) for row in store.read(select(t.quarantine))}
    assert "unit is empty; expected unit, by code or name" in kept["stays.csv line 3"][0]
    assert "start is 'gestern'; expected a date in the order year, month, day" in kept["stays.csv line 4"][0]
    assert "the stay ends before it starts" in kept["stays.csv line 5"][0]
    assert "8 cells where the header has 6 columns" in kept["stays.csv line 6"][0]
    assert kept["stays.csv line 3"][1] == csv("住院号,病案号,科室,入科时间,出科时间,性别", rows[1])
    assert file.findings["stay_without_duration"] == 1


STOCK_DE = """
[[table]]
files = ["bestand.csv"]
kind = "stock"
dates = "DD.MM.YYYY"
[table.columns]
item = "Artikelnummer"
name = "Bezeichnung"
as_of = "Stichtag"
lot = "Charge"
expiry = "Verfall"
on_hand = { column = "Menge", measure_column = "Einheit", pack_size_column = "Inhalt" }
used_per_day = { column = "Verbrauch", measure = "piece/week" }
lead_time_days = { column = "Lieferzeit", measure = "week" }
unit_of_measure = "Einheit"
"""
HEADER_DE = "Artikelnummer;Bezeichnung;Stichtag;Charge;Verfall;Menge;Einheit;Inhalt;Verbrauch;Lieferzeit"


def test_units_of_measurement_decimal_commas_titles_and_leading_zeros(store: Store, load: Importer) -> None:
    text = "Lagerliste Süd;;;;;;;;;\n" + csv(
        HEADER_DE,
        "0042;Handschuh, Größe M;10.03.2026;L7;31.12.2026;1.200,5;St;;70;2",
        "0043;Maske;10.03.2026;;;30;Packung;50;;",
        "0044;Desinfektion;10.03.2026;;;2,5;l;;;",
        "0045;Spritze;10.03.2026;;;3;Fass;;;",
        "0046;Kanüle;10.03.2026;;;3;VE;;;",
    )
    report = load(STOCK_DE.replace('"stock"', '"stock"\nfaulty = "quarantine"'), bestand=text.encode("cp1252"))
    levels = {x.item: x for x in store.stock()}
    assert {k: (x.on_hand, x.unit_of_measure) for k, x in levels.items()} == {
        "0042": (1200.5, "piece"),
        "0043": (1500.0, "piece"),
        "0044": (2500.0, "ml"),
    }
    assert levels["0042"].name == "Handschuh, Größe M"
    assert (levels["0042"].used_per_day, levels["0042"].lead_time_days) == (10.0, 14.0)
    assert levels["0042"].expiry == date(2026, 12, 31)
    assert report.files[0].remarks[0] == "encoding cp1252, separator ;, decimal sign ,, header in line 2"
    reasons = {row.place: row.reason for row in store.read(select(t.quarantine))}
    assert "unit of measurement 'Fass' is not known; known are piece" in reasons["bestand.csv line 6"]
    assert "say pack_size in the mapping" in reasons["bestand.csv line 7"]


def test_a_faulty_row_refuses_a_declared_file_unless_the_mapping_says_otherwise(store: Store, load: Importer) -> None:
    report = load(STOCK_DE, bestand=csv(HEADER_DE, "1;A;gestern;;;5;St;;;", "2;B;10.03.2026;;;5;St;;;"))
    assert report.failed and store.stock() == []
    assert report.files[0].faults[1].startswith("line 2: as_of is 'gestern'; expected a date in the order day, month")


def test_staff_absences_and_roster_in_a_hospitals_own_columns(store: Store, load: Importer) -> None:
    mapping = """
[units]
"Station 3 Nord" = "3N"
[[table]]
files = ["stationen.csv"]
kind = "units"
[table.columns]
unit = "Kürzel"
name = "Name"
[[table]]
files = ["personal.csv"]
kind = "staff"
[table.columns]
staff = "PersNr"
name = { column = ["Vorname", "Nachname"] }
unit = "Station"
hours_per_week = { column = "VK", measure = "fte", full_time = 40 }
nights = { column = "Nacht", values = { ja = "yes", nein = "no" } }
role = { fixed = "nurse" }
[[table]]
files = ["urlaub.csv"]
kind = "absences"
dates = "DD.MM.YYYY"
[table.columns]
staff = "PersNr"
start = "von"
end = "bis"
[[table]]
files = ["dienst.csv"]
kind = "roster"
dates = "DD.MM.YYYY"
skip = { Dienst = ["frei"] }
[table.columns]
staff = "PersNr"
unit = "Station"
day = "Datum"
shift = "Dienst"
"""
    report = load(
        mapping,
        dienst=csv("PersNr;Station;Datum;Dienst", "007;Station 3 Nord;10.03.2026;N", "007;3N;11.03.2026;frei"),
        urlaub=csv("PersNr;von;bis", "007;16.03.2026;20.03.2026"),
        personal=csv("PersNr;Vorname;Nachname;Station;VK;Nacht", "007;Ada;Kern;3 nord;0,75;nein"),
        stationen=csv("Kürzel;Name", "3N;3 Nord"),
    )
    assert not report.failed, report.fault_lines()
    person = store.people()[0]
    assert (person.staff, person.name, person.unit, person.hours_per_week, person.nights) == (
        "007",
        "Ada Kern",
        "3N",
        30.0,
        False,
    )
    assert [(x.unit, x.day) for x in store.roster(date.min, date.max)] == [("3N", date(2026, 3, 10))]
    assert len(store.absences(date(2026, 3, 1), date(2026, 4, 1))) == 1
    assert report.files[-1].ignored + report.files[-2].ignored == 1


STAYS = '[[table]]\nfiles = ["s.csv"]\nkind = "stays"\n{more}\n[table.columns]\n' + "\n".join(
    f'{name} = "{name}"' for name in ("visit", "patient", "unit", "start", "end")
)


def test_day_and_month_that_cannot_be_told_apart_are_asked_for(store: Store, load: Importer) -> None:
    rows = csv("visit,patient,unit,start,end", "1,1,ICU,03/04/2026 08:00,05/04/2026 08:00")
    report = load(STAYS.format(more=""), s=rows)
    assert report.failed and store.stays().empty
    assert 'Say it in the mapping: dates = "DD/MM/YYYY"' in report.files[0].faults[0]
    load(STAYS.format(more='dates = "DD/MM/YYYY HH:mm"'), s=rows)
    assert str(store.stays()["start"][0]) == "2026-04-03 08:00:00"


def test_one_day_above_twelve_settles_the_order(store: Store, load: Importer) -> None:
    rows = csv("visit,patient,unit,start,end", "1,1,ICU,03/04/2026 08:00,", "2,2,ICU,13/04/2026 08:00,")
    report = load(STAYS.format(more=""), s=rows)
    assert [x.month for x in store.stays()["start"]] == [4, 4]
    assert "dates as day, month, year" in report.files[0].remarks


def test_times_of_another_zone_are_brought_to_the_sites_clock(store: Store, load: Importer) -> None:
    rows = csv("visit,patient,unit,start,end", "1,1,ICU,2026-03-29 00:30,2026-03-29 01:30")
    mapping = STAYS.format(more='zone = "UTC"')
    refused = load(mapping, s=rows)
    assert refused.failed and "Set zone under [records]" in refused.files[0].faults[0]
    load(mapping, RecordsSettings(zone="Europe/Berlin"), s=rows)
    stay = store.stays().iloc[0]
    assert (str(stay.start), str(stay.end)) == ("2026-03-29 01:30:00", "2026-03-29 03:30:00")  # the clock jumps at two


def test_a_quotation_mark_that_is_not_closed_loses_nothing_before_it(store: Store, load: Importer) -> None:
    rows = csv(
        "visit,patient,unit,start,end", "1,1,ICU,2026-03-01 08:00,", '2,2,"ICU,2026-03-01 08:00,' + "x" * 140_000
    )
    file = load(STAYS.format(more=""), s=rows).files[0]
    assert (file.new, file.quarantined) == (1, 1)
    swallowed = '2,2,"ICU,2026-03-01 08:00,\n' + "3,3,ICU,2026-03-01 08:00,\n" * 100
    file = load(
        STAYS.format(more=""), s=csv("visit,patient,unit,start,end", "1,1,ICU,2026-03-01 08:00,", swallowed)
    ).files[0]
    assert file.quarantined == 1
    assert all("quotation mark" in row[0] for row in store.read(select(t.quarantine.c.reason)))


def test_events_cancels_and_corrections_of_a_log(store: Store, load: Importer) -> None:
    mapping = """
[[table]]
files = ["log.csv"]
kind = "movements"
[table.columns]
visit = "fall"
patient = "fall"
unit = "station"
time = "zeit"
event = { column = "art", values = { Storno = "A12" } }
visit_class = { fixed = "I" }
"""
    rows = [
        "1,3B,2026-03-01 12:00,Verlegung",
        "1,ICU,2026-03-01 08:00,Aufnahme",
        "1,,2026-03-01 12:00,Storno",
        "1,,2026-03-02 10:00,Entlassung",
        "2,,2026-03-02 10:00,Aufnahme",
        "2,ICU,2026-03-02 10:00,Umbau",
    ]
    file = load(mapping, log=csv("fall,station,zeit,art", *rows)).files[0]
    assert [tuple(x) for x in store.stays()[["unit", "end"]].astype(str).itertuples(index=False)] == [
        ("ICU", "2026-03-02 10:00:00")
    ]
    assert file.quarantined == 2
    reasons = " ".join(row[0] for row in store.read(select(t.quarantine.c.reason)))
    assert "A01 without a unit" in reasons and "event is 'Umbau'; expected an event: A01" in reasons


def test_bookings_of_stock_are_kept_once_and_the_same_twice_a_day_is_two(store: Store, load: Importer) -> None:
    mapping = """
[[table]]
files = ["b.csv"]
kind = "stock_movements"
[table.columns]
item = "item"
day = "day"
kind = "type"
quantity = { column = "qty", measure = "pack", pack_size = 10 }
"""
    text = csv("item,day,type,qty", "M,2026-03-01,Verbrauch,-2", "M,2026-03-01,Verbrauch,-2", "M,2026-03-02,入库,5")
    assert load(mapping, b=text).new == 3
    assert load(mapping, b=text).new == 0
    rows = store.read(select(t.stock_movements.c.kind, t.stock_movements.c.quantity))
    assert sorted(tuple(row) for row in rows) == [("issue", 20.0), ("issue", 20.0), ("receipt", 50.0)]


def test_bookings_bring_the_count_forward_and_tell_the_mean_use(store: Store, load: Importer) -> None:
    counted = csv(",".join(x.name for x in STOCK.columns), *COUNTS)
    load(BOOKINGS, stock=counted, b=csv("item,day,type,qty,lot,expiry", *BOOKED))
    row = stock(store).iloc[0]
    # 100 and 60 counted on the 1st (with its own bookings); then 40 in, and 30 out of what expires first
    assert (row.on_hand, str(row.as_of), str(row.next_expiry)) == (170.0, "2026-03-04", "2026-04-01")
    assert row.used_per_day == pytest.approx(35 / 4)
    early = stock(store, at=datetime(2026, 3, 2)).iloc[0]
    assert (early.on_hand, str(early.as_of)) == (200.0, "2026-03-02")


COUNTS = ["M,Mask,,,piece,2026-03-01,100,,,,L1,2026-05-01", "M,Mask,,,piece,2026-03-01,60,,,,L2,2026-04-01"]
BOOKED = [
    "M,2026-03-01,issue,5,L1,",
    "M,2026-03-02,receipt,40,L3,2026-06-01",
    "M,2026-03-04,issue,30,,",
]
BOOKINGS = """
[[table]]
files = ["b.csv"]
kind = "stock_movements"
[table.columns]
item = "item"
day = "day"
kind = "type"
quantity = "qty"
lot = "lot"
expiry = "expiry"
"""


def test_every_fault_of_a_mapping_is_named_with_what_was_expected(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text(
        """
[[table]]
kind = "stays"
enconding = "gbk"
encoding = "klingon"
zone = "Mars"
decimal = ";"
dates = "soon"
[table.columns]
vist = "a"
visit = 3
patient = { colum = "a" }
start = { column = "a", measure = "furlong" }
[[table]]
files = ["x"]
kind = "stay"
[[table]]
files = ["y"]
kind = "stays"
header = "first"
skip = "rows"
units = ["a"]
columns = "all"
"""
    )
    with pytest.raises(RecordError) as error:
        read_mapping(path)
    text = "\n".join(error.value.faults)
    for part in (
        "unknown key 'enconding'; expected one of encoding",
        "files is missing",
        "encoding 'klingon' is not known",
        "zone 'Mars' is not known",
        "decimal is ';'",
        "date pattern 'soon'",
        "unknown field of stays 'vist'; expected one of visit",
        "visit is 3; expected the name of a column",
        "patient has neither column nor fixed",
        "unit of measurement 'furlong' is not known",
        "no column for unit, which stays needs",
        "table 2: kind is 'stay'; expected one of units",
        "table 3: columns is 'all'; expected a table, as [table.columns]",
        "skip is 'rows'; expected a table",
        "header is 'first'; expected a number above 0",
        "units is ['a']; expected a table of texts",
    ):
        assert part in text
    for content, said in (("kind = ", "not TOML or JSON"), ("a = 1", "has no table")):
        path.write_text(content)
        with pytest.raises(RecordError, match=said):
            read_mapping(path)
    with pytest.raises(RecordError, match=r"one of .*mimic_iv"):
        read_mapping(tmp_path / "none.toml")


def test_a_column_that_the_file_lacks_is_named_with_what_is_near(load: Importer) -> None:
    report = load(STAYS.format(more=""), s=csv("visit,patient,unit,strat,end", "1,1,ICU,2026-03-01,"))
    assert "column 'start' of the mapping is not in the file (near: strat)" in report.files[0].faults[1]


def test_a_suggested_mapping_brings_the_file_in(store: Store, load: Importer, tmp_path: Path) -> None:
    path = tmp_path / "verlauf.csv"
    text = csv("Fallnummer;Patientennummer;Station;von;bis;Bett", "1;9;3N;24.12.2025 08:00;31.12.2025 09:00;A")
    path.write_bytes(text.encode("utf-16"))
    suggested = suggest_mapping([path])
    assert 'kind = "stays"' in suggested and 'dates = "DD.MM.YYYY"' in suggested
    assert load(suggested, verlauf=path.read_bytes()).new == 1
    assert list(store.stays()["bed"]) == ["A"]


def test_the_command_suggests_a_mapping_and_imports_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "home"))
    table, mapping = tmp_path / "verlauf.csv", tmp_path / "mapping.toml"
    table.write_bytes(csv("Fallnummer;Patientennummer;Station;von;bis", "1;9;Süd;24.12.2025 08:00;").encode("cp1252"))
    assert main(["import", "--suggest-mapping", str(table)]) == 0
    mapping.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["import", str(table), "--mapping", str(mapping)]) == 0
    said = capsys.readouterr().out
    assert "1 read, 1 new" in said and "read as: encoding cp1252, separator ;" in said
    mapping.write_text("[[table]]\nkind = 'stays'\n")
    assert main(["import", str(table), "--mapping", str(mapping)]) == 1
    assert "no column for visit, which stays needs" in capsys.readouterr().err
    assert main(["import", "--suggest-mapping", str(tmp_path / "none.csv")]) == 1


def test_the_help_describes_the_tables_of_movements_too() -> None:
    text = describe_csv()
    for kind in FEED_KINDS:
        assert f"{kind.name}.csv: {kind.means}" in text
        assert all(f"{column.name}: {column.means}" in text for column in kind.columns)


def test_the_documented_examples_of_tables_of_movements_go_in(store: Store, tmp_path: Path) -> None:
    paths = []
    for number, kind in enumerate(FEED_KINDS):
        paths.append(tmp_path / f"{number}.csv")
        paths[-1].write_text(csv(",".join(kind.header), ",".join(x.example for x in kind.columns)), encoding="utf-8")
    report = import_paths(store, paths)
    assert not report.failed, report.fault_lines()
    assert {file.kind: file.new for file in report.files} == {kind.name: 1 for kind in FEED_KINDS}
    assert list(store.stays()["unit"]) == ["ICU"]


def test_tables_in_documented_columns_need_no_mapping(store: Store, load: Importer) -> None:
    other = STAYS.format(more="").replace("s.csv", "other.csv")
    report = load(other, s=csv("visit,patient,unit,start,end,bed", "1,1,ICU,2026-03-01 08:00,,A"))
    assert (report.new, list(store.stays()["bed"])) == (1, ["A"])


def test_mimic_tables_become_the_true_census(store: Store, shared: Path) -> None:
    from eval.census import compare, read_truth

    data = shared / "data" / "records"
    table = data / "mimic_iv_demo" / "derived_reanchored_transfers.csv"
    report = import_paths(store, [table], mapping=read_mapping("mimic_iv"))
    file = report.files[0]
    assert file.read == file.new + file.ignored == 673
    assert compare(store, read_truth(data / "derived_feed" / "census_truth_6h.csv")).differing == 0


def test_mimic_admissions_patients_and_transfers_fit_together(store: Store, shared: Path) -> None:
    folder = shared / "data" / "records" / "mimic_iv_demo" / "hosp"
    paths = [folder / name for name in ("transfers.csv", "admissions.csv", "patients.csv")]
    report = import_paths(store, paths, mapping=read_mapping("mimic_iv"))
    assert not report.failed and sum(file.quarantined for file in report.files) == 0
    stays = store.stays()
    assert stays["end"].notna().all() and set(stays["sex"]) == {"F", "M"}
    assert {"E", "I"} <= set(stays["visit_class"])
