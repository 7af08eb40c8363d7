"""Tables as JSON values."""

import math
from datetime import date, datetime
from typing import Any, cast

import pandas as pd


def plain(value: Any) -> Any:
    """One cell as a JSON value: times ISO, missing values None, numpy scalars as Python's own."""
    if value is None or value is pd.NaT:
        return None
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):
        value = value.item()
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, (str, int, float, bool)):
        return value
    return str(value)


def plain_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table's rows as JSON objects, columns in order."""
    columns = [str(column) for column in table.columns]
    return [dict(zip(columns, map(plain, row), strict=True)) for row in table.itertuples(index=False, name=None)]


def rows_of(table: pd.DataFrame) -> list[Any]:
    """The rows as named tuples; `Any`, since a row's types are those of its table's declared layout."""
    return list(table.itertuples(index=False))


def time_of(label: object) -> pd.Timestamp:
    """An index label as the time it is."""
    return pd.Timestamp(cast(Any, label))
