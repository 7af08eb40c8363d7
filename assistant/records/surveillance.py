"""Surveillance series of outbreaks: new cases, recoveries, deaths and admissions by region, disease and day or week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import func, select

from assistant.errors import ToolError
from assistant.records import tables as t
from assistant.records.names import find_by_labels
from assistant.records.store import Store
from assistant.records.unit_names import folded

# Names of one disease; the first is how answers call it in English, the last in Chinese.
_DISEASES: tuple[tuple[str, ...], ...] = (
    ("COVID-19", "covid", "covid19", "coronavirus", "sars-cov-2", "corona", "新型冠状病毒肺炎", "新冠肺炎", "新冠"),
    ("influenza", "flu", "seasonal influenza", "grippe", "流行性感冒", "流感"),
    ("RSV", "respiratory syncytial virus", "rsv infection", "合胞病毒", "呼吸道合胞病毒"),
    ("norovirus", "winter vomiting", "诺如", "诺如病毒"),
    ("measles", "麻疹"),
    ("dengue", "dengue fever", "登革热"),
)


@dataclass(frozen=True)
class SeriesName:
    """One series: region, disease and how many values it has."""

    region: str
    disease: str
    measure: str
    values: int


def series_names(store: Store) -> list[SeriesName]:
    """All series of the records, those with most values first, of equals the one with the highest counts."""
    c = t.surveillance.c
    query = select(c.region, c.disease, c.measure, func.count(), func.sum(c.value))
    rows = store.read(query.group_by(c.region, c.disease, c.measure))
    return [SeriesName(*row[:4]) for row in sorted(rows, key=lambda row: (-row[3], -row[4], *row[:3]))]


def read_series(store: Store, region: str, disease: str, measure: str, until: datetime) -> pd.Series:
    """Values by date up to the day of `until`, in order of time; float, may be negative (corrections)."""
    c = t.surveillance.c
    wanted = (c.region == region) & (c.disease == disease) & (c.measure == measure) & (c.date <= until.date())
    rows = store.read(select(c.date, c.value).where(wanted).order_by(c.date))
    return pd.Series([float(row[1]) for row in rows], pd.DatetimeIndex([row[0] for row in rows]), dtype=float)


def find_disease(known: Sequence[str], name: str) -> str:
    """The disease of the records called so, in either language.

    Raises:
        ToolError: `unknown_disease`, with the near ones.
    """
    return find_by_labels(name, {disease: _labels(disease) for disease in known}, "disease")


def find_region(known: Sequence[str], name: str) -> str:
    """The region of the records called so.

    Raises:
        ToolError: `unknown_region`, with the near ones.
    """
    return find_by_labels(name, {region: [region] for region in known}, "region")


def disease_called(disease: str, language: str) -> str:
    """How answers call the disease: its name in the language where it is known, else as the records write it."""
    names = _family(disease)
    if not names:
        return disease
    return names[-1] if language == "zh" else names[0]


def _family(disease: str) -> tuple[str, ...]:
    wanted = folded(disease)
    return next((names for names in _DISEASES if wanted in {folded(name) for name in names}), ())


def _labels(disease: str) -> list[str]:
    return [disease, *_family(disease)]


def needed_series(names: Sequence[SeriesName], wanted: Mapping[str, str]) -> list[SeriesName]:
    """The series that have all the wanted attributes (`measure`, `disease`, `region`).

    Raises:
        ToolError: `no_surveillance` where there is none: says what is there and how to import more.
    """
    found = [name for name in names if all(getattr(name, key) == value for key, value in wanted.items())]
    if found:
        return found
    if not names:
        raise ToolError(
            "There are no surveillance series in the records yet. Import a CSV file with the columns "
            "region,date,disease,measure,value: assistant import surveillance.csv",
            code="no_surveillance",
        )
    listed = sorted({f"{name.disease} {name.measure} ({name.region})" for name in names})
    raise ToolError(
        f"The records have no surveillance series for {', '.join(wanted.values())}. "
        f"There are: {'; '.join(listed[:12])}.",
        code="no_surveillance",
        near=listed[:5],
    )
