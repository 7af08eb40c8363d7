"""The files of the sample hospital: the same for the same seed, complete, in the agreed forms."""

import csv
from datetime import datetime
from pathlib import Path

import pytest

from assistant.sample.create import SampleReport, create_hospital
from assistant.sample.settings import SampleSettings

HEADERS = {
    "units.csv": "unit,name,name_zh,kind,service,patients_per_nurse_day,patients_per_nurse_night,aliases",
    "beds.csv": "unit,room,bed,isolation,ventilator,sex_rule,open",
    "staff.csv": "staff,name,name_zh,unit,role,skills,hours_per_week,nights",
    "shifts.csv": "unit,shift,name,name_zh,start,end,minutes,night",
    "absences.csv": "staff,start,end,reason",
    "wishes.csv": "staff,day,kind,shift,weight",
    "roster.csv": "staff,unit,day,shift",
    "stock.csv": "item,name,name_zh,category,unit_of_measure,as_of,on_hand,used_per_day,reorder_point,lead_time_days,"
    "lot,expiry",
}


def _rows(report: SampleReport, name: str) -> list[dict[str, str]]:
    with (report.feed / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    settings = SampleSettings(days=4, dirt=0.05, scale=0.4, warm_up_days=14)
    create_hospital(tmp_path / "one", settings)
    create_hospital(tmp_path / "two", settings)
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "two")


def test_another_seed_gives_another_hospital(tmp_path: Path) -> None:
    for seed in (1, 2):
        create_hospital(tmp_path / str(seed), SampleSettings(seed=seed, days=4, scale=0.4, warm_up_days=14))
    one, two = _bytes(tmp_path / "1"), _bytes(tmp_path / "2")
    assert one["truth/census.csv"] != two["truth/census.csv"]
    assert one["feed/staff.csv"] != two["feed/staff.csv"]


def test_dirt_changes_the_messages_but_not_what_happened(tmp_path: Path) -> None:
    for name, dirt in (("clean", 0.0), ("dirty", 0.1)):
        create_hospital(tmp_path / name, SampleSettings(days=4, dirt=dirt, scale=0.4, warm_up_days=14))
    clean, dirty = _bytes(tmp_path / "clean"), _bytes(tmp_path / "dirty")
    assert clean["truth/census.csv"] == dirty["truth/census.csv"]
    assert clean["feed/adt_2026-10.hl7"] != dirty["feed/adt_2026-10.hl7"]


def test_a_second_sample_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    create_hospital(tmp_path, SampleSettings(days=4, scale=0.4, warm_up_days=14))
    march = SampleSettings(days=4, scale=0.4, warm_up_days=14, end=datetime(2026, 3, 20, 20, 0))
    create_hospital(tmp_path, march)
    assert [path.name for path in (tmp_path / "feed").glob("*.hl7")] == ["adt_2026-03.hl7"]


@pytest.mark.parametrize("name", HEADERS)
def test_csv_has_the_agreed_header(month: SampleReport, name: str) -> None:
    assert (month.feed / name).read_text(encoding="utf-8").splitlines()[0] == HEADERS[name]


def test_progress_is_told_day_by_day(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    create_hospital(
        tmp_path, SampleSettings(days=5, scale=0.3, warm_up_days=14), lambda done, total: told.append((done, total))
    )
    assert told == [(day, 5) for day in range(1, 6)]


def test_settings_out_of_range_are_refused_together() -> None:
    with pytest.raises(ValueError, match=r"days must be at least 3.*scale must be between"):
        SampleSettings(days=1, scale=7)


def test_hospital_has_about_three_hundred_beds_in_bilingual_units(month: SampleReport) -> None:
    beds, units = _rows(month, "beds.csv"), _rows(month, "units.csv")
    assert 280 <= len(beds) <= 320
    assert 12 <= len(units) <= 15
    assert all(unit["name"] and unit["name_zh"] for unit in units)
    assert {"icu", "step_down", "ward", "emergency", "maternity", "paediatric"} == {unit["kind"] for unit in units}
    assert len({(bed["unit"], bed["room"], bed["bed"]) for bed in beds}) == len(beds)


def test_names_of_units_belong_to_one_unit_only(month: SampleReport) -> None:
    names = [
        name.casefold()
        for unit in _rows(month, "units.csv")
        for name in (unit["unit"], unit["name"], unit["name_zh"], *unit["aliases"].split("|"))
    ]
    assert len(set(names)) == len(names)


def test_dirt_is_counted(month: SampleReport) -> None:
    kinds = {"resent", "repeated", "late", "cancelled", "test", "cut", "missing birth date", "repeated stock row"}
    assert kinds <= {kind for kind, count in month.planted.items() if count > 0}
    spoilt = sum(month.planted[kind] for kind in ("resent", "repeated", "late", "cancelled", "test", "cut"))
    assert 0.01 < spoilt / month.messages < 0.03


def test_clean_files_have_no_dirt(clean_fortnight: SampleReport) -> None:
    assert not any(clean_fortnight.planted.values())


def test_truth_lies_outside_the_feed_every_six_hours(month: SampleReport, month_settings: SampleSettings) -> None:
    with month.census.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert month.feed not in month.census.parents
    assert len(rows) == 4 * month_settings.days
    units = [unit["unit"] for unit in _rows(month, "units.csv")]
    assert all(int(row["TOTAL"]) == sum(int(row[unit]) for unit in units) for row in rows)
