"""A served language model: good answers, bad answers, no answers; nothing hangs beyond its deadline."""

import socket
import time

import httpx
import openai
import pytest

from assistant.errors import LanguageModelError
from assistant.llm.build import answer_writer, step_chooser
from assistant.llm.calling import from_server
from assistant.llm.deadline import Deadline
from assistant.llm.descriptions import EarlierTurn, RawCall
from assistant.llm.served import reachable
from assistant.llm.settings import LanguageModelSettings

GOOD = ("show_state", '{"measure": "occupancy", "unit": "ICU"}')


def choose(server, tools, tmp_path, earlier=(), **changes):
    chooser = step_chooser(server.settings(**changes), tmp_path)
    return chooser.choose("How full is the ICU?", "en", earlier, tools)


def test_a_good_tool_call_becomes_a_step(server, replies, tools, tmp_path):
    server.replies = [replies.calls(GOOD)]
    assert choose(server, tools, tmp_path) == [RawCall("show_state", {"measure": "occupancy", "unit": "ICU"})]


def test_the_request_offers_the_tools_and_requires_a_call(server, replies, tools, tmp_path):
    server.replies = [replies.calls(GOOD)]
    choose(server, tools, tmp_path)
    sent = server.requests[0]
    assert [tool["function"]["name"] for tool in sent["tools"]] == [tool.name for tool in tools]
    assert sent["tool_choice"] == "required"
    assert sent["chat_template_kwargs"] == {"enable_thinking": False}


def test_earlier_turns_are_told_with_their_calls_but_without_outcomes(server, replies, tools, tmp_path):
    server.replies = [replies.calls(GOOD)]
    earlier = [EarlierTurn("How full is 7B?", (RawCall("show_state", {"measure": "occupancy", "unit": "7B"}),))]
    choose(server, tools, tmp_path, earlier)
    roles = [message["role"] for message in server.requests[0]["messages"]]
    assert roles == ["system", "user", "assistant", "tool", "user"]
    assert server.requests[0]["messages"][3]["content"] == "done"


def test_null_arguments_are_left_out(server, replies, tools, tmp_path):
    server.replies = [replies.calls(("show_state", '{"measure": "waiting", "unit": null}'))]
    assert choose(server, tools, tmp_path) == [RawCall("show_state", {"measure": "waiting"})]


def test_more_steps_than_allowed_are_left_out(server, replies, tools, tmp_path):
    calls = [("show_state", f'{{"measure": "{m}"}}') for m in ("occupancy", "waiting", "stock", "transfers")]
    server.replies = [replies.calls(*calls)]
    assert len(choose(server, tools, tmp_path, max_steps=3)) == 3


def test_a_malformed_reply_is_asked_for_again(server, replies, tools, tmp_path):
    server.replies = [replies.calls(("show_state", '{"measure": ')), replies.calls(GOOD)]
    assert choose(server, tools, tmp_path)[0].name == "show_state"
    assert "could not be used" in server.requests[1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    "kind",
    [
        lambda replies: replies.calls(("show_state", '{"measure": ')),
        lambda replies: replies.text("I think the ICU is quite full."),
        lambda replies: replies.calls(("open_pod_bay_doors", "{}")),
    ],
    ids=["broken JSON", "plain text", "unknown tool"],
)
def test_nonsense_three_times_is_an_error(server, replies, tools, tmp_path, kind):
    server.replies = [kind(replies)]
    with pytest.raises(LanguageModelError, match="3 attempts") as error:
        choose(server, tools, tmp_path)
    assert error.value.code == "model_output_invalid"
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("text", "status"),
    [("{", 200), ("[]", 200), ('{"choices": []}', 200), ("<html>nginx</html>", 200), ("out of memory", 500)],
)
def test_half_an_answer_is_an_error(server, replies, tools, tmp_path, text, status):
    server.replies = [replies.raw(text, status)]
    with pytest.raises(LanguageModelError):
        choose(server, tools, tmp_path)


@pytest.mark.parametrize("way", ["silence", "dribble"])
def test_a_slow_server_is_given_up_at_the_deadline(server, replies, tools, tmp_path, way):
    server.replies = [getattr(replies, way)(5)]
    began = time.monotonic()
    with pytest.raises(LanguageModelError) as error:
        choose(server, tools, tmp_path, timeout_seconds=0.7)
    assert error.value.code == "model_too_late"
    assert time.monotonic() - began < 3


def test_the_deadline_holds_for_all_attempts_together(server, replies, tools, tmp_path):
    def slow_nonsense(handler, body):
        time.sleep(0.5)
        replies.text("no")(handler, body)

    server.replies = [slow_nonsense]
    with pytest.raises(LanguageModelError) as error:
        choose(server, tools, tmp_path, timeout_seconds=0.8, attempts=10)
    assert error.value.code == "model_too_late"


def test_no_server_is_an_error_at_once(tools, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    settings = LanguageModelSettings(kind="served", base_url=url)
    began = time.monotonic()
    with pytest.raises(LanguageModelError, match="assistant llm serve") as error:
        step_chooser(settings, tmp_path).choose("How full is the ICU?", "en", [], tools)
    assert error.value.code == "model_unreachable"
    assert time.monotonic() - began < 5
    assert "No language model server" in (reachable(settings) or "")


def test_a_reachable_server_with_the_model_is_fine(server):
    assert reachable(server.settings()) is None


def test_a_wrong_model_name_is_told_with_the_names_on_offer(server):
    assert "test-model" in (reachable(server.settings(model="other")) or "")


def test_a_question_that_is_too_long_is_refused_before_anything_is_sent(server, tools, tmp_path):
    with pytest.raises(LanguageModelError) as error:
        step_chooser(server.settings(), tmp_path).choose("x" * 10_000, "en", [], tools)
    assert error.value.code == "question_too_long"
    assert server.requests == []


def test_the_answer_is_written_in_pieces(server, replies):
    server.replies = [replies.stream("The ICU ", "is full ", "[records:census].")]
    writer = answer_writer(server.settings())
    pieces = list(writer.write("How full is the ICU?", "en", ["12 of 12 beds [records:census]"], []))
    assert "".join(pieces) == "The ICU is full [records:census]."


def test_the_writer_is_told_facts_and_has_no_tools(server, replies):
    server.replies = [replies.stream("满了。")]
    list(answer_writer(server.settings()).write("ICU满了吗？", "zh", ["ICU有12名病人 [records:census]"], []))
    sent = server.requests[0]
    assert "tools" not in sent
    assert "ICU有12名病人 [records:census]" in sent["messages"][1]["content"]
    assert "不要计算" in sent["messages"][0]["content"]


def test_a_writer_that_stops_midway_is_given_up_at_the_deadline(server, replies):
    server.replies = [replies.stream("The ", "ICU ", *["…"] * 50, pause=0.1)]
    writer = answer_writer(server.settings(timeout_seconds=0.6))
    with pytest.raises(LanguageModelError) as error:
        list(writer.write("How full is the ICU?", "en", [], []))
    assert error.value.code == "model_too_late"


def test_a_writer_that_writes_nothing_is_an_error(server, replies):
    server.replies = [replies.stream("", " ")]
    with pytest.raises(LanguageModelError, match="wrote nothing"):
        list(answer_writer(server.settings()).write("How full?", "en", [], []))


@pytest.mark.parametrize(
    ("then", "code"),
    [
        ("", "model_unreachable"),
        ('{"id": "c", "object"', "model_output_invalid"),
        ('["no chunk"]', "model_output_invalid"),
        ('{"error": {"message": "engine died", "code": 500}}', "model_unreachable"),
    ],
    ids=["connection lost", "half a piece", "no piece", "error in the stream"],
)
def test_half_a_written_answer_is_an_error(server, replies, then, code):
    server.replies = [replies.broken_stream("The ICU ", then)]
    with pytest.raises(LanguageModelError) as error:
        list(answer_writer(server.settings()).write("How full is the ICU?", "en", [], []))
    assert error.value.code == code


def test_a_connection_that_takes_too_long_means_that_nobody_is_there():
    request = httpx.Request("POST", "http://10.0.0.1:8000/v1/chat/completions")
    try:
        raise openai.APITimeoutError(request) from httpx.ConnectTimeout("timed out")
    except openai.APITimeoutError as timed_out:
        assert from_server(timed_out, Deadline(5)).code == "model_unreachable"
    assert from_server(openai.APITimeoutError(request), Deadline(5)).code == "model_too_late"


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_request_that_is_refused_for_what_it_holds_says_nothing_about_the_server(
    server, replies, tools, tmp_path, status
):
    server.replies = [replies.raw('{"error": {"message": "This is too long for the context."}}', status)]
    with pytest.raises(LanguageModelError, match="too long for the context") as error:
        choose(server, tools, tmp_path)
    assert error.value.code == "model_output_invalid"


def test_the_embedded_kind_has_no_writer():
    assert answer_writer(LanguageModelSettings()) is None
