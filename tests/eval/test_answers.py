"""The grounding evaluation: questions with the hospital's names, plain searches, false and true statements."""

import json
from collections import Counter
from dataclasses import replace

import pytest

from assistant.agent.claims import Names
from assistant.agent.ground import ground
from assistant.agent.question import Answer
from assistant.errors import RecordError
from assistant.llm.descriptions import RawCall
from assistant.tools.door import CallRecord
from assistant.tools.tool import Fact, Outcome, Source, Value
from eval.answer_checks import Checker
from eval.answer_scores import Tried, judged
from eval.answers import main
from eval.cases_answers import questions
from eval.cases_understanding import read_cases
from eval.invention_words import han_numeral, in_words
from eval.inventions import inventions
from eval.restatements import restatements

NAMES = Names(
    {"ICU": ["Intensive Care Unit", "重症监护室"], "3B": ["Respiratory Ward", "呼吸内科"]},
    {"N001": ["Chen Wei", "陈伟"]},
)
FACTS = (
    Fact(
        "1.f1",
        "Intensive Care Unit (ICU) has 14 patients in 16 open beds: 88 % full (Tue 3 Nov 2026 20:00).",
        (
            Value("unit", "ICU", "unit"), Value("patients", 14, "patient"), Value("beds", 16, "open_bed"),
            Value("percent", 88, "%"), Value("at", "2026-11-03T20:00", "time"),
        ),
        "records:census",
    ),
    Fact("1.f2", "The longest wait is 22 h 5 min.", (Value("longest", 1325, "minute"),), "records:census"),
)  # fmt: skip
SOURCES = (Source("records:census", "record", "Census", as_of="2026-11-03T20:00"),)


def answer(text: str, facts: tuple[Fact, ...] = FACTS) -> Answer:
    """An answer of one step."""
    outcome = Outcome(text, facts, {}, SOURCES)
    record = CallRecord("show_state", {"measure": "occupancy"}, "ok", outcome, "", "", (), "J-000001", 0.0)
    return Answer(text, "en", (record,), facts, SOURCES, True, "J-000001")


def test_what_the_facts_and_their_values_hold_is_found() -> None:
    text = "\n".join(fact.text for fact in FACTS)
    assert not any(Checker(NAMES).astray(answer(text)).values())


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("The ICU has 15 patients.", "number", "15"),
        ("The ICU was full on 5 November.", "date", "11-05"),
        ("11月5日重症监护室有14名患者。", "date", "11-05"),
        ("Respiratory Ward has 14 patients.", "name", "3B"),
        ("陈伟有空。", "name", "N001"),
    ],
)
def test_what_is_in_no_fact_is_found(text: str, kind: str, value: str) -> None:
    assert Checker(NAMES).astray(answer(text))[kind] == (value,)


def test_a_figure_that_a_fact_says_but_holds_in_no_typed_value_is_found() -> None:
    sentence = "Intensive Care Unit (ICU) has 14 patients and 3 nurses; Chen Wei is there until 4 Nov."
    told = (Fact("1.f1", sentence, FACTS[0].values, "records:census"),)
    assert Checker(NAMES).astray(answer(sentence, told)) == {"number": ("3",), "date": ("11-04",), "name": ("N001",)}


def test_false_statements_are_stopped_and_true_ones_are_not() -> None:
    false = inventions(FACTS, SOURCES, NAMES, "en", 1)
    true = restatements(FACTS, NAMES, "en", 1)
    assert {made.kind for made in false} >= {"another figure", "another date", "a unit of no fact", "half", "a deed"}
    assert {made.kind for made in true} >= {"as it stands", "joined", "in words", "date in ISO form"}
    assert [made for made in false if ground(made.text, FACTS, SOURCES, NAMES).ok] == []
    assert [made for made in true if not ground(made.text, FACTS, SOURCES, NAMES).ok] == []


def test_chinese_statements_too() -> None:
    text = "重症监护室（ICU）现有14名患者，共16张开放床位，使用率88%（2026年11月3日（周二）20:00）。"
    facts = (replace(FACTS[0], text=text),)
    false, true = inventions(facts, SOURCES, NAMES, "zh", 1), restatements(facts, NAMES, "zh", 1)
    assert {made.kind for made in true} >= {"in words", "date in characters"}
    assert [made for made in false if ground(made.text, facts, SOURCES, NAMES).ok] == []
    assert [made for made in true if not ground(made.text, facts, SOURCES, NAMES).ok] == []


@pytest.mark.parametrize(
    ("number", "english", "chinese"),
    [(0, "zero", "零"), (14, "fourteen", "十四"), (42, "forty-two", "四十二"), (110, "one hundred and ten", "一百一十"),
     (1005, "one thousand five", "一千零五"), (12_300, "twelve thousand three hundred", "一万二千三百")],
)  # fmt: skip
def test_numbers_in_words(number: int, english: str, chinese: str) -> None:
    assert (in_words(number, "en"), han_numeral(number)) == (english, chinese)


def test_statements_are_counted_by_kind() -> None:
    one = Tried(Counter({"a deed": 2, "half": 1}), (("half", "Half are free.", ""),))
    tried = [one, Tried(Counter({"half": 3}))]
    found = judged(tried)
    assert (found["tried"], found["wrongly"]) == (6, 1)
    assert found["kinds"]["half"] == {"tried": 4, "wrongly": 1}
    assert found["examples"][0]["text"] == "Half are free."


def cases_file(folder, *rows):
    file = folder / "cases.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return file


def case(name, language, question, tool, **arguments):
    return {
        "id": name, "lang": language, "earlier": [], "question": question,
        "expect": [{"tool": tool, "arguments": arguments}],
    }  # fmt: skip


def test_questions_get_the_names_of_the_hospital(tmp_path):
    file = cases_file(tmp_path, case("a", "en", "How full is Ward Nine?", "show_state", unit="Ward Nine"))
    asked = questions(read_cases(file)[0], NAMES, 6, 1)
    said = [question.steps[0].arguments["unit"] for question in asked]
    assert set(said) <= {"ICU", "Intensive Care Unit", "3B", "Respiratory Ward"} and len(set(said)) > 1
    assert [question.text for question in asked] == [f"How full is {unit}?" for unit in said]
    assert asked[0].steps == (RawCall("show_state", {"measure": "occupancy", "unit": said[0]}),)


def test_the_command_end_to_end(small_home, tmp_path, capsys):
    file = cases_file(
        tmp_path,
        case("a", "en", "How full is the X?", "show_state", measure="occupancy", unit="X"),
        case("b", "zh", "谁在等床？", "show_state", measure="waiting"),
        case("c", "en", "What is known of Atlantis?", "show_state", measure="occupancy", unit="Atlantis", at="never"),
    )
    out = tmp_path / "report" / "r.json"
    code = main(["--out", str(out), "--cases", str(file), "--home", str(small_home), "--questions", "6"])
    result = json.loads(out.read_text(encoding="utf-8"))
    assert code == 0, result["false_statements"]["examples"]
    assert result["questions"] == 6
    assert result["all"]["grounded"] == result["all"]["every_number_traced"] == 1
    assert result["all"]["failed_steps"] == pytest.approx(1 / 3, abs=0.01)
    assert set(result["languages"]) == {"en", "zh"}
    assert result["false_statements"]["tried"] > 50
    told = capsys.readouterr()
    assert "6 of 6 answers" in told.err
    assert "false statements: " in told.out
    assert not (small_home / "journal").exists()  # worked on a copy


def test_two_processes_say_the_same_as_one(small_home, tmp_path, capsys):
    file = cases_file(tmp_path, case("b", "zh", "谁在等床？", "show_state", measure="waiting"))
    reports = []
    for workers in ("1", "2"):
        out = tmp_path / f"{workers}.json"
        main(
            [
                "--out",
                str(out),
                "--cases",
                str(file),
                "--home",
                str(small_home),
                "--questions",
                "2",
                "--workers",
                workers,
            ]
        )
        reports.append(json.loads(out.read_text(encoding="utf-8")))
        reports[-1]["all"].pop("median_seconds")
    assert reports[0]["all"] == reports[1]["all"]
    assert reports[0]["false_statements"] == reports[1]["false_statements"]


def test_no_cases_no_answers(small_home, tmp_path):
    with pytest.raises(RecordError, match="Cannot read the cases"):
        main(["--out", str(tmp_path / "r.json"), "--cases", str(tmp_path / "none.jsonl"), "--home", str(small_home)])
