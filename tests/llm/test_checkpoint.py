"""The checkpoint: found, built once, missed with the command that mends it."""

import importlib.util

import pytest

from assistant.errors import SetupError
from assistant.llm import checkpoint
from assistant.llm.settings import LanguageModelSettings, models_folder


def test_a_missing_package_names_make_setup(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SetupError, match="make setup"):
        checkpoint.packaged_weights()


def test_a_missing_checkpoint_names_the_build_command(tmp_path):
    with pytest.raises(SetupError, match="assistant llm build"):
        checkpoint.checkpoint_folder(tmp_path)


def test_a_broken_build_leaves_nothing_behind(tmp_path, monkeypatch):
    weights = tmp_path / "package" / checkpoint.GGUF
    weights.parent.mkdir()
    weights.write_bytes(b"GGUF")

    def breaks(source, folder):
        (folder / "half.bin").write_bytes(b"x")
        raise MemoryError

    monkeypatch.setattr(checkpoint, "packaged_weights", lambda: weights)
    monkeypatch.setattr(checkpoint, "_dequantise", breaks)
    with pytest.raises(MemoryError):
        checkpoint.build_checkpoint(tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []


@pytest.fixture
def quick(tmp_path, monkeypatch):
    """Builds in no time: the steps that need the real weights write a few bytes; counts them."""
    weights, done = tmp_path / checkpoint.GGUF, []
    weights.write_bytes(b"GGUF")

    def dequantise(source, folder):
        done.append("dequantise")
        (folder / checkpoint.WEIGHTS).write_bytes(b"untuned")

    def merge(base, folder):
        done.append("merge")
        assert (base / checkpoint.CARD).is_file()
        (folder / checkpoint.WEIGHTS).write_bytes(b"tuned")

    monkeypatch.setattr(checkpoint, "packaged_weights", lambda: weights)
    monkeypatch.setattr(checkpoint, "_dequantise", dequantise)
    monkeypatch.setattr(checkpoint, "merge", merge)
    monkeypatch.setattr(checkpoint, "adapter_sha256", lambda: "a" * 64)
    monkeypatch.setattr(checkpoint, "adapter_card", lambda: {"rank": 16})
    monkeypatch.setattr(checkpoint.metadata, "version", lambda name: "1.0")
    return done


def test_the_cards_say_what_the_checkpoints_were_made_from(tmp_path, quick):
    tuned = checkpoint.card(checkpoint.build_checkpoint(tmp_path / "models"))
    base = checkpoint.card(tmp_path / "models" / checkpoint.BASE)
    assert base["source_sha256"] == checkpoint.sha256_of(tmp_path / checkpoint.GGUF)
    assert tuned["base"] == base
    assert (tuned["adapter_sha256"], tuned["adapter"]) == ("a" * 64, {"rank": 16})
    assert len({base["source_sha256"], base["weights_sha256"], tuned["weights_sha256"]}) == 3


def test_a_second_build_returns_at_once(tmp_path, quick):
    built = checkpoint.build_checkpoint(tmp_path)
    assert checkpoint.build_checkpoint(tmp_path) == built == checkpoint.checkpoint_folder(tmp_path)
    assert quick == ["dequantise", "merge"]


def test_another_adapter_is_merged_anew_into_the_same_untuned_weights(tmp_path, quick, monkeypatch):
    checkpoint.build_checkpoint(tmp_path)
    monkeypatch.setattr(checkpoint, "adapter_sha256", lambda: "b" * 64)
    with pytest.raises(SetupError, match="another version"):
        checkpoint.checkpoint_folder(tmp_path)
    checkpoint.build_checkpoint(tmp_path)
    assert quick == ["dequantise", "merge", "merge"]
    assert checkpoint.card(checkpoint.checkpoint_folder(tmp_path))["adapter_sha256"] == "b" * 64


def test_a_folder_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setattr(checkpoint, "packaged_weights", lambda: blocked)
    with pytest.raises(SetupError, match="ASSISTANT_MODELS"):
        checkpoint.build_checkpoint(blocked / "models")


def test_the_models_folder_is_setting_then_environment_then_home_then_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSISTANT_MODELS", "/elsewhere")
    assert str(models_folder(LanguageModelSettings(models="/set"), tmp_path)) == "/set"
    assert str(models_folder(LanguageModelSettings(), tmp_path)) == "/elsewhere"
    monkeypatch.delenv("ASSISTANT_MODELS")
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert str(models_folder(LanguageModelSettings(), tmp_path)) == "/cache/hospital-decision-assistant/models"
    (tmp_path / "models").mkdir()
    assert models_folder(LanguageModelSettings(), tmp_path) == tmp_path / "models"
