"""Scores quantile forecasts as the hubs do: weighted interval score, beside other teams on the same tasks."""

import numpy as np
import pandas as pd

from assistant.forecast.outbreak.levels import LEVELS, interval_score
from eval.hub_data import COLUMNS, NOT_STATES, TASK, Hub

INTERVALS = {"c50": (6, 16), "c80": (3, 19), "c95": (1, 21)}  # numbers of the outer levels of each central interval


def score_tasks(hub: Hub, table: pd.DataFrame, truth: pd.Series, last: pd.Timestamp) -> pd.DataFrame:
    """One row a task: WIS, WIS of log(1 + count), and whether the truth lay inside the 50, 80 and 95 % interval.

    Args:
        hub: Says what horizons and weeks mean.
        table: TASK and COLUMNS.
        truth: By (target, location, date).
        last: Last week that is scored. National totals and tasks without truth are left out.
    """
    keep = table["horizon"].isin(hub.horizons) & ~table["location"].isin(NOT_STATES)
    table = table[keep]
    ends = pd.DatetimeIndex(
        [hub.target_end(r, int(h)) for r, h in zip(table["reference_date"], table["horizon"], strict=True)]
    )
    index = pd.MultiIndex.from_arrays([table["target"], table["location"], ends])
    y = truth.reindex(index).to_numpy(float)
    known = (y >= 0) & (ends <= last)  # a negative truth is a correction of other weeks
    table, y = table[known], y[known]
    quantiles = np.sort(table[COLUMNS].to_numpy(float), axis=1)
    scores = {
        "wis": interval_score(quantiles, y),
        "log_wis": interval_score(np.log1p(np.maximum(quantiles, 0)), np.log1p(y)),
        **{name: (y >= quantiles[:, a]) & (y <= quantiles[:, b]) for name, (a, b) in INTERVALS.items()},
    }
    return table[TASK].assign(**scores).set_index(TASK)


def compare(hub: Hub, ours: pd.DataFrame, season: str) -> pd.DataFrame:
    """A row per model and target, best first: ours beside every other team, all relative to the hub's baseline.

    A team's ratio is taken over the tasks it gave and the baseline too; `share` is how many of the baseline's.
    """
    truth, last, others = hub.truth(season), hub.last_target(season), hub.peers(season)
    scores = {"THIS PROJECT": score_tasks(hub, ours, truth, last)}
    if others is not None:
        scores |= {str(n): score_tasks(hub, rows, truth, last) for n, rows in others.groupby("model")}
    base = next((table for name, table in scores.items() if name.endswith("-baseline")), None)
    rows = [_row(hub, name, target, table, base) for name, table in scores.items() for target in hub.targets]
    frame = pd.DataFrame([row for row in rows if row])
    return frame.sort_values(["target", "ratio" if base is not None else "wis"]).reset_index(drop=True)


def _row(hub: Hub, name: str, target: str, scores: pd.DataFrame, base: pd.DataFrame | None) -> dict[str, object]:
    scores = scores[scores.index.get_level_values("target") == target]
    row: dict[str, object] = {"target": target, "model": name}
    if base is not None:
        total = int((base.index.get_level_values("target") == target).sum())
        scores = scores.loc[scores.index.intersection(base.index)]
        row |= {"tasks": len(scores), "share": len(scores) / max(total, 1)}
    if scores.empty:
        return {}
    row |= {"wis": scores["wis"].mean(), "log_wis": scores["log_wis"].mean()}
    if base is not None:
        same = base.loc[scores.index]
        row |= {"ratio": scores["wis"].mean() / same["wis"].mean()}
        row |= {"log_ratio": scores["log_wis"].mean() / same["log_wis"].mean()}
        for horizon in hub.horizons:
            at = scores.index.get_level_values("horizon") == horizon
            row[f"h{horizon}"] = scores["wis"][at].mean() / same["wis"][at].mean() if at.any() else np.nan
    return row | {name: scores[name].mean() for name in INTERVALS}


def hub_rows(hub: Hub, table: pd.DataFrame) -> pd.DataFrame:
    """The hubs' long form: a row per task and level."""
    long = table.melt(id_vars=TASK, value_vars=COLUMNS, var_name="level", value_name="value")
    levels = dict(zip(COLUMNS, LEVELS, strict=True))
    ends = {pair: hub.target_end(*pair) for pair in set(zip(long["reference_date"], long["horizon"], strict=True))}
    long["target_end_date"] = [ends[p] for p in zip(long["reference_date"], long["horizon"], strict=True)]
    long = long.assign(output_type="quantile", output_type_id=[f"{levels[name]:g}" for name in long["level"]])
    long = long.assign(value=long["value"].round(3)).sort_values(TASK, kind="stable")
    wanted = ["reference_date", "location", "horizon", "target", "target_end_date", "output_type", "output_type_id"]
    return long[[*wanted, "value"]]
