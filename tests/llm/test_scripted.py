"""The scripted language model: what the agent's tests are built on."""

import pytest

from assistant.errors import LanguageModelError
from assistant.llm.build import step_chooser
from assistant.llm.descriptions import RawCall
from assistant.llm.scripted import ScriptedChatModel, calling
from assistant.llm.settings import LanguageModelSettings

SETTINGS = LanguageModelSettings(kind="scripted")


def test_replies_come_in_order(tools, tmp_path):
    scripted = ScriptedChatModel(replies=[calling(("plan_beds", {})), calling(("show_state", {"measure": "stock"}))])
    chooser = step_chooser(SETTINGS, tmp_path, scripted)
    assert chooser.choose("beds?", "en", [], tools) == [RawCall("plan_beds", {})]
    assert chooser.choose("stock?", "en", [], tools) == [RawCall("show_state", {"measure": "stock"})]


def test_malformed_then_good_is_good(tools, tmp_path):
    scripted = ScriptedChatModel(replies=["hm", calling(("plan_beds", "{oops")), calling(("plan_beds", {}))])
    assert step_chooser(SETTINGS, tmp_path, scripted).choose("beds?", "en", [], tools) == [RawCall("plan_beds", {})]


def test_the_same_call_twice_is_one_step(tools, tmp_path):
    scripted = ScriptedChatModel(replies=[calling(("plan_beds", {}), ("plan_beds", {}))])
    assert len(step_chooser(SETTINGS, tmp_path, scripted).choose("beds?", "en", [], tools)) == 1


def test_nonsense_three_times_is_an_error(tools, tmp_path):
    scripted = ScriptedChatModel(replies=["a", "b", "c", calling(("plan_beds", {}))])
    with pytest.raises(LanguageModelError) as error:
        step_chooser(SETTINGS, tmp_path, scripted).choose("beds?", "en", [], tools)
    assert error.value.code == "model_output_invalid"
    assert len(scripted.seen) == 3


def test_an_exception_in_the_script_is_raised(tools, tmp_path):
    scripted = ScriptedChatModel(replies=[LanguageModelError("down")])
    with pytest.raises(LanguageModelError, match="down"):
        step_chooser(SETTINGS, tmp_path, scripted).choose("beds?", "en", [], tools)


def test_settings_refuse_an_unknown_kind():
    with pytest.raises(ValueError, match="embedded"):
        LanguageModelSettings(kind="psychic")
