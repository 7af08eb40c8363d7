"""The fallback ladder: which rung answers, what is told of it, how long it may take."""

import socket
import threading
import time
from dataclasses import dataclass, field

import pytest

from assistant.errors import LanguageModelError, SetupError
from assistant.llm.build import language_models
from assistant.llm.chosen import chosen
from assistant.llm.descriptions import RawCall
from assistant.llm.faults import OUTPUT_INVALID, TOO_LATE, UNREACHABLE, fault
from assistant.llm.health import Health, WatchedWriter
from assistant.llm.ladder import LadderChooser, Rung
from assistant.llm.settings import LanguageModelSettings

CALL = RawCall("show_state", {"measure": "occupancy"})


@dataclass
class Stub:
    """A chooser that gives a call, or fails in a given way."""

    kind: str
    error: Exception | None = None
    given: list[float] = field(default_factory=list)

    def with_seconds(self, seconds: float) -> "Stub":
        self.given.append(seconds)
        return self

    def choose(self, question, language, earlier, tools):
        if self.error:
            raise self.error
        return [CALL]

    def identity(self):
        return {"kind": self.kind, "name": f"the {self.kind} one"}


def ladder(*stubs: Stub, health: Health | None = None, **changes) -> LadderChooser:
    settings = LanguageModelSettings(**changes)
    rungs = [Rung(stub.kind, stub.with_seconds, health if stub.kind == "served" else None) for stub in stubs]
    return LadderChooser(rungs, settings)


def decide(chooser: LadderChooser):
    return chosen(chooser, "How full is the ICU?", "en", [], [])


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_first_rung_answers_and_nothing_is_said_of_others():
    came = decide(ladder(Stub("served"), Stub("embedded")))
    assert (came.calls, came.mode, came.skipped, came.trouble) == ((CALL,), "served", (), None)
    assert "skipped" not in came.identity


@pytest.mark.parametrize(
    "error",
    [fault("gone", UNREACHABLE), fault("late", TOO_LATE), fault("nonsense", OUTPUT_INVALID), SetupError("not built")],
    ids=["unreachable", "too late", "unusable", "not set up"],
)
def test_the_next_rung_answers_when_one_fails(error):
    came = decide(ladder(Stub("served", error), Stub("embedded")))
    assert (came.calls, came.mode) == ((CALL,), "embedded")
    assert [(rung.kind, rung.code) for rung in came.skipped] == [("served", error.code)]
    assert came.identity["skipped"][0]["message"] == str(error)


def test_no_rung_left_is_told_as_forms_with_all_reasons():
    came = decide(ladder(Stub("served", fault("gone", UNREACHABLE)), Stub("embedded", SetupError("not built"))))
    assert (came.calls, came.mode) == ((), "forms")
    assert came.trouble.code == "forms_only"
    assert "gone" in str(came.trouble)
    assert "not built" in str(came.trouble)


def test_without_forms_the_last_error_is_told_as_it_is():
    came = decide(ladder(Stub("served", fault("gone", UNREACHABLE)), ladder=("served",)))
    assert (came.mode, came.trouble.code) == ("served", UNREACHABLE)


def test_choosing_without_a_decision_raises_the_same_trouble():
    with pytest.raises(LanguageModelError) as error:
        ladder(Stub("served", fault("gone", UNREACHABLE))).choose("How full?", "en", [], [])
    assert error.value.code == "forms_only"


def test_a_question_that_is_too_long_is_not_handed_down():
    below = Stub("embedded")
    came = decide(ladder(Stub("served", fault("too long", "question_too_long")), below))
    assert came.trouble.code == "question_too_long"
    assert below.given == []


def test_all_rungs_share_one_deadline():
    first, second = Stub("served", fault("gone", UNREACHABLE)), Stub("embedded")
    decide(ladder(first, second, timeout_seconds=30, fallback_seconds=10))
    assert first.given[0] == pytest.approx(20, abs=0.5)
    assert second.given[0] == pytest.approx(30, abs=0.5)


def test_a_short_deadline_leaves_something_for_each_rung():
    first, second = Stub("served", fault("gone", UNREACHABLE)), Stub("embedded")
    decide(ladder(first, second, timeout_seconds=2, fallback_seconds=10))
    assert first.given[0] == pytest.approx(1, abs=0.2)


def test_an_absent_server_is_left_alone_for_a_while_and_then_looked_at_once():
    clock, looks = Clock(), []
    health = Health(lambda: looks.append(1) or "still gone", 30, clock)
    stub = Stub("served", fault("gone", UNREACHABLE))
    chooser = ladder(stub, Stub("embedded"), health=health)
    decide(chooser)
    clock.now += 29
    assert decide(chooser).skipped[0].message == "gone"
    assert (len(stub.given), looks) == (1, [])
    clock.now += 2
    assert decide(chooser).skipped[0].message == "still gone"
    assert (len(stub.given), looks) == (1, [1])
    clock.now += 20
    decide(chooser)
    assert looks == [1]


def test_a_server_that_is_back_is_asked_again():
    clock = Clock()
    stub = Stub("served", fault("gone", UNREACHABLE))
    chooser = ladder(stub, Stub("embedded"), health=Health(lambda: None, 30, clock))
    decide(chooser)
    stub.error = None
    assert decide(chooser).mode == "embedded"
    clock.now += 31
    assert decide(chooser).mode == "served"


def test_an_unusable_reply_says_nothing_about_the_server():
    stub = Stub("served", fault("nonsense", OUTPUT_INVALID))
    chooser = ladder(stub, Stub("embedded"), health=Health(lambda: "gone", 30))
    decide(chooser)
    decide(chooser)
    assert len(stub.given) == 2


def test_only_one_of_many_callers_looks():
    clock, looks, inside = Clock(), [], threading.Event()

    def look():
        looks.append(1)
        inside.set()
        time.sleep(0.2)
        return "gone"

    health = Health(look, 30, clock)
    health.note(fault("gone", UNREACHABLE))
    clock.now += 31
    first = threading.Thread(target=health.trouble)
    first.start()
    inside.wait(2)
    began = time.monotonic()
    assert health.trouble() == "gone"
    assert time.monotonic() - began < 0.1
    first.join()
    assert looks == [1]


def test_a_writer_does_not_wait_for_an_absent_server():
    class Writer:
        asked = 0

        def write(self, question, language, facts, passages):
            self.asked += 1
            raise fault("late", TOO_LATE)
            yield ""

        def identity(self):
            return {}

    inner, health = Writer(), Health(lambda: None, 30)
    writer = WatchedWriter(inner, health)
    for _ in range(3):
        with pytest.raises(LanguageModelError, match="late"):
            list(writer.write("How full?", "en", [], []))
    assert inner.asked == 1


@pytest.mark.parametrize("wrong", [("oracle",), ("forms", "served"), ("served", "served")])
def test_a_ladder_that_cannot_be_climbed_is_refused(wrong):
    with pytest.raises(ValueError, match="ladder"):
        LanguageModelSettings(ladder=wrong)


def test_the_ladders_by_default():
    assert LanguageModelSettings().rungs == ("embedded", "forms")
    assert LanguageModelSettings(kind="served").rungs == ("served", "embedded", "forms")
    assert LanguageModelSettings(kind="served", ladder=("served",)).rungs == ("served",)


def free_url() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/v1"


def test_a_dead_server_without_a_checkpoint_is_told_within_a_second(tools, tmp_path):
    settings = LanguageModelSettings(kind="served", base_url=free_url())
    chooser = language_models(settings, tmp_path).chooser
    chosen(chooser, "How full is the ICU?", "en", [], tools)  # the client is made here
    began = time.monotonic()
    came = chosen(chooser, "How full is the ICU?", "en", [], tools)
    assert time.monotonic() - began < 1
    assert came.mode == "forms"
    assert [rung.kind for rung in came.skipped] == ["served", "embedded"]
    assert "assistant llm build" in came.skipped[1].message


def test_a_wrong_model_name_falls_to_the_next_rung_with_what_the_server_said(server, replies, tools, tmp_path):
    server.replies = [replies.raw('{"error": {"message": "The model `other` does not exist.", "code": 404}}', 404)]
    settings = server.settings(model="other", ladder=("served", "forms"))
    came = chosen(language_models(settings, tmp_path).chooser, "How full is the ICU?", "en", [], tools)
    assert came.mode == "forms"
    assert "`other` does not exist" in str(came.trouble)


def test_a_slow_server_leaves_time_for_the_rung_below_and_is_not_asked_again(server, replies, tools, tmp_path):
    server.replies = [replies.silence(5)]
    settings = server.settings(timeout_seconds=2.0, fallback_seconds=1.0)
    chooser = language_models(settings, tmp_path).chooser
    began = time.monotonic()
    first = chosen(chooser, "How full is the ICU?", "en", [], tools)
    assert time.monotonic() - began < 3.5
    assert [rung.code for rung in first.skipped] == ["model_too_late", "setup_error"]
    second = chosen(chooser, "How full is the ICU?", "en", [], tools)
    assert len(server.requests) == 1
    assert second.skipped[0].kind == "served"


def test_the_embedded_rung_must_be_built_where_it_comes_first(tmp_path):
    with pytest.raises(SetupError, match="assistant llm build"):
        language_models(LanguageModelSettings(), tmp_path)


def test_a_look_at_the_start_saves_the_first_question_the_wait(tools, tmp_path):
    settings = LanguageModelSettings(kind="served", base_url=free_url(), ladder=("served", "forms"))
    chooser = language_models(settings, tmp_path).chooser
    chooser.warm()
    came = chosen(chooser, "How full is the ICU?", "en", [], tools)
    assert "No language model server answers" in came.skipped[0].message


def test_forms_alone_need_no_language_model(tools, tmp_path):
    chooser = language_models(LanguageModelSettings(ladder=("forms",)), tmp_path).chooser
    chooser.warm()
    came = chosen(chooser, "How full is the ICU?", "en", [], tools)
    assert came.trouble.code == "forms_only"
    assert chooser.identity() == {"kind": "forms", "name": "none"}
