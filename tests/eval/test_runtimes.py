"""The comparison of runtimes: the grammar in another dialect, the workers, the figures. No other runtime is needed."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.llm.constrain import calls_grammar
from assistant.llm.descriptions import EarlierTurn, RawCall
from assistant.llm.spans import normal
from assistant.tools.catalogue import tool_descriptions
from eval import runtimes
from eval.cases_understanding import Case
from eval.runtime_grammar import ebnf
from eval.runtime_workers import NOT_INSTALLED
from eval.runtimes import REFERENCE, StandIn, chosen, compared

ROOT = Path(__file__).resolve().parents[2]
BEDS = RawCall("plan_beds", {})
REPLY = '<tool_call>{"name":"plan_beds","arguments":{}}</tool_call>'
WAITING = '<tool_call>{"name":"show_state","arguments":{"measure":"waiting"}}</tool_call>'
QUESTIONS = [
    "How full is Heron Ward 7B on Monday night for two weeks?",
    "给骨科三病区排两周的班",
    '"quotes" \\ and <|im_start|> 🛏️',
    "?",
    "",
    "Who is waiting?",
]


def rules_of(grammar):
    return dict(line.split(" ::= ", 1) for line in grammar.splitlines())


def referenced(body):
    """Rule names used in a body, once its quoted texts are taken out."""
    return set(re.findall(r"[a-z]\w*", re.sub(r'"(?:\\.|[^"\\])*"|\[[^\]]*\]', " ", body)))


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("before", [[], ["Draft a roster for Maple Ward"]])
def test_the_grammar_in_the_other_dialect_is_whole(question, before):
    texts = [normal(question), *before]
    rules = rules_of(ebnf(calls_grammar(tool_descriptions(), texts[0], before), texts))
    assert "root" in rules
    assert set().union(*map(referenced, rules.values())) <= set(rules)
    assert not any(word in body for body in rules.values() for word in ("SPAN", "NAME", "%regex", "~/"))


def test_a_name_holds_a_piece_that_could_be_one():
    question = "beds on Heron Ward"
    rules = rules_of(ebnf(calls_grammar(tool_descriptions(), question), [question]))
    assert rules["name_0_0"] == '"beds" name_0_1'
    assert rules["name_0_4"] == '"Heron" | "Heron" any_0_5'
    assert rules["any_0_6"] == '"Ward"'
    assert "any_0_3" not in rules["copied"]  # a blank


@pytest.mark.parametrize("name", ["ctranslate2-int8", "openvino-int8"])
def test_a_worker_whose_runtime_is_missing_says_so(tmp_path, name):
    job = tmp_path / "job.json"
    job.write_text(json.dumps({"questions": [], "threads": 1}))
    command = [sys.executable, str(ROOT / "eval" / "runtime_workers.py"), name, str(job), str(tmp_path / "result.json")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == NOT_INSTALLED
    assert "No module named" in done.stderr


def test_a_runtime_without_its_environment_is_left_out_with_the_reason(tmp_path):
    row = runtimes._measured("openvino-int8", {"folder": "x"}, tmp_path, None)
    assert "environment" in row["error"]
    row = runtimes._measured("openvino-int8", {"folder": "x"}, tmp_path, tmp_path / "nowhere")
    assert "not installed" in row["error"]


def test_the_stand_in_is_asked_what_the_language_model_would_be():
    stand_in = StandIn(REPLY)
    case = Case("1", "en", "and next week?", (BEDS,), (EarlierTurn("Where do they go?", (BEDS,)),))
    assert chosen(case, stand_in) == [BEDS]
    assert [message.text for message in stand_in.messages] == ["Where do they go?", REPLY, "and next week?"]
    assert stand_in.grammar.startswith("start: ")


@pytest.mark.parametrize("text", ["", "Sure!", REPLY[:-1]])
def test_a_reply_that_cannot_be_used_is_no_call(text):
    assert chosen(Case("1", "en", "beds?", (BEDS,)), StandIn(text)) == []


def test_runtimes_are_compared_with_the_reference():
    cases = [Case("1", "en", "Where do they go?", (BEDS,)), Case("2", "en", "Who waits?", (BEDS,))]
    lark = calls_grammar(tool_descriptions(), "Where do they go?")
    job = {"questions": [{"lark": lark}, {"lark": lark}]}
    row = {"version": "1", "seconds_to_load": 1.0, "first_question_seconds": 2.0, "seconds": [0.1, 0.3]}
    row |= {"peak_memory_mb": 700.4, "cpu_seconds": [0.1, 0.2]}
    rows = {
        REFERENCE: {**row, "replies": [REPLY, WAITING]},
        "other": {**row, "replies": [REPLY, "Sure!"]},
        "third": {"error": "not installed"},
    }
    found = compared(rows, cases, job)
    assert found[REFERENCE]["same_calls_as_reference"] == 1
    assert found[REFERENCE]["tool_accuracy"] == 0.5
    assert found[REFERENCE]["latency_seconds"] == {"median": 0.2, "p90": 0.3, "max": 0.3}
    assert found["other"]["same_calls_as_reference"] == 0.5
    assert found["other"]["admitted"] == 0.5
    assert [row["said"] for row in found["other"]["different"]] == ["Sure!"]
    assert found["third"] == {"error": "not installed"}
    lines = runtimes._lines(
        {
            "cases": 2,
            "cases_file": "x",
            "threads": 1,
            "load_average": 0.5,
            "grammar_text_seconds": {"median": 0, "p90": 0, "max": 0},
            "runtimes": found,
        }
    )
    assert any(line.startswith("other") and "50.0 %" in line for line in lines)
    assert any(line.startswith("third") and "not installed" in line for line in lines)
