"""Forecasts as they were given, kept with the state of the records they were made from, so that they can be scored.

A kept forecast is one file, named by the hash of its content, written once and never changed; the journal holds the
hash. Asking the same question again at the same clock gives the same file. Files lie in a folder for each day of the
records' clock, so that a look back over a month reads a month.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from assistant.errors import JournalError, ToolError
from assistant.forecast.result import Forecast
from assistant.journal.book import Journal
from assistant.journal.entry import canonical, digest

_LETTER = "F-"
_TOLD = ("measure", "unit", "item", "region", "disease", "made_at")  # what the journal says beside the hash


@dataclass(frozen=True, eq=False)
class KeptForecast:
    """A forecast as kept.

    Attributes:
        id: `F-` and ten hex digits of the content's hash.
        measure, unit, item: What was forecast; `unit` None for the whole hospital.
        counts: Unit of measurement.
        made_at: The records' clock at which it was asked for.
        last_seen: Last day that it had learned from.
        quantiles: Index day, a column per level.
        scale: Factor from the census to the measure (nurse hours per patient); 1 for what is counted itself.
        content: Everything, as in the file.
        region, disease: Of an outbreak forecast, whose steps are weeks, named by their last day; else None.
    """

    id: str
    measure: str
    unit: str | None
    item: str | None
    counts: str
    made_at: datetime
    last_seen: date
    quantiles: pd.DataFrame
    scale: float
    content: dict[str, Any]
    region: str | None = None
    disease: str | None = None

    @property
    def series(self) -> tuple[str | None, ...]:
        """Measure, unit, item, region and disease: what one truth belongs to."""
        return self.measure, self.unit, self.item, self.region, self.disease


class KeptForecasts:
    """The forecasts given, in one folder, their hashes in one journal."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self.folder = folder
        self._journal = journal

    def keep(self, forecast: Forecast, records: str, settings: str) -> str:
        """Keep a forecast that is about to be given; returns its id once it is durable.

        Args:
            forecast: The forecast.
            records: Fingerprint of the records.
            settings: Digest of the settings that it was made with.

        Raises:
            JournalError: It could not be written; then nothing may be shown.
        """
        return self.put(_content(forecast, records, settings))

    def put(self, content: dict[str, Any]) -> str:
        """Keep what a forecast says, as `keep`; the content has at least what `KeptForecast` tells of it."""
        sha = digest(content)
        name = _LETTER + sha[:10]
        path = self.folder / content["made_at"][:10] / f"{name}.json"
        if path.exists():
            return name
        try:
            _write(path, canonical(content))
        except OSError as error:
            raise JournalError(
                f"The forecast could not be kept at {path} ({error.strerror}). Nothing was shown; make room or mend "
                "the permissions and ask again."
            ) from error
        told = {key: content[key] for key in _TOLD if key in content}
        self._journal.append("forecast", {"id": name, "sha256": sha, **told})
        return name

    def made(self, start: date, end: date) -> list[KeptForecast]:
        """Forecasts made on days from `start` up to and including `end`, oldest first.

        Raises:
            ToolError: `damaged`, if a file was changed after it was written.
        """
        found = [_read(path) for path in self._files(start, end)]
        return sorted(found, key=lambda kept: (kept.made_at, kept.id))

    def _files(self, start: date, end: date) -> Iterator[Path]:
        for day in pd.date_range(start, end):
            folder = self.folder / f"{day:%Y-%m-%d}"
            if folder.is_dir():
                yield from sorted(folder.glob(f"{_LETTER}*.json"))


def _content(forecast: Forecast, records: str, settings: str) -> dict[str, Any]:
    history = forecast.history
    return {
        "v": 1,
        "measure": forecast.measure,
        "unit": forecast.unit,
        "item": forecast.item,
        "counts": forecast.counts,
        "made_at": forecast.made_at.isoformat(),
        "days": [f"{day:%Y-%m-%d}" for day in pd.DatetimeIndex(forecast.quantiles.index)],
        "quantiles": {f"{level:g}": [float(v) for v in forecast.quantiles[level]] for level in forecast.quantiles},
        "method": forecast.method,
        "fallback_code": forecast.fallback_code,
        "bridged_days": forecast.bridged_days,
        "scale": float(forecast.scale),
        "history": {
            "last": f"{_last_seen(forecast):%Y-%m-%d}",
            "values": [round(float(value), 3) for value in history],
        },
        "records": records,
        "settings": settings,
    }


def _last_seen(forecast: Forecast) -> date:
    if len(forecast.history):
        return pd.Timestamp(str(forecast.history.index[-1])).date()
    return forecast.made_at.date() - timedelta(days=1)


def _read(path: Path) -> KeptForecast:
    try:
        content = json.loads(path.read_bytes())
    except ValueError:
        content = None
    if content is None or _LETTER + digest(content)[:10] != path.stem:
        raise ToolError(f"The file of {path.stem} was changed after it was written; it cannot be used.", "damaged")
    quantiles = pd.DataFrame(
        {float(level): values for level, values in content["quantiles"].items()},
        index=pd.DatetimeIndex(content["days"], name="day"),
    )
    return KeptForecast(
        path.stem,
        content["measure"],
        content["unit"],
        content["item"],
        content["counts"],
        datetime.fromisoformat(content["made_at"]),
        date.fromisoformat(content["history"]["last"]),
        quantiles[sorted(quantiles.columns)],
        content["scale"],
        content,
        content.get("region"),
        content.get("disease"),
    )


def _write(path: Path, text: bytes) -> None:
    """Whole or not at all, on the disk before it returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}.new")
    with beside.open("wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
