"""The way a question travels, with scripted understanding."""

from pathlib import Path

import pytest

from assistant.agent.assistant import Finished
from assistant.agent.question import Question
from assistant.agent.run import StepFinished, StepStarted
from assistant.errors import JournalError, SetupError
from assistant.journal.verify import verify
from assistant.llm.descriptions import RawCall
from tests.agent.worlds import NOW, OCCUPANCY, ScriptedWriter, small_assistant


def test_a_question_becomes_steps_facts_and_a_durable_record(tmp_path: Path) -> None:
    assistant = small_assistant(tmp_path, OCCUPANCY)
    answer = assistant.ask(Question("How full is the ICU?", user="ann"))
    assert "14 patients" in answer.text
    assert answer.grounded
    entry = assistant.journal.get(answer.journal_id)
    assert entry.body["question"] == "How full is the ICU?"
    assert entry.body["steps"][0]["status"] == "ok"
    assert assistant.journal.get(entry.body["steps"][0]["journal_id"]).body["tool"] == "show_state"
    assert verify(assistant.journal).ok


def test_the_fixed_json_form(tmp_path: Path) -> None:
    answer = small_assistant(tmp_path, OCCUPANCY).ask(Question("How full is the ICU?"))
    assert list(answer.to_json()) == [
        "answer", "language", "steps", "facts", "sources", "grounded", "journal_id", "proposal_id", "seconds",
    ]  # fmt: skip


def test_a_chinese_question_gets_a_chinese_answer(tmp_path: Path) -> None:
    answer = small_assistant(tmp_path, OCCUPANCY).ask(Question("ICU现在有多满？"))
    assert answer.language == "zh"
    assert "14名患者" in answer.text
    assert answer.grounded


def test_the_steps_come_before_the_answer(tmp_path: Path) -> None:
    events = list(small_assistant(tmp_path, OCCUPANCY).stream(Question("How full is the ICU?")))
    assert [type(event) for event in events] == [StepStarted, StepFinished, Finished]


def test_what_a_language_model_makes_up_is_replaced_and_the_journal_says_so(tmp_path: Path) -> None:
    assistant = small_assistant(tmp_path, OCCUPANCY, writer=ScriptedWriter("The ICU has 9 free beds."))
    answer = assistant.ask(Question("How many free beds?"))
    assert "9" not in answer.text.replace("2026", "")
    assert "14 patients" in answer.text
    replaced = assistant.journal.get(answer.journal_id).body["replaced"]
    assert replaced == {"text": "The ICU has 9 free beds.", "ungrounded": ["number 9"]}


def test_what_a_language_model_writes_from_facts_is_shown(tmp_path: Path) -> None:
    written = "The ICU is 88 % full: 14 patients in 16 beds."
    assert small_assistant(tmp_path, OCCUPANCY, writer=ScriptedWriter(written)).ask(Question("ICU?")).text == written


def test_a_mute_writer_leaves_the_plain_rendering(tmp_path: Path) -> None:
    assistant = small_assistant(tmp_path, OCCUPANCY, writer=ScriptedWriter("ERROR"))
    answer = assistant.ask(Question("ICU?"))
    assert "14 patients" in answer.text
    assert "did not answer" in assistant.journal.get(answer.journal_id).body["problem"]


def test_an_unknown_unit_is_told_with_near_names_and_the_other_step_still_runs(tmp_path: Path) -> None:
    calls = (RawCall("show_state", {"measure": "occupancy", "unit": "IUC"}), OCCUPANCY)
    answer = small_assistant(tmp_path, *calls).ask(Question("How full are IUC and ICU?"))
    assert [record.status for record in answer.records] == ["failed", "ok"]
    assert "no unit called 'IUC'" in answer.text
    assert "Did you mean ICU?" in answer.text
    assert "14 patients" in answer.text


@pytest.mark.parametrize(
    "call",
    [
        RawCall("drop_tables", {}),
        RawCall("show_state", {"measure": "salaries"}),
        RawCall("show_state", {"measure": "occupancy", "approve": "yes"}),
        RawCall("show_state", {}),
    ],
)
def test_calls_outside_the_catalogue_are_rejected_and_recorded(tmp_path: Path, call: RawCall) -> None:
    assistant = small_assistant(tmp_path, call)
    answer = assistant.ask(Question("Do it"))
    assert answer.records[0].status == "rejected"
    assert assistant.journal.get(answer.records[0].journal_id).body["status"] == "rejected"


def test_a_language_model_that_answers_nonsense_leaves_a_clear_message(tmp_path: Path) -> None:
    assistant = small_assistant(tmp_path, error="No usable reply in 3 tries.")
    answer = assistant.ask(Question("How full is the ICU?"))
    assert answer.problem == "No usable reply in 3 tries."
    assert "No usable reply" in answer.text
    assert answer.records == ()
    assert assistant.journal.get(answer.journal_id).body["problem"] == "No usable reply in 3 tries."


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u202e"])
def test_no_question_is_told_and_not_sent_to_the_language_model(tmp_path: Path, text: str) -> None:
    assistant = small_assistant(tmp_path, OCCUPANCY)
    assert "No question was given" in assistant.ask(Question(text)).text
    assert assistant.chooser.shown == []


def test_a_question_that_is_too_long_names_the_limit(tmp_path: Path) -> None:
    assistant = small_assistant(tmp_path, OCCUPANCY)
    assert "1,000" in assistant.ask(Question("a" * 1_000_000)).text
    assert assistant.chooser.shown == []


def test_a_failed_step_is_told_in_chinese_to_a_chinese_question(tmp_path: Path) -> None:
    call = RawCall("show_state", {"measure": "occupancy", "unit": "内科"})
    assert "没有名为“内科”的病区" in small_assistant(tmp_path, call).ask(Question("内科有多满")).text


def test_the_same_step_runs_once_and_steps_are_bounded(tmp_path: Path) -> None:
    many = [RawCall("show_state", {"measure": "occupancy", "unit": f"U{n}"}) for n in range(6)]
    answer = small_assistant(tmp_path, OCCUPANCY, OCCUPANCY, *many).ask(Question("everything"))
    assert len(answer.records) == 4
    assert "taken once" in answer.text
    assert "first 4 steps" in answer.text


def test_the_language_model_sees_earlier_questions_and_calls_but_no_outcomes(tmp_path: Path) -> None:
    assistant = small_assistant(tmp_path, OCCUPANCY)
    assistant.ask(Question("How full is the ICU?", user="ann", thread="t1"))
    assistant.ask(Question("Another thread", user="ann", thread="t2"))
    assistant.ask(Question("And tomorrow?", user="ann", thread="t1"))
    question, earlier, tools = assistant.chooser.shown[-1]
    assert question == "And tomorrow?"
    assert [turn.question for turn in earlier] == ["How full is the ICU?"]
    assert "14" not in repr(earlier)
    assert tools == ("show_state", "plan_beds")


def test_a_plan_becomes_a_proposal_that_the_answer_names(tmp_path: Path) -> None:
    assistant = small_assistant(tmp_path, RawCall("plan_beds", {"measure": "waiting"}))
    answer = assistant.ask(Question("Where should they go?"))
    assert answer.proposal_ids[0] in answer.text
    assert assistant.proposals.get(answer.proposal_ids[0]).status == "open"


def test_nothing_is_shown_when_the_journal_cannot_be_written(tmp_path: Path) -> None:
    assistant = small_assistant(tmp_path, OCCUPANCY)
    (tmp_path / "journal").write_text("not a folder")
    with pytest.raises(JournalError):
        list(assistant.stream(Question("How full is the ICU?")))


def test_without_records_the_command_that_mends_it_is_named(tmp_path: Path) -> None:
    assistant = small_assistant(tmp_path, OCCUPANCY)
    empty = type(assistant)(**{**vars(assistant), "clock": lambda: None})
    with pytest.raises(SetupError, match="assistant import"):
        empty.ask(Question("How full is the ICU?"))


def test_the_clock_of_the_question_counts(tmp_path: Path) -> None:
    assistant = small_assistant(tmp_path, OCCUPANCY)
    answer = assistant.ask(Question("How full is the ICU?", at=NOW.replace(day=1)))
    assert "Sun 1 Mar 2026" in answer.text
