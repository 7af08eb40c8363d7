"""What is kept of an outbreak forecast that was given, so that it can be scored when its weeks are reported."""

from typing import Any

import pandas as pd

from assistant.forecast.outbreak.region import OutbreakForecast


def outbreak_content(forecast: OutbreakForecast, records: str) -> dict[str, Any]:
    """The forecast with the state it was made from, in JSON types, as `KeptForecasts.put` takes it.

    Args:
        forecast: The forecast; its steps are weeks, named by their last day.
        records: Fingerprint of the records.
    """
    known = forecast.history.dropna()
    return {
        "v": 1,
        "measure": forecast.name.measure,
        "unit": None,
        "item": None,
        "region": forecast.name.region,
        "disease": forecast.name.disease,
        "counts": forecast.name.measure,
        "made_at": forecast.made_at.isoformat(),
        "days": [f"{day:%Y-%m-%d}" for day in pd.DatetimeIndex(forecast.quantiles.index)],
        "quantiles": {f"{level:g}": [float(v) for v in forecast.quantiles[level]] for level in forecast.quantiles},
        "method": forecast.method,
        "bridged_weeks": forecast.bridged,
        "scale": 1.0,
        "history": {
            "last": f"{pd.Timestamp(str(known.index[-1])):%Y-%m-%d}",
            "weeks": [f"{day:%Y-%m-%d}" for day in pd.DatetimeIndex(known.index)],
            "values": [round(float(value), 3) for value in known],
        },
        "records": records,
    }
