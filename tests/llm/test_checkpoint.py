"""The checkpoint: found, built once, missed with the command that mends it."""

import importlib.util
import json

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


def test_the_card_says_what_the_checkpoint_was_made_from(tmp_path, monkeypatch):
    weights = tmp_path / checkpoint.GGUF
    weights.write_bytes(b"GGUF")
    monkeypatch.setattr(checkpoint, "packaged_weights", lambda: weights)
    monkeypatch.setattr(checkpoint, "_dequantise", lambda s, f: (f / checkpoint.WEIGHTS).write_bytes(b"weights"))
    monkeypatch.setattr(checkpoint.metadata, "version", lambda name: "1.0")
    card = checkpoint.card(checkpoint.build_checkpoint(tmp_path / "models"))
    assert card["source_sha256"] == checkpoint.sha256_of(weights)
    assert card["weights_sha256"] != card["source_sha256"]


def test_a_second_build_returns_at_once(tmp_path, monkeypatch):
    target = tmp_path / checkpoint.NAME
    target.mkdir()
    (target / checkpoint.CARD).write_text(json.dumps({}))
    monkeypatch.setattr(checkpoint, "packaged_weights", lambda: pytest.fail("built again"))
    assert checkpoint.build_checkpoint(tmp_path) == target


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
