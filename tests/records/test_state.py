"""The state questions, on a ward and an ICU small enough to count by hand."""

import time
from collections.abc import Callable
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import insert

from assistant.errors import ToolError
from assistant.records import tables as t
from assistant.records.report import ImportReport
from assistant.records.state import (
    census_history,
    data_quality,
    flows,
    free_beds,
    length_of_stay,
    occupancy,
    staffing,
    stock,
)
from assistant.records.store import Store
from assistant.records.wall import DAY, to_seconds

Load = Callable[..., ImportReport]
Adt = Callable[..., str]
UNITS = """unit,name,name_zh,kind,service,patients_per_nurse_day,patients_per_nurse_night,aliases
ED,Emergency,急诊科,emergency,,4,4,
ICU,Intensive Care Unit,重症监护室,icu,,2,1,
3B,Ward 3B,三B病区,ward,,6,10,
"""
BEDS = """unit,room,bed,isolation,ventilator,sex_rule,open
ICU,1,A,yes,yes,any,yes
ICU,1,B,no,yes,any,no
3B,2,C,no,no,same,yes
3B,2,D,no,no,same,yes
"""
STAFF = """staff,name,name_zh,unit,role,skills,hours_per_week,nights
N1,Li,李,ICU,nurse,icu,40,yes
N2,Wang,王,ICU,charge_nurse,icu|charge,40,yes
N3,Zhao,赵,ICU,care_assistant,,40,yes
"""
SHIFTS = """unit,shift,name,name_zh,start,end,minutes,night
,D,Day,白班,07:00,19:00,690,no
,N,Night,夜班,19:00,07:00,690,yes
"""
ROSTER = """staff,unit,day,shift
N1,ICU,2026-03-01,D
N3,ICU,2026-03-01,D
N2,ICU,2026-03-01,N
N2,ICU,2026-03-02,D
"""
STOCK = """item,name,name_zh,category,unit_of_measure,as_of,on_hand,used_per_day,reorder_point,lead_time_days,lot,expiry
MASK,Mask,口罩,,piece,2026-02-20,999,10,100,5,L1,2027-01-01
MASK,Mask,口罩,,piece,2026-03-01,60,10,100,5,L1,2026-12-01
MASK,Mask,口罩,,piece,2026-03-01,20,10,100,5,L2,2026-06-01
MASK,Mask,口罩,,piece,2026-03-01,40,10,100,5,L0,2026-02-01
GOWN,Gown,,,piece,2026-03-01,500,,,,,
"""


@pytest.fixture
def ward(store: Store, load: Load, adt: Adt) -> Store:
    """Visit 1: ED, ICU, then 3B, home on the third day. Visit 2: straight to 3B, still there. Visit 3: ED, home."""
    for name, text in (("units", UNITS), ("beds", BEDS), ("staff", STAFF), ("shifts", SHIFTS)):
        assert not load(text, f"{name}.csv").failed
    load(ROSTER, "roster.csv")
    load(STOCK, "stock.csv")
    load(
        [
            adt("A04", 0, "ED", kind="E"),
            adt("A01", 2, "ICU^1^A"),
            adt("A02", 26, "3B^2^D"),
            adt("A03", 50, "3B^2^D"),
            adt("A01", 3, "3B^2^C", visit="2", sex="M"),
            adt("A04", 4, "ED", visit="3", kind="E"),
            adt("A03", 7, "ED", visit="3", kind="E"),
        ]
    )
    return store


def test_occupancy_counts_patients_against_open_beds(ward: Store, at) -> None:
    rows = occupancy(ward, at(5)).set_index("unit")
    assert rows["patients"].to_dict() == {"3B": 1, "ED": 1, "ICU": 1}
    assert rows.loc["ICU", ["beds_open", "beds_closed", "free", "percent"]].to_list() == [1, 1, 0, 100.0]
    assert rows.loc["3B", ["free", "percent"]].to_list() == [1, 50.0]
    assert pd.isna(rows.loc["ED", "free"]) and np.isnan(rows.loc["ED", "percent"])


def test_a_patient_is_counted_from_the_second_he_comes_until_the_second_he_leaves(ward: Store, at) -> None:
    def patients(hours: float) -> int:
        return int(occupancy(ward, at(hours), "ICU")["patients"].iloc[0])

    assert (patients(2), patients(26), patients(1.999)) == (1, 0, 0)


def test_free_beds_leave_out_closed_and_taken_ones_and_name_the_sex_in_the_room(ward: Store, at) -> None:
    rows = free_beds(ward, at(5))
    assert rows[["unit", "room", "bed", "room_sex"]].values.tolist() == [["3B", "2", "D", "M"]]


def test_census_history_agrees_with_occupancy_at_every_time(ward: Store) -> None:
    history = census_history(ward, datetime(2026, 3, 1), datetime(2026, 3, 4), every="6h")
    assert len(history) == 12
    for moment, row in history.iterrows():
        expected = occupancy(ward, moment.to_pydatetime()).set_index("unit")["patients"]  # type: ignore[attr-defined]
        assert row.to_dict() == expected.to_dict()


def test_census_history_counts_once_a_day_at_the_hour_asked_for(ward: Store) -> None:
    history = census_history(ward, datetime(2026, 3, 1), datetime(2026, 3, 4), "3B", hour=12)
    assert history["3B"].to_list() == [1, 2, 1]
    assert [moment.hour for moment in history.index] == [12, 12, 12]


@pytest.mark.parametrize(
    ("measure", "unit", "counts"),
    [
        ("admissions", None, [2, 0, 0]),
        ("admissions", "ICU", [1, 0, 0]),
        ("admissions", "3B", [1, 0, 0]),
        ("admissions", "ED", [2, 0, 0]),
        ("discharges", None, [0, 0, 1]),
        ("discharges", "ED", [1, 0, 0]),
        ("transfers", "3B", [0, 1, 0]),
        ("transfers", None, [0, 1, 0]),
        ("ed_arrivals", None, [2, 0, 0]),
    ],
)
def test_flows_by_day(measure: str, unit: str | None, counts: list[int], ward: Store) -> None:
    series = flows(ward, measure, datetime(2026, 3, 1), datetime(2026, 3, 4), unit)
    assert series.to_list() == counts


def test_an_unknown_measure_names_the_known_ones(ward: Store) -> None:
    with pytest.raises(ToolError, match="ed_arrivals"):
        flows(ward, "births", datetime(2026, 3, 1), datetime(2026, 3, 4))


def test_length_of_stay_counts_stays_that_ended_in_the_window(ward: Store) -> None:
    rows = length_of_stay(ward, datetime(2026, 3, 1), datetime(2026, 3, 4)).set_index("unit")
    assert rows.loc["ICU"].to_list() == [1, 1.0, 1.0, 1.0]
    assert rows.loc["ED", "stays"] == 2
    assert length_of_stay(ward, datetime(2026, 3, 4), datetime(2026, 3, 5)).empty


def test_a_change_of_bed_does_not_end_a_stay(store: Store, load: Load, adt: Adt) -> None:
    load([adt("A01", 0, "ICU^1^A"), adt("A02", 12, "ICU^1^B"), adt("A03", 24, "ICU^1^B")])
    rows = length_of_stay(store, datetime(2026, 3, 1), datetime(2026, 3, 4))
    assert rows.values.tolist() == [["ICU", 1, 1.0, 1.0, 1.0]]


def test_staffing_counts_nurses_only_and_rounds_the_need_up(ward: Store) -> None:
    rows = staffing(ward, date(2026, 3, 2), "ICU")
    assert rows[["shift", "nurses", "patients", "limit", "needed"]].values.tolist() == [
        ["D", 1, 1, 2, 1],
        ["N", 0, 0, 1, 0],
    ]
    first = staffing(ward, date(2026, 3, 1), "ICU").set_index("shift")
    assert (first.loc["D", "nurses"], first.loc["N", "patients"], first.loc["N", "needed"]) == (1, 1, 1)


def test_stock_takes_the_latest_count_without_expired_lots(ward: Store) -> None:
    row = stock(ward, "MASK").iloc[0]
    assert (row.on_hand, row.days_left, row.below_reorder) == (80, 8 - 2, True)
    assert (row.next_expiry, row.as_of) == (date(2026, 6, 1), date(2026, 3, 1))
    assert np.isnan(stock(ward, "GOWN").iloc[0].days_left)


def test_data_quality_finds_what_does_not_fit(ward: Store, load: Load, adt: Adt) -> None:
    load([adt("A01", 4, "3B^2^C", visit="9", patient="p2"), adt("A01", 5, "3B^9^X", visit="10")])
    found = data_quality(ward).set_index("rule")
    expected = {
        "two_patients_in_one_bed": 0,
        "patient_in_two_places": 1,
        "unit_over_its_open_beds": 1,
        "bed_not_declared": 1,
        "expired_lot": 1,
        "short_rest": 1,
    }
    for rule, count in expected.items():
        assert found["count"].get(rule, 0) == count, rule
    load(adt("A01", 6, "3B^2^C", visit="11"))
    assert data_quality(ward).set_index("rule").loc["two_patients_in_one_bed", "count"] == 1


def test_every_question_has_an_answer_on_an_empty_store(store: Store, at) -> None:
    assert (store.clock(), store.fingerprint()) == (None, "empty")
    frames = [
        occupancy(store, at(0)),
        free_beds(store, at(0)),
        census_history(store, at(0), at(48)),
        length_of_stay(store, at(0), at(48)),
        staffing(store, date(2026, 3, 1)),
        stock(store),
        data_quality(store),
        store.stays(),
        store.waiting(at(0)),
    ]
    assert all(frame.shape[0] == 0 or frame.shape[1] == 0 for frame in frames)
    assert flows(store, "admissions", at(0), at(48)).sum() == 0


def test_a_year_of_stays_is_answered_in_well_under_a_second(store: Store) -> None:
    """The aim is 0.1 s; the limit here leaves room for a busy machine."""
    begin, random = to_seconds(datetime(2025, 1, 1)), np.random.default_rng(1)
    starts = begin + random.integers(0, 365 * DAY, 40_000)
    rows = [
        {"visit": f"V-{n}", "seq": 0, "unit": f"U{n % 12}", "start": int(s), "end": int(s) + 2 * DAY}
        for n, s in enumerate(starts)
    ]
    with store.engine.begin() as connection:
        connection.execute(insert(t.units), [{"unit": f"U{n}", "name": f"U{n}"} for n in range(12)])
        connection.execute(insert(t.stays), rows)
    year = datetime(2025, 1, 1), datetime(2026, 1, 1)
    for question in (
        lambda: census_history(store, *year),
        lambda: flows(store, "admissions", *year),
        lambda: store.stays(datetime(2025, 6, 1), datetime(2025, 6, 8), "U1"),
        lambda: occupancy(store, datetime(2025, 6, 1)),
    ):
        began = time.process_time()
        question()
        assert time.process_time() - began < 1.0
