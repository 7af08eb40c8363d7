"""The understanding evaluation: cases as people write them, the published rule, the report, the baselines."""

import json
import re

import pytest

from assistant.errors import LanguageModelError, RecordError, SetupError
from assistant.llm import checkpoint
from assistant.llm.descriptions import EarlierTurn, RawCall
from assistant.llm.faults import UNREACHABLE, fault
from eval import understanding
from eval.cases_understanding import Case, Outcome, read_cases, value_matches
from eval.understanding import evaluate
from eval.understanding_scores import confused, summary, wilson

ROW = {"id": "1", "lang": "en", "question": "beds?", "expect": [{"tool": "plan_beds", "arguments": {"days": 3}}]}


@pytest.mark.parametrize(
    ("expected", "predicted", "same"),
    [
        ("ICU", "icu", True),
        ("Heron Ward", "the Heron Ward", True),
        ("the Heron Ward", "heron ward", True),
        ("ICU", "CCU", False),
        ("ICU", "", False),
        (14, 14, True),
        (14, 14.0, True),
        (14, "14", True),
        (14, 7, False),
        (14, "two weeks", False),
        (14, None, False),
    ],
)
def test_values_match_by_the_published_rule(expected, predicted, same):
    assert value_matches(expected, predicted) is same


def outcome(predicted):
    expect = (RawCall("show_state", {"measure": "occupancy", "unit": "ICU"}),)
    return Outcome(Case("1", "en", "q", expect), tuple(predicted), 0.5)


def test_arguments_that_are_not_listed_do_not_count():
    predicted = RawCall("show_state", {"measure": "occupancy", "unit": "ICU", "at": "now"})
    assert outcome([predicted]).arguments


def test_a_missing_argument_is_a_miss_with_the_right_tool():
    missed = outcome([RawCall("show_state", {"measure": "occupancy"})])
    assert missed.tools
    assert not missed.arguments


def test_a_step_too_many_is_the_wrong_tools():
    call = RawCall("show_state", {"measure": "occupancy", "unit": "ICU"})
    assert not outcome([call, call]).tools


class OnlyOccupancy:
    def choose(self, question, language, earlier, tools):
        if language == "zh":
            raise LanguageModelError("no")
        return [RawCall("show_state", {"measure": "occupancy"})]

    def identity(self):
        return {"kind": "test"}


EXPECT = (RawCall("show_state", {"measure": "occupancy"}),)
CASES = [
    Case("1", "en", "a", EXPECT),
    Case("2", "en", "b", (RawCall("plan_beds", {}),)),
    Case("3", "zh", "c", EXPECT),
    Case("4", "en", "d", (RawCall("show_state", {"measure": "waiting"}),)),
]


def test_the_report_counts_by_language_and_tool_and_goes_on_after_an_error():
    told = []
    report = summary(evaluate(CASES, OnlyOccupancy(), [], told.append))
    assert report["all"]["tool_accuracy"] == 0.5
    assert report["all"]["all_arguments_accuracy"] == 0.25
    assert report["languages"]["en"]["tool_accuracy"] == pytest.approx(2 / 3, abs=1e-4)
    assert report["languages"]["zh"]["errors"] == 1
    assert report["tools"]["show_state"]["cases"] == 3
    assert report["languages_tools"]["en plan_beds"]["tool_accuracy"] == 0
    assert report["confusion"]["plan_beds"] == {"show_state": 1}
    assert confused(report["confusion"]) == [(1, "plan_beds", "show_state"), (1, "show_state", "none")]
    assert [miss["id"] for miss in report["misses"]] == ["2", "3", "4"]
    assert "4 of 4 cases" in told[-1]


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_wilson_s(hits, count, low, high):
    assert wilson(hits, count) == pytest.approx([low, high], abs=5e-5)
    assert wilson(count - hits, count) == pytest.approx([1 - high, 1 - low], abs=1e-4)


def read(tmp_path, *lines):
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return read_cases(file)


def test_cases_are_read_with_their_earlier_turns(tmp_path):
    earlier = [{"question": "x", "steps": [{"tool": "plan_beds", "arguments": {}}]}]
    [case], faults = read(tmp_path, ROW | {"earlier": earlier})
    assert case.earlier == (EarlierTurn("x", (RawCall("plan_beds", {}),)),)
    assert case.expect == (RawCall("plan_beds", {"days": 3}),)
    assert faults == []


@pytest.mark.parametrize(
    "change",
    [
        {"earlier": None},
        {"earlier": []},
        {"earlier": [{"question": "x"}]},
        {"expect": [{"tool": "plan_beds"}]},
        {"expect": [{"tool": "plan_beds", "arguments": None}]},
        {"id": 7},
        {"lang": "en-GB"},
        {"lang": None},
        {"note": "more"},
        {"question": "line\u2028separator"},
    ],
)
def test_what_may_be_missing_or_more_is_no_fault(tmp_path, change):
    cases, faults = read(tmp_path, json.dumps(ROW | change, ensure_ascii=False))
    assert (len(cases), faults) == (1, [])
    assert cases[0].language == "en"


@pytest.mark.parametrize(
    ("lang", "question", "language"),
    [
        ("zh", "?", "zh"),
        ("zh-CN", "?", "zh"),
        ("ZH_Hans", "?", "zh"),
        (" en ", "床位", "en"),
        (None, "床位？", "zh"),
        ("", "beds?", "en"),
        ("de", "Betten?", "de"),
    ],
)
def test_languages_are_told_by_the_first_part_of_their_tag(tmp_path, lang, question, language):
    [case], _ = read(tmp_path, ROW | {"lang": lang, "question": question})
    assert case.language == language


def test_an_argument_expected_to_be_null_is_not_asked_for(tmp_path):
    [case], _ = read(tmp_path, ROW | {"expect": [{"tool": "plan_beds", "arguments": {"unit": None, "days": 3}}]})
    assert case.expect[0].arguments == {"days": 3}


def test_blank_lines_and_a_byte_order_mark_do_not_matter(tmp_path):
    file = tmp_path / "cases.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(ROW).encode() + b"\r\n\r\n  \n" + json.dumps(ROW).encode())
    assert len(read_cases(file)[0]) == 2


BROKEN = [
    ("no json", "not JSON"),
    ("[1]", "expected an object"),
    ("{}", "'question' is missing"),
    (json.dumps({"question": "q"}), "'expect' is missing"),
    (json.dumps(ROW | {"question": 7}), "must be a text"),
    (json.dumps(ROW | {"expect": []}), "one call at least"),
    (json.dumps(ROW | {"expect": {"tool": "x"}}), "must be a list"),
    (json.dumps(ROW | {"expect": ["plan_beds"]}), "must be an object"),
    (json.dumps(ROW | {"expect": [{"tool": "x", "arguments": [1]}]}), "must be an object"),
    (json.dumps(ROW | {"earlier": ["x"]}), "must be|indices"),
    ("[" * 5000, "."),
]


@pytest.mark.parametrize(("line", "why"), BROKEN)
def test_a_broken_line_is_named_and_the_others_are_read(tmp_path, line, why):
    cases, [told] = read(tmp_path, ROW, "", line, ROW)
    assert len(cases) == 2
    assert told.startswith("line 3: ")
    assert re.search(why, told)


def test_a_file_without_any_case_is_an_error_that_names_all_lines(tmp_path):
    with pytest.raises(RecordError, match='"expect"') as error:
        read(tmp_path, '{"id": 1}', "no json")
    assert [one.split(":")[0] for one in error.value.faults] == ["line 1", "line 2"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_an_error(tmp_path, content):
    file = tmp_path / "cases.jsonl"
    if content:
        file.write_bytes(content)
    with pytest.raises(RecordError, match="Cannot read"):
        read_cases(file)


def run(tmp_path, *options, lines=(ROW,)):
    cases, out = tmp_path / "cases.jsonl", tmp_path / "new" / "report.json"
    cases.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    status = understanding.main([str(cases), "--out", str(out), "--home", str(tmp_path), *options])
    return status, json.loads(out.read_text())


def test_the_command_compares_with_the_baselines_in_one_table(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(understanding, "make_chooser", lambda name, options: OnlyOccupancy())
    known = ROW | {"expect": [{"tool": "show_state", "arguments": {"measure": "occupancy"}}]}
    status, report = run(tmp_path, "--baselines", lines=[known, "broken", ROW])
    assert status == 0
    assert report["model"] == "embedded"
    assert report["all"]["tool_accuracy"] == 0.5
    assert set(report["baselines"]) == {"untuned", "nearest"}
    assert report["baselines"]["nearest"]["languages"]["en"]["cases"] == 2
    assert report["broken_lines"][0].startswith("line 2: ")
    shown = capsys.readouterr()
    assert all(word in shown.out for word in ("untuned", "nearest", "50.0 %", "plan_beds -> show_state"))
    assert "line 2" in shown.err
    assert "2 of 2 cases" in shown.err


def test_without_baselines_none_is_run(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(understanding, "make_chooser", lambda name, options: asked.append(name) or OnlyOccupancy())
    assert run(tmp_path, "--model", "nearest")[1]["baselines"] == {}
    assert asked == ["nearest"]


def test_the_nearest_example_runs_from_a_file_of_examples(tmp_path):
    """Chinese, which needs no sentence encoder."""
    expect = [{"tool": "plan_staffing", "arguments": {"unit": "骨科", "days": 14}}]
    examples = tmp_path / "train.jsonl"
    examples.write_text(
        json.dumps({"lang": "zh", "question": "给骨科排两周的班", "expect": expect})
        + "\n"
        + json.dumps({"lang": "zh", "question": "口罩还有多少", "expect": [{"tool": "show_state", "arguments": {}}]})
    )
    asked = {"lang": "zh", "question": "请给心内科排三周的班"}
    asked["expect"] = [{"tool": "plan_staffing", "arguments": {"unit": "心内科", "days": 21}}]
    status, report = run(tmp_path, "--model", "nearest", "--examples", str(examples), lines=[asked])
    assert status == 0
    assert report["misses"] == []
    assert report["identity"]["kind"] == "nearest"


def test_missing_untuned_weights_are_told_before_anything_is_run(tmp_path, monkeypatch):
    monkeypatch.setattr(understanding, "step_chooser", lambda settings, models: OnlyOccupancy())
    monkeypatch.setenv("ASSISTANT_MODELS", str(tmp_path))
    with pytest.raises(SetupError, match=checkpoint.BASE):
        run(tmp_path, "--baselines")


def test_a_server_that_is_away_ends_the_run(tmp_path, monkeypatch):
    class Away(OnlyOccupancy):
        def choose(self, question, language, earlier, tools):
            raise fault("no server", UNREACHABLE)

    monkeypatch.setattr(understanding, "make_chooser", lambda name, options: Away())
    with pytest.raises(LanguageModelError, match="no server"):
        run(tmp_path, "--model", "served")


@pytest.mark.parametrize("option", [["--open"], ["--model", "psychic"]])
def test_options_that_do_not_exist_are_refused(tmp_path, option):
    with pytest.raises(SystemExit):
        run(tmp_path, *option)
