"""Kept sentence vectors."""

import numpy as np

from assistant.llm.choose import own_examples
from assistant.llm.vectors import KeptVectors


class CountingEncoder:
    name = "counting"

    def __init__(self):
        self.encoded = 0

    def encode(self, texts):
        self.encoded += len(texts)
        return np.eye(len(texts), 4)


def test_a_list_is_encoded_once_for_all_runs(tmp_path):
    encoder = CountingEncoder()
    first = KeptVectors(encoder, tmp_path)(["a", "b"])
    again = KeptVectors(encoder, tmp_path)(["a", "b"])
    assert encoder.encoded == 2
    assert (first == again).all()


def test_other_texts_are_encoded_again(tmp_path):
    encoder = CountingEncoder()
    KeptVectors(encoder, tmp_path)(["a", "b"])
    KeptVectors(encoder, tmp_path)(["a", "c"])
    assert encoder.encoded == 4


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert KeptVectors(CountingEncoder(), blocked)(["a", "b"]).shape == (2, 4)


def test_an_example_that_means_the_same_is_found_without_shared_words():
    def encode(texts):
        """One direction for everything about rosters, another for the rest."""
        return np.array([[1.0, 0.0] if "rota" in text or "zzz" in text else [0.0, 1.0] for text in texts])

    names = {"plan_staffing", "show_state", "decline", "forecast_demand"}
    near = own_examples(encode).nearest("zzz", "en", False, names, 1)
    assert "rota" in near[0].question


def test_chinese_questions_do_not_ask_the_encoder():
    encoder = CountingEncoder()
    own_examples(encoder.encode).nearest("给九病区排班", "zh", False, {"plan_staffing"}, 1)
    assert encoder.encoded == 0
