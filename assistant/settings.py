"""The settings in force: one small part per section, one TOML file, unknown keys refused.

The file is `settings.toml` in the data folder, or the one that ASSISTANT_SETTINGS names. Secrets (database
passwords, keys of servers) come from the environment only and are never printed.
"""

import dataclasses
import os
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.agent.settings import AgentSettings
from assistant.errors import SetupError
from assistant.forecast.settings import ForecastSettings
from assistant.llm.settings import LanguageModelSettings
from assistant.plan.proposals import ApprovalSettings
from assistant.plan.settings import PlanSettings
from assistant.records.settings import RecordsSettings
from assistant.retrieval.settings import RetrievalSettings
from assistant.sample.settings import SampleSettings
from assistant.tools.settings import ToolSettings


@dataclass(frozen=True)
class Settings:
    """All parts; each section of the TOML file fills one."""

    agent: AgentSettings = field(default_factory=AgentSettings)
    approvals: ApprovalSettings = field(default_factory=ApprovalSettings)
    forecast: ForecastSettings = field(default_factory=ForecastSettings)
    llm: LanguageModelSettings = field(default_factory=LanguageModelSettings)
    plan: PlanSettings = field(default_factory=PlanSettings)
    records: RecordsSettings = field(default_factory=RecordsSettings)
    retrieval: RetrievalSettings = field(default_factory=RetrievalSettings)
    sample: SampleSettings = field(default_factory=SampleSettings)
    tools: ToolSettings = field(default_factory=ToolSettings)

    def to_json(self) -> dict[str, Any]:
        """The settings in force as plain values."""
        return {part: _plain(dataclasses.asdict(getattr(self, part))) for part in _parts()}


def home_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The data folder: ASSISTANT_HOME, else `.assistant` in the current folder."""
    return Path(environment.get("ASSISTANT_HOME") or ".assistant")


def database_url(environment: Mapping[str, str] = os.environ) -> str | None:
    """The database that ASSISTANT_DATABASE_URL names; None for SQLite in the data folder."""
    return environment.get("ASSISTANT_DATABASE_URL") or None


def load_settings(home: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a data folder; defaults where the file or a key is missing.

    Raises:
        SetupError: All faults of the file at once: unknown sections, unknown keys, values of the wrong kind.
    """
    named = environment.get("ASSISTANT_SETTINGS")
    path = Path(named) if named else home / "settings.toml"
    if not path.exists():
        if named:
            raise SetupError(f"ASSISTANT_SETTINGS names {path}, which does not exist.")
        return Settings()
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SetupError(f"{path} is not TOML: {error}.") from error
    known = _parts()
    faults = [f"unknown section [{name}]; known: {', '.join(known)}" for name in tables if name not in known]
    parts = {name: _part(kind, tables.get(name, {}), f"[{name}]", faults) for name, kind in known.items()}
    if faults:
        raise SetupError(f"{path} has {len(faults)} fault(s):\n" + "\n".join(f"  {fault}" for fault in faults))
    return Settings(**parts)


def _parts() -> dict[str, type]:
    return dict(typing.get_type_hints(Settings))


def _part(kind: type, table: Any, place: str, faults: list[str]) -> Any:
    """One settings dataclass from its table; faults are added to the list and the defaults stand in."""
    if not isinstance(table, dict):
        faults.append(f"{place} must be a section")
        return kind()
    hints = typing.get_type_hints(kind)
    values = {}
    for key, value in table.items():
        if key not in hints:
            faults.append(f"{place} unknown key '{key}'; known: {', '.join(hints)}")
        elif dataclasses.is_dataclass(hints[key]):
            values[key] = _part(typing.cast(type, hints[key]), value, f"{place}.{key}", faults)
        elif not _fits(value, hints[key]):
            faults.append(f"{place} {key} = {value!r}: expected {_type_words(hints[key])}")
        else:
            values[key] = tuple(value) if isinstance(value, list) else value
    try:
        return kind(**values)
    except Exception as error:  # a part checks itself; whatever it says is a fault of the file
        faults.append(f"{place} {error}")
        return kind()


def _fits(value: Any, hint: Any) -> bool:
    origin = typing.get_origin(hint)
    if origin in {typing.Union, types.UnionType}:
        return any(_fits(value, choice) for choice in typing.get_args(hint))
    if origin is tuple:
        return isinstance(value, list) and all(_fits(item, typing.get_args(hint)[0]) for item in value)
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(hint, type) and isinstance(value, hint)


def _type_words(hint: Any) -> str:
    return {"int": "a whole number", "float": "a number", "str": "text", "bool": "true or false"}.get(
        getattr(hint, "__name__", ""), str(hint)
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
