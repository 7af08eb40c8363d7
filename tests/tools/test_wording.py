"""Wording: both languages say the same things, with the right plurals, dates and figures."""

from datetime import date, datetime
from importlib import resources

import pytest

from assistant.agent.claims import Names, claims
from assistant.records.units import Unit
from assistant.tools.page import Page
from assistant.tools.tool import Source
from assistant.tools.wording import LANGUAGES, Wording, wording


def test_both_languages_have_the_same_sentences_with_the_same_names() -> None:
    english, chinese = wording("en"), wording("zh")
    assert set(english.sentences) == set(chinese.sentences)
    assert set(english.words) == set(chinese.words)
    differing = [
        key
        for key, sentence in english.sentences.items()
        if set(sentence.get_identifiers()) != set(chinese.sentences[key].get_identifiers())
    ]
    assert differing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_a_valid_template(language: str) -> None:
    assert [key for key, sentence in wording(language).sentences.items() if not sentence.is_valid()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_states_a_figure_of_its_own(language: str) -> None:
    """A site may change any figure; only "8 in 10" (the interval that is shown), "nobody" and examples of wording stay."""  # noqa: E501
    eight_in_ten = {"forecast.occupancy", "forecast.admissions", "forecast.discharges", "forecast.ed_arrivals"}
    eight_in_ten |= {"forecast.nurse_hours", "forecast.supply_use"}
    eight_in_ten |= {f"{key}_{kind}" for key in eight_in_ten for kind in ("flat", "day")}
    nine_in_ten = {"length_of_stay.row", "length_of_stay.spread"}
    eight_in_ten |= {"outbreak.headline", "outbreak.accuracy"}
    interval = eight_in_ten | nine_in_ten | {"forecast.accuracy", "forecast.hours", "errors.unknown_time"}
    figures = {
        key: found
        for key, sentence in wording(language).sentences.items()
        if (
            found := [
                c for c in claims(sentence.template, Names()) if c.kind in {"number", "percent"} and c.value != "0"
            ]
        )
        and key not in interval
    }
    assert figures == {}


@pytest.mark.parametrize(
    ("language", "noun", "number", "words"),
    [
        ("en", "patient", 1, "1 patient"),
        ("en", "patient", 14, "14 patients"),
        ("en", "patient", 0, "no patients"),
        ("en", "day", 0, "0 days"),
        ("en", "day", 2.5, "2.5 days"),
        ("en", "bed", 1200, "1,200 beds"),
        ("zh", "patient", 14, "14名患者"),
        ("zh", "bed", 1, "1张床位"),
        ("zh", "bed", 0, "0张床位"),
    ],
)
def test_counts_have_their_plural_or_measure_word(language: str, noun: str, number: float, words: str) -> None:
    assert wording(language).count(noun, number) == words


def test_dates_are_said_in_full() -> None:
    assert wording("en").day(date(2026, 11, 3)) == "Tue 3 Nov 2026"
    assert wording("zh").moment(datetime(2026, 11, 3, 20, 5)) == "2026年11月3日（周二）20:05"


def test_a_unit_is_called_by_name_and_code() -> None:
    unit = Unit("ICU", "Intensive Care Unit", "重症监护室")
    assert wording("en").unit(unit) == "Intensive Care Unit (ICU)"
    assert wording("zh").unit(unit) == "重症监护室（ICU）"


@pytest.mark.parametrize(("items", "words"), [([], ""), (["a"], "a"), (["a", "b", "c"], "a, b and c")])
def test_lists_read_as_a_sentence(items: list[str], words: str) -> None:
    assert wording("en").listed(items) == words


def test_a_sentence_carries_the_typed_values_it_shows() -> None:
    say: Wording = wording("en")
    page = Page(say, Source("records:census", "record", "Census"))
    page.caveat("occupancy.under_busy", mark=say.percent(85))
    page.headline(
        "occupancy.unit_no_beds", unit="ICU", patients=say.count("patient", 3), at=say.day(date(2026, 3, 1)), past=""
    )
    outcome = page.outcome()
    assert [value.value for value in outcome.facts[0].values] == [3, "2026-03-01"]
    assert outcome.text.splitlines()[0].startswith("ICU has 3 patients")
    assert outcome.text.splitlines()[1].startswith("Note: ")


def test_a_missing_value_is_a_defect_not_a_gap() -> None:
    with pytest.raises(KeyError):
        wording("en").say("occupancy.unit", unit="ICU")


def test_the_files_are_read_as_package_data() -> None:
    for language in LANGUAGES:
        assert resources.files("assistant.prompts").joinpath(f"wording/{language}.toml").is_file()
