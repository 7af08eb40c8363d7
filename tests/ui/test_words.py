"""The screen's words: both languages say the same things."""

import re
from pathlib import Path

import pytest

import assistant.ui
from assistant.ui.words import screen_words

UI = Path(next(iter(assistant.ui.__path__)))
EN, ZH = screen_words("en"), screen_words("zh")


def test_both_languages_have_the_same_keys() -> None:
    assert EN.sentences.keys() == ZH.sentences.keys()
    assert EN.lists.keys() == ZH.lists.keys()


@pytest.mark.parametrize("key", sorted(EN.sentences))
def test_both_languages_fill_in_the_same_names(key: str) -> None:
    assert set(EN.sentences[key].get_identifiers()) == set(ZH.sentences[key].get_identifiers())


def test_there_are_as_many_examples_in_both_languages() -> None:
    assert len(EN.lists["chat.examples"]) == len(ZH.lists["chat.examples"]) >= 5


def test_every_sentence_is_used_by_the_screen() -> None:
    """A key nobody asks for is a sentence nobody will mend."""
    code = "".join(path.read_text("utf-8") for path in UI.glob("*.py"))
    made_up = (
        "role.",
        "tool.",
        "kind.",
        "noun.",
        "chat.step_",
        "chat.mode_",
        "journal.kind_",
        "journal.col_",
        "beds.",
        "plans.",
        "story.",
    )
    unused = [
        key for key in EN.sentences if f'"{key}"' not in code and f"'{key}'" not in code and not key.startswith(made_up)
    ]
    assert unused == []


def test_every_sentence_the_screen_asks_for_exists() -> None:
    code = "".join(path.read_text("utf-8") for path in UI.glob("*.py"))
    asked = set(re.findall(r'(?:words|w)\(\s*"([a-z_.]+)"', code))
    assert asked - EN.sentences.keys() == set()


def test_an_unknown_language_falls_back_to_english() -> None:
    assert screen_words("fr").language == "en"


def test_counts_agree_with_their_noun() -> None:
    assert (EN.count("step", 1), EN.count("step", 2), ZH.count("step", 2)) == ("1 step", "2 steps", "2个步骤")
