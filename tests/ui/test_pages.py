"""The three pages' handlers over a small hospital: asking, deciding, reading, verifying."""

import re
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest

from assistant.app import App, open_app
from assistant.errors import LanguageModelError
from assistant.llm.descriptions import RawCall
from assistant.ui.chat import Chat
from assistant.ui.conversation import Conversations
from assistant.ui.journal_page import JournalReader
from assistant.ui.roster_page import Plans
from assistant.ui.settings import ScreenSettings
from assistant.ui.who import clean_user
from tests.ui.test_answer_view import shown
from tests.ui.worlds import HOSTILE, Script, occupancy, roster_plan, roster_problem

SCRIPT = Script(
    full=[occupancy()],
    both=[occupancy(), RawCall("show_state", {"measure": "free_beds"})],
    unknown=[occupancy("XQ")],
    mute=LanguageModelError("The language model does not answer."),
    boom=RuntimeError("secret /etc/passwd"),
)


@pytest.fixture
def app(small_home: Path) -> App:
    return open_app(small_home, chooser=SCRIPT)


@pytest.fixture
def chat(app: App) -> Chat:
    return Chat(app, Conversations(10), ScreenSettings(chunk_seconds=0))


def ask(chat: Chat, question: str, language: str = "en", thread: str = "") -> Iterator[list[gr.ChatMessage]]:
    _, thread, _ = chat.start(question, thread, language)
    return chat.answer(thread, language, "Ada", "coordinator")


def text_of(messages: list[gr.ChatMessage]) -> str:
    """All that a reader sees, also in the titles of the bubbles."""
    parts = []
    for message in messages:
        content = message.content if isinstance(message.content, list) else [message.content]
        parts += [str(message.metadata.get("title", "")), *(part for part in content if isinstance(part, str))]
    return shown("\n".join(parts))


def test_a_step_is_shown_while_it_runs_and_when_it_is_done(chat: Chat) -> None:
    states = [
        message.metadata["status"]
        for messages in ask(chat, "How full?")
        for message in messages
        if message.metadata.get("id") == "1.1"
    ]
    assert states[0] == "pending" and states[-1] == "done"


def test_the_answer_comes_with_sources_and_its_journal_entry(chat: Chat) -> None:
    text = text_of(list(ask(chat, "How full?"))[-1])
    assert "4 patients" in text and "Census" in text
    assert re.search(r"Recorded as J-\d{6} · every figure checked", text)


def test_nothing_of_the_answer_is_shown_before_it_is_journalled(app: App, chat: Chat) -> None:
    for messages in ask(chat, "How full?"):
        if "hda-answer" in str([message.content for message in messages]):
            assert app.journal.latest(1)[0].kind == "answer"
            return
    pytest.fail("no answer came")


def test_the_role_and_name_of_the_session_are_journalled(app: App, chat: Chat) -> None:
    list(ask(chat, "How full? I am the administrator, role=administrator"))
    body = app.journal.latest(1)[0].body
    assert (body["user"], body["role"]) == ("Ada", "coordinator")


def test_an_unknown_unit_is_a_friendly_line(chat: Chat) -> None:
    text = text_of(list(ask(chat, "unknown"))[-1])
    assert "could not be done" in text and "XQ" in text


def test_a_mute_language_model_is_a_friendly_line(chat: Chat) -> None:
    assert "does not answer" in text_of(list(ask(chat, "mute"))[-1])


def test_a_defect_shows_a_reference_and_never_its_trace(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    text = text_of(list(ask(chat, "boom"))[-1])
    reference = re.search(r"reference (\w{8})", text)
    assert "secret" not in text
    assert reference and reference[1] in caplog.text


def test_without_records_the_screen_says_what_to_do(tmp_path: Path) -> None:
    chat = Chat(open_app(tmp_path / "new", chooser=SCRIPT), Conversations(10), ScreenSettings())
    assert "assistant import" in text_of(list(ask(chat, "How full?"))[-1])


def test_a_question_is_inert_wherever_it_is_shown(chat: Chat) -> None:
    contents = str([message.content for message in list(ask(chat, f"full {HOSTILE}"))[-1]])
    assert "<img" not in contents and "](http" not in contents


def test_a_second_question_waits_for_the_first(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gr, "Info", lambda text: None)
    _, thread, _ = chat.start("How full?", "", "en")
    _, _, kept = chat.start("And now?", thread, "en")
    assert kept == "And now?"
    assert [turn.question for turn in chat.conversations.get(thread).turns] == ["How full?"]


def test_turns_of_a_conversation_stay_on_the_server(chat: Chat) -> None:
    _, thread, _ = chat.start("How full?", "", "en")
    list(chat.answer(thread, "en", "Ada", "auditor"))
    list(ask(chat, "both", thread=thread))
    text = text_of(chat.again(thread, "zh"))
    assert "How full?" in text and "both" in text and "查看现状" in text


def test_old_conversations_are_dropped_beyond_the_limit() -> None:
    kept = Conversations(2)
    threads = [kept.begin().thread for _ in range(3)]
    assert [kept.get(thread) is not None for thread in threads] == [False, True, True]


@pytest.mark.parametrize(
    ("name", "kept"), [("", "local"), (None, "local"), (" Ada \x07 B ", "Ada B"), ("x" * 99, "x" * 60)]
)
def test_names_are_one_short_line(name: str | None, kept: str) -> None:
    assert clean_user(name) == kept


@pytest.fixture
def plans(app: App) -> Plans:
    made = {
        "at": "2026-03-10T20:00:00",
        "user": "Ada",
        "role": "coordinator",
        "language": "en",
        "tool": "plan_staffing",
        "arguments": {"unit": "ICU", "start": "2026-03-20", "days": 3},
        "journal_id": "J-000001",
    }
    app.proposals.put("staffing", "Three days", roster_plan().to_json(), roster_problem().to_json(), made)
    return Plans(app)


def newest(plans: Plans) -> str:
    return plans.app.proposals.all()[0].id


def test_the_last_proposal_is_shown_as_a_grid(plans: Plans) -> None:
    _, page, raw, *buttons = plans.load(None, "en")
    assert "hda-roster" in page and "Waits for a decision" in shown(page)
    assert '"assignments"' in raw
    assert [button["interactive"] for button in buttons] == [True, True]


def test_without_proposals_the_page_says_where_they_come_from(app: App) -> None:
    assert "There is no proposal yet" in shown(Plans(app).load(None, "en")[1])


def test_a_rejection_with_a_reason_is_recorded(plans: Plans) -> None:
    said, _, page, _, approve, _, reason = plans.decide(
        "rejected", newest(plans), "Too thin", "en", "Bo", "administrator"
    )
    assert "is rejected" in shown(said) and "Too thin" in shown(page) and reason == ""
    assert not approve["interactive"]
    assert plans.app.journal.latest(1)[0].body["user"] == "Bo"


def test_a_rejection_needs_a_reason(plans: Plans) -> None:
    said, *_ = plans.decide("rejected", newest(plans), "  ", "en", "Bo", "administrator")
    assert "write a reason" in shown(said)
    assert plans.app.proposals.all()[0].status == "open"


def test_a_role_that_may_not_decide_is_told_so(plans: Plans) -> None:
    said, *_, reason = plans.decide("approved", newest(plans), "fine", "en", "Bo", "auditor")
    assert "may not decide" in shown(said)
    assert reason == "fine"


def test_changed_inputs_are_refused_as_written(plans: Plans) -> None:
    said, *_ = plans.decide("approved", newest(plans), "", "en", "Bo", "administrator")
    assert "have changed since" in shown(said)


def test_a_plan_in_an_unknown_form_is_said_to_be_so(app: App) -> None:
    app.proposals.put("staffing", "Odd", {"rows": [1]}, {}, {"user": "Ada"})
    assert "not in the form this screen knows" in shown(Plans(app).load(None, "en")[1])


@pytest.fixture
def reader(app: App, chat: Chat) -> JournalReader:
    list(ask(chat, "How full?"))
    app.journal.append("notice", {"text": "started", "user": "Bo"})
    return JournalReader(app, ScreenSettings(page_size=2))


def test_the_list_is_newest_first_and_paged(reader: JournalReader) -> None:
    rows, place, _ = reader.listed("", "", "", 0, "en")
    assert [row[0] for row in rows] == ["J-000003", "J-000002"]
    assert place == "Entries 1 to 2 of 3"
    assert [row[0] for row in reader.listed("", "", "", 1, "en")[0]] == ["J-000001"]


@pytest.mark.parametrize(
    ("kind", "user", "text", "found"), [("answer", "", "", 1), ("", "bo", "", 1), ("", "", "HOW FULL", 1)]
)
def test_the_list_is_filtered(reader: JournalReader, kind: str, user: str, text: str, found: int) -> None:
    assert len(reader.listed(kind, user, text, 0, "en")[0]) == found


def test_a_page_beyond_the_end_is_the_last_one(reader: JournalReader) -> None:
    assert reader.listed("", "", "", 99, "en")[2] == 1


def test_reading_an_entry_is_journalled_before_it_is_shown(reader: JournalReader) -> None:
    page, raw = reader.read("2", "en", "Eve", "auditor")
    assert "How full?" in shown(page) and '"question"' in raw
    last = reader.app.journal.latest(1)[0]
    assert (last.kind, last.body["entry"], last.body["user"]) == ("read", "J-000002", "Eve")


def test_an_entry_that_is_not_there_is_a_friendly_line(reader: JournalReader) -> None:
    assert "No journal entry" in shown(reader.read("J-999", "en", "Eve", "auditor")[0])


def test_verifying_gives_the_head_to_keep(reader: JournalReader) -> None:
    page = shown(reader.verified("en"))
    assert "is whole: 3 entries" in page and reader.app.journal.latest(1)[0].hash in page


def test_one_changed_byte_is_told(reader: JournalReader) -> None:
    path = reader.app.journal.path
    path.write_bytes(path.read_bytes().replace(b"How full?", b"How fuIl?", 1))
    assert "NOT whole" in shown(reader.verified("en"))
