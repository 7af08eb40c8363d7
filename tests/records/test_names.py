"""Names as people say them, in both languages."""

from datetime import date

import pytest

from assistant.errors import ToolError
from assistant.records.names import find_item, find_person, find_unit
from assistant.records.staff import Person
from assistant.records.stock import StockLevel
from assistant.records.units import Unit

UNITS = [
    Unit("ICU", "Intensive Care Unit", "重症监护室", aliases=("critical care",)),
    Unit("MICU", "Medical Intensive Care Unit (MICU)"),
    Unit("3A", "Ward 3A", "三A病区"),
    Unit("3B", "Ward 3B", "三B病区"),
    Unit("Emergency Department", "Emergency Department", "急诊科"),
    Unit("Emergency Department Observation", "Emergency Department Observation"),
]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("ICU", "ICU"),
        ("the icu", "ICU"),
        ("ICU ward", "ICU"),
        ("ＩＣＵ", "ICU"),
        ("重症监护室", "ICU"),
        ("intensive care", "ICU"),
        ("Critical Care", "ICU"),
        ("micu", "MICU"),
        ("medical intensive care unit", "MICU"),
        ("ward 3b", "3B"),
        ("三B病区", "3B"),
        ("三b", "3B"),
        ("emergency", "Emergency Department"),
        ("急诊", "Emergency Department"),
        ("  3A ", "3A"),
    ],
)
def test_units_are_found_as_people_call_them(said: str, code: str) -> None:
    assert find_unit(UNITS, said).code == code


@pytest.mark.parametrize(
    ("said", "near"), [("ICUU", "ICU"), ("MICU2", "MICU"), ("3C", "3A"), ("emergncy", "Emergency Department")]
)
def test_an_unknown_unit_is_refused_with_the_near_ones(said: str, near: str) -> None:
    with pytest.raises(ToolError) as caught:
        find_unit(UNITS, said)
    assert caught.value.code == "unknown_unit"
    assert near in caught.value.near
    assert said in str(caught.value)


def test_short_names_must_match_exactly() -> None:
    with pytest.raises(ToolError):
        find_unit(UNITS, "3")


def test_nonsense_has_no_near_names_but_the_known_ones_are_told() -> None:
    with pytest.raises(ToolError, match="Known: ICU, MICU") as caught:
        find_unit(UNITS, "qqqqqq")
    assert caught.value.near == ()


def test_an_empty_store_says_what_to_do() -> None:
    with pytest.raises(ToolError, match="import records first"):
        find_unit([], "ICU")


def test_items_are_found_by_either_name_at_their_latest_count() -> None:
    days = date(2026, 3, 1), date(2026, 3, 8)
    levels = [StockLevel("MASK-N95", "N95 mask", day, 5, name_zh="N95口罩") for day in days]
    assert find_item(levels, "n95口罩").as_of == days[1]
    assert find_item(levels, "N95 masks").item == "MASK-N95"
    with pytest.raises(ToolError) as caught:
        find_item(levels, "N95 mosk")
    assert (caught.value.code, caught.value.near) == ("unknown_item", ("MASK-N95",))


def test_a_part_of_a_name_is_enough_if_only_one_person_has_it() -> None:
    people = [
        Person("N1", "Chen Wei", "ICU", name_zh="陈伟"),
        Person("N2", "Li Na", "ICU"),
        Person("N3", "Li Bo", "3B"),
    ]
    assert find_person(people, "chen").staff == "N1"
    assert find_person(people, "陈").staff == "N1"
    with pytest.raises(ToolError) as caught:
        find_person(people, "Li")
    assert caught.value.near == ("N2", "N3")


def test_a_part_of_a_name_is_enough_where_only_one_unit_has_it() -> None:
    units = [Unit("ICU", "Intensive Care Unit", "重症监护室"), Unit("3B", "Respiratory Medicine", "呼吸内科")]
    assert find_unit(units, "重症").code == "ICU"
    assert find_unit(units, "respiratory").code == "3B"


def test_a_part_that_two_units_share_is_refused_with_both() -> None:
    units = [Unit("3A", "General Medicine", "普通内科"), Unit("3B", "Respiratory Medicine", "呼吸内科")]
    with pytest.raises(ToolError) as refused:
        find_unit(units, "内科")
    assert set(refused.value.near) == {"3A", "3B"}


def test_all_words_of_an_item_are_enough_where_only_one_item_has_them() -> None:
    day = date(2026, 3, 10)
    items = [StockLevel("M95", "N95 respirator mask", day, 1), StockLevel("MS", "Surgical mask", day, 1)]
    assert find_item(items, "N95 masks").item == "M95"
    with pytest.raises(ToolError):
        find_item(items, "masks")
