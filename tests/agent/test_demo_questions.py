"""The questions of the demo, with the embedded language model: what a newcomer sees first must not break unseen."""

import os
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import SetupError
from assistant.llm.build import step_chooser
from assistant.llm.descriptions import StepChooser
from assistant.llm.settings import LanguageModelSettings, models_folder
from assistant.tools.catalogue import tool_descriptions

pytestmark = pytest.mark.weights

ASKED = [
    (
        "How full is the ICU now and over the next 7 days?",
        [("show_state", "occupancy", "ICU"), ("forecast_demand", "occupancy", "ICU")],
    ),
    ("Where should the patients waiting tonight go?", [("plan_beds", None, None)]),
    ("重症监护室排两周的班", [("plan_staffing", None, "重症监护室")]),
    ("Draft a two-week roster for the ICU", [("plan_staffing", None, "ICU")]),
    ("今晚等床的病人该去哪里？", [("plan_beds", None, None)]),
    ("重症监护室现在有多满？", [("show_state", "occupancy", "重症监护室")]),
]


@pytest.fixture(scope="module")
def chooser(tmp_path_factory: pytest.TempPathFactory) -> StepChooser:
    """The embedded language model as the composer makes it, with more time than a user would wait."""
    home = Path(os.environ.get("ASSISTANT_HOME") or Path(__file__).resolve().parents[2] / ".assistant")
    settings = LanguageModelSettings(timeout_seconds=120)
    try:
        made = step_chooser(settings, models_folder(settings, home))
        made.choose("warm up", "en", [], tool_descriptions())
    except SetupError as missing:
        pytest.skip(str(missing))
    return made


@pytest.mark.parametrize(("question", "expected"), ASKED)
def test_a_demo_question_leads_to_its_steps(chooser: StepChooser, question: str, expected: list[Any]) -> None:
    language = "en" if question.isascii() else "zh"
    calls = chooser.choose(question, language, [], tool_descriptions())
    assert [(c.name, c.arguments.get("measure"), c.arguments.get("unit")) for c in calls] == expected
