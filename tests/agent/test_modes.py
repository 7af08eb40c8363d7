"""In which mode a question was understood: the answer, its JSON form and the journal say so."""

import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.agent.question import Question
from assistant.app import open_app
from assistant.llm.chosen import Chosen, Skipped
from assistant.llm.faults import FORMS_ONLY, fault
from assistant.llm.settings import LanguageModelSettings
from assistant.settings import Settings
from tests.agent.worlds import OCCUPANCY, small_assistant

SERVER_GONE = Skipped("served", "model_unreachable", "nobody answers")


class Decider:
    """Says what a ladder would say."""

    def __init__(self, came: Chosen) -> None:
        self.came = came

    def decide(self, question, language, earlier, tools) -> Chosen:
        return self.came

    def choose(self, question, language, earlier, tools):
        raise AssertionError("decide() is there")

    def identity(self):
        return {"kind": "served", "name": "the large one"}


def ask(folder: Path, came: Chosen, text: str = "How full is the ICU?"):
    assistant = replace(small_assistant(folder), chooser=Decider(came))
    answer = assistant.ask(Question(text))
    return answer, assistant.journal.get(answer.journal_id).body


def test_the_first_choice_is_recorded_and_not_talked_about(tmp_path: Path) -> None:
    answer, body = ask(tmp_path, Chosen((OCCUPANCY,), {"kind": "served", "name": "the large one"}))
    assert answer.to_json()["steps"][0]["mode"] == "served"
    assert body["language_model"] == {"kind": "served", "name": "the large one"}
    assert "server" not in answer.text


@pytest.mark.parametrize(
    ("text", "told"), [("How full is the ICU?", "built-in language model"), ("ICU现在有多满？", "内置语言模型")]
)
def test_a_second_choice_is_told_in_the_answer_and_why_in_the_journal(tmp_path: Path, text: str, told: str) -> None:
    identity = {"kind": "embedded", "name": "the small one", "skipped": [vars(SERVER_GONE)]}
    answer, body = ask(tmp_path, Chosen((OCCUPANCY,), identity, (SERVER_GONE,)), text)
    assert told in answer.text.splitlines()[-1]
    assert answer.grounded
    assert answer.to_json()["steps"][0]["mode"] == "embedded"
    assert body["language_model"]["skipped"][0]["message"] == "nobody answers"


@pytest.mark.parametrize(
    ("text", "told"), [("How full is the ICU?", "No language model"), ("ICU满了吗？", "没有可用的语言模型")]
)
def test_without_a_language_model_the_answer_says_how_to_go_on(tmp_path: Path, text: str, told: str) -> None:
    trouble = fault("No language model could read the question. served: nobody answers", FORMS_ONLY)
    answer, body = ask(tmp_path, Chosen((), {"kind": "forms", "name": "none"}, (SERVER_GONE,), trouble), text)
    assert told in answer.text
    assert "assistant tool show_state" in answer.text
    assert answer.problem
    assert answer.records == ()
    assert body["language_model"]["kind"] == "forms"
    assert body["error"] == {"code": "forms_only", "message": str(trouble)}


def test_a_dead_server_and_no_checkpoint_end_in_forms_within_seconds(small_home: Path, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    settings = LanguageModelSettings(kind="served", base_url=url, models=str(tmp_path / "none"))
    assistant = open_app(small_home, Settings(llm=settings)).assistant
    began = time.monotonic()
    answer = assistant.ask(Question("How full is the ICU?"))
    assert time.monotonic() - began < 10
    assert answer.mode == "forms"
    assert "assistant tool" in answer.text


@pytest.mark.weights
def test_a_dead_server_falls_to_the_embedded_language_model(small_home: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    settings = LanguageModelSettings(kind="served", base_url=url, timeout_seconds=120)
    answer = open_app(small_home, Settings(llm=settings)).assistant.ask(Question("How full is the ICU?"))
    assert answer.mode == "embedded"
    assert [record.tool for record in answer.records] == ["show_state"]
    assert "built-in language model" in answer.text
