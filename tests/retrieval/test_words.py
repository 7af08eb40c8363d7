"""How text is cut into terms."""

import pytest

from assistant.retrieval.words import is_chinese, stem, terms


def test_chinese_runs_become_characters_and_bigrams() -> None:
    """A word list is not needed: the bigrams of a word are found wherever the word stands."""
    assert terms("护患比") == ["护", "患", "比", "护患", "患比"]


def test_function_words_split_chinese_runs() -> None:
    """No bigram is built across 的, so that 护士的班 shares 护士 with other texts and nothing false."""
    assert "士的" not in terms("护士的班次") and "的班" not in terms("护士的班次")
    assert {"护士", "班次"} <= set(terms("护士的班次"))


def test_full_width_letters_and_digits_count_as_narrow_ones() -> None:
    """Chinese keyboards write ＩＣＵ and Ｎ９５."""
    assert terms("ＩＣＵ Ｎ９５") == terms("icu n95") == ["icu", "n95"]


def test_mixed_text_keeps_latin_words_whole() -> None:
    """A unit code inside a Chinese sentence is one term."""
    assert "icu" in terms("今晚ICU还有床吗") and "3b" in terms("3B病房")


def test_synonyms_are_folded() -> None:
    """People ask about 病人; the handbook writes 患者."""
    assert terms("病人") == terms("患者")


def test_english_stop_words_are_left_out() -> None:
    """Question words would match every section."""
    assert terms("What is the ratio of the ward?") == ["ratio", "ward"]


@pytest.mark.parametrize(
    ("words", "root"),
    [
        (("staffing", "staffed", "staff"), "staff"),
        (("planning", "planned", "plans", "plan"), "plan"),
        (("nurses", "nurse", "nursing"), "nurs"),
        (("transfusions", "transfusion"), "transfusion"),
        (("policies", "policy"), "policy"),
        (("n95",), "n95"),
    ],
)
def test_forms_of_a_word_share_a_stem(words: tuple[str, ...], root: str) -> None:
    """A question in the plural finds a section in the singular."""
    assert {stem(word) for word in words} == {root}


def test_short_words_and_endings_without_vowel_stay() -> None:
    """`bed`, `red` and `string` are no participles."""
    assert [stem(word) for word in ("bed", "red", "string", "icus")] == ["bed", "red", "string", "icus"]


def test_one_chinese_character_makes_a_question_chinese() -> None:
    """`ICU 满吗` is a Chinese question."""
    assert is_chinese("ICU 满吗") and not is_chinese("Is the ICU full?")
