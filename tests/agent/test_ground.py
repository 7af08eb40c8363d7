"""Grounding: planted false numbers, dates, units and people are found, in both languages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.agent.claims import Claim, Names, claims, mentions, normal
from assistant.agent.ground import ground
from assistant.records.numerals import chinese_number
from assistant.tools.tool import Fact, Source, Value

NAMES = Names(
    {"ICU": ["Intensive Care Unit", "重症监护室"], "3B": ["Respiratory", "呼吸内科"], "CCU": ["Coronary Care Unit"]},
    {"N001": ["Chen Wei", "陈伟"], "N002": ["Li Na", "李娜"]},
)
FACTS = (
    Fact(
        "f1",
        "Intensive Care Unit (ICU) has 14 patients in 16 open beds: 88 % full (Tue 3 Nov 2026 20:00).",
        (Value("patients", 14, "patients"), Value("percent", 88, "%"), Value("unit", "ICU", "unit")),
        "records:census",
    ),
    Fact(
        "f2", "Chen Wei works the night of Wed 4 Nov 2026; patient V-7f3a9c21 goes to bed 3A-07.", (), "plan:staffing"
    ),
    Fact("f3", "The total is 1,200 masks.", (Value("on_hand", 1200, "mask"),), "records:stock"),
)
SOURCES = (Source("ratios#icu", "policy", "Ratios", "ICU", "1.0", "In intensive care one nurse has two patients."),)


@pytest.mark.parametrize(
    "text",
    [
        "The ICU has 14 patients, 88 % of 16 beds.",
        "The ICU is 88% full on 3 November 2026 at 20:00.",
        "重症监护室现有14名患者，使用率88%（2026年11月3日20:00）。",
        "重症监护室有十四名患者。",
        "Fourteen patients are in the Intensive Care Unit.",
        "Chen Wei works on Nov 4.",
        "陈伟上11月4日的夜班。",
        "Wed November 4, 2026: Chen Wei works the night.",
        "陈伟上11月4日的夜班；重症监护室有14名患者。",
        "陈伟上夜班：11月4日；14名患者在重症监护室。",
        "Chen Wei works on Wed 4 Nov\nTue 3 Nov: the ICU has 14 patients.",
        "V-7f3a9c21 goes to 3A-07.",
        "1200 masks are left.",
        "One nurse has two patients there.",
        "",
    ],
)
def test_what_the_facts_bear_passes(text: str) -> None:
    assert ground(text, FACTS, SOURCES, NAMES).ungrounded == ()


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("The ICU has 9 free beds.", "number", "9"),
        ("The ICU is 14 % full.", "percent", "14"),
        ("重症监护室现有15名患者。", "number", "15"),
        ("重症监护室有三张空床。", "number", "3"),
        ("重症监护室最多九至16名患者。", "number", "9"),
        ("患者最多六。", "number", "6"),
        ("血小板现有七单位。", "number", "7"),
        ("床间距约四米。", "number", "4"),
        ("There are twelve patients.", "number", "12"),
        ("The ICU was full on 5 November.", "date", "11-05"),
        ("11月5日床位紧张。", "date", "11-05"),
        ("It holds at 21:00.", "time", "21:00"),
        ("The CCU has 14 patients.", "unit", "CCU"),
        ("呼吸内科有14名患者。", "unit", "3B"),
        ("Li Na works the night.", "person", "N002"),
        ("李娜上夜班。", "person", "N002"),
        ("V-7f3a9c22 goes to 3A-07.", "identifier", "v-7f3a9c22"),
        ("Only 1.2 masks are left.", "number", "1.2"),
        ("There are 1,400 masks.", "number", "1400"),
        ("Occupancy is ８７％.", "percent", "87"),
    ],
)
def test_a_planted_falsehood_is_found(text: str, kind: str, value: str) -> None:
    assert Claim(kind, value) in ground(text, FACTS, SOURCES, NAMES).ungrounded


def test_each_claim_is_mapped_to_the_fact_that_bears_it() -> None:
    mapped = ground("The ICU has 14 patients.", FACTS, SOURCES, NAMES).to_json()
    assert {"kind": "number", "value": "14", "fact": "f1"} in mapped


@settings(deadline=None)  # a busy machine
@given(number=st.integers(min_value=0, max_value=10**7))
def test_no_integer_passes_that_is_in_no_fact(number: int) -> None:
    borne = {claim.value for fact in FACTS for claim in claims(fact.text, NAMES) if claim.kind == "number"}
    found = ground(f"There are {number:,} of them.", FACTS, (), Names())
    assert found.ok == (str(number) in borne)


@pytest.mark.parametrize(
    ("text", "number"), [("十四", 14), ("二十", 20), ("两百三十", 230), ("九", 9), ("一百零五", 105)]
)
def test_chinese_numerals(text: str, number: int) -> None:
    assert chinese_number(text) == number


def test_weekdays_and_months_are_no_numbers() -> None:
    found = claims("周三和星期五安排，一些患者转出。", Names())
    assert {claim.kind for claim in found} == {"weekday"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("N95口罩 and N95, then n95 respirators", ["MASK-Z", "MASK-N", "MASK-N"]),
        ("Cardiac ICU, ICU, the icu, ICU2", ["CICU", "ICU"]),
        ("Ward 4A and ward 4ab; ward 4a", ["4A", "4A"]),
        ("陈伟明 and Chen Wei", ["N009", "N001"]),
    ],
)
def test_the_longest_name_is_read_and_only_whole_words(text: str, said: list[str]) -> None:
    names = Names(
        {"ICU": ["ICU"], "CICU": ["Cardiac ICU"], "4A": ["Ward 4A"]},
        {"N001": ["Chen Wei", "陈伟"], "N009": ["Chen Weiming", "陈伟明"]},
        {"MASK-N": ["N95", "N95 respirator"], "MASK-Z": ["N95口罩"]},
    )
    known = [mention.value for mention in mentions(normal(text), names) if mention.kind in {"unit", "person", "item"}]
    assert known == said
