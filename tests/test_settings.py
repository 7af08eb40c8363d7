"""Settings: one file, one section per part, unknown keys refused, all faults at once."""

from dataclasses import asdict
from pathlib import Path

import pytest

from assistant.errors import SetupError
from assistant.settings import Settings, load_settings


def test_defaults_work_without_a_file(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}) == Settings()


def test_a_section_fills_its_part(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[tools]\nbusy_percent = 80\n[approvals]\nbeds = ["matron"]\n')
    settings = load_settings(tmp_path, {})
    assert settings.tools.busy_percent == 80
    assert settings.approvals.beds == ("matron",)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(
        '[tools]\nbussy = 1\nmax_rows = "many"\n[kitchen]\n[llm]\nkind = "oracle"\n'
    )
    with pytest.raises(SetupError) as refused:
        load_settings(tmp_path, {})
    for told in ("bussy", "max_rows", "kitchen", "oracle"):
        assert told in str(refused.value)


def test_a_file_that_is_no_toml_is_told(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[tools\n")
    with pytest.raises(SetupError, match="not TOML"):
        load_settings(tmp_path, {})


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="does not exist"):
        load_settings(tmp_path, {"ASSISTANT_SETTINGS": str(tmp_path / "none.toml")})


def test_the_settings_in_force_are_plain_values() -> None:
    import json

    assert json.loads(json.dumps(Settings().to_json()))["tools"]["full_percent"] == 92


def test_the_settings_shown_are_a_settings_file(tmp_path: Path) -> None:
    """What `assistant settings` prints can be saved, changed and loaded."""
    from assistant.cli.settings import as_toml

    (tmp_path / "settings.toml").write_text("\n".join(as_toml(asdict(Settings()))), encoding="utf-8")
    assert load_settings(tmp_path, {}) == Settings()
