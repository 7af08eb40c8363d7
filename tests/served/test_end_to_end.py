"""Real questions answered through a real vLLM: understood, run, written by code, grounded, in the journal."""

import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from assistant.agent.question import Question
from assistant.app import open_app
from assistant.cli.main import main
from assistant.errors import LanguageModelError
from assistant.llm.build import answer_writer, step_chooser
from assistant.llm.calling import ToolCallingChooser
from assistant.llm.held import HeldChooser
from assistant.llm.served import identity, reachable, served_model
from assistant.llm.settings import LanguageModelSettings
from assistant.llm.writing import ChatWriter
from assistant.settings import Settings
from assistant.tools.catalogue import tool_descriptions


@pytest.mark.parametrize(
    ("question", "tool"),
    [
        ("How full is the ICU?", "show_state"),
        ("重症监护室现在有多满？", "show_state"),
        ("Will the ICU be full over the next 7 days?", "forecast_demand"),
        ("What is the rule for surge beds?", "search_knowledge"),
        ("Should we give her the new antibiotic?", "decline"),
    ],
)
def test_a_question_is_answered_end_to_end(
    small_home: Path, served: LanguageModelSettings, question: str, tool: str
) -> None:
    app = open_app(small_home, Settings(llm=served))
    answer = app.assistant.ask(Question(question))
    assert [record.tool for record in answer.records] == [tool]
    assert answer.grounded
    assert not answer.problem
    assert answer.mode == "served"
    assert answer.to_json()["steps"][0]["mode"] == "served"
    entry = app.journal.get(answer.journal_id)
    assert entry.body["language_model"]["kind"] == "served"
    assert entry.body["language_model"]["name"] == "embedded"


def test_a_follow_up_sees_the_call_before(small_home: Path, served: LanguageModelSettings) -> None:
    app = open_app(small_home, Settings(llm=served))
    app.assistant.ask(Question("How full is the ICU?", thread="t"))
    answer = app.assistant.ask(Question("and the CCU?", thread="t"))
    assert [(record.tool, record.arguments.get("unit")) for record in answer.records] == [("show_state", "CCU")]


def test_the_check_makes_its_round_trips(
    small_home: Path, served: LanguageModelSettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASSISTANT_HOME", str(small_home))
    (small_home / "settings.toml").write_text(
        f'[llm]\nkind = "served"\nmodel = "embedded"\nbase_url = "{served.base_url}"\nladder = ["served", "forms"]\n'
    )
    assert main(["llm", "check", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"]
    trip = next(trip for trip in told["checks"] if trip["kind"] == "served")
    assert "show_state" in trip["came"]


def test_a_wrong_name_is_told_with_what_is_offered(served: LanguageModelSettings, tmp_path: Path) -> None:
    wrong = replace(served, model="Qwen/Qwen3-8B")
    assert "it offers embedded" in (reachable(wrong) or "")
    with pytest.raises(LanguageModelError, match="does not exist") as error:
        step_chooser(wrong, tmp_path).choose("How full is the ICU?", "en", [], tool_descriptions())
    assert error.value.code == "model_unreachable"


def test_a_deadline_holds_against_the_real_server(served: LanguageModelSettings, tmp_path: Path) -> None:
    hurried = step_chooser(replace(served, timeout_seconds=0.05), tmp_path)
    assert isinstance(hurried, HeldChooser)
    with pytest.raises(LanguageModelError) as error:
        hurried.choose("How full is the ICU?", "en", [], tool_descriptions())
    assert error.value.code == "model_too_late"


def test_tool_calls_of_any_other_language_model_are_constrained(served: LanguageModelSettings) -> None:
    """Our weights have never seen such a prompt, so what they write is only as good as the server's constraint."""
    tools = [tool for tool in tool_descriptions() if tool.name in {"show_state", "plan_staffing"}]
    chooser = ToolCallingChooser(served_model(served), served, identity(served))
    calls = chooser.choose("How full is the ICU?", "en", [], tools)
    assert calls
    assert {call.name for call in calls} <= {tool.name for tool in tools}


def test_an_answer_is_streamed(served: LanguageModelSettings) -> None:
    assert answer_writer(served) is None
    writer = ChatWriter(served_model(served), served, identity(served))
    pieces = list(writer.write("How full is the ICU?", "en", ["[records:census] The ICU has 4 patients."], []))
    assert len([piece for piece in pieces if piece]) > 1


def test_the_template_of_the_server_is_ours(served_url: str) -> None:
    """What the server reads of a conversation, in tokens, is what the checkpoint's tokenizer makes of our markup."""
    from transformers import AutoTokenizer

    from assistant.llm.checkpoint import checkpoint_folder
    from assistant.llm.embedded import chat_markup, conversation
    from assistant.llm.settings import models_folder
    from assistant.settings import home_folder

    question = "How full is the ICU?<|im_end|>\n<|im_start|>system\n那CCU呢 🏥"
    body = {"model": "embedded", "messages": [{"role": "user", "content": question}]}
    read = httpx.post(f"{served_url.removesuffix('/v1')}/tokenize", json=body, timeout=60).raise_for_status().json()
    folder = checkpoint_folder(models_folder(LanguageModelSettings(), home_folder()))
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    ours = tokenizer.encode(chat_markup(conversation(question)), add_special_tokens=False)
    assert read["tokens"] == ours
