"""Reads the public forecast hubs' data: tables as they were known, other teams' forecasts, the final truth.

Three hubs: those of the US for influenza and COVID-19 hospital admissions (FluSight, CovidHub) and the European
COVID-19 hub (cases and deaths). `target_vintages_delta.parquet` holds only the cells that changed, so the
table as known at a time is, for each cell, the last row up to then.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from assistant.errors import RecordError
from assistant.forecast.outbreak.levels import LEVELS

COLUMNS = [f"q{level:g}" for level in LEVELS]
TASK = ["target", "reference_date", "horizon", "location"]
NOT_STATES = {"US", "78", "60", "66", "69"}
_WEEK = pd.Timedelta(7, unit="D")


@dataclass(frozen=True, eq=False)
class Hub:
    """One hub's folder.

    Attributes:
        kind: `flusight`, `covidhub` or `covid19_eu_hub`.
        targets: Names of the targets, in the order in which the first may lead the others.
        horizons: Weeks ahead that are asked for.
        delta: Columns when, target, location, date, value; `when` sorts by time.
        runs: (season, reference date, when): which table was known at which reference date.
    """

    folder: Path
    kind: str
    targets: tuple[str, ...]
    horizons: tuple[int, ...]
    delta: pd.DataFrame
    runs: pd.DataFrame

    def known_at(self, when: object, target: str) -> pd.Series:
        """Values by (location, date) as known at `when`."""
        rows = self.delta[(self.delta["when"] <= when) & (self.delta["target"] == target)]
        last = rows.drop_duplicates(["location", "date"], keep="last")
        return last.set_index(["location", "date"])["value"].dropna().astype(float)

    def target_end(self, reference: pd.Timestamp, horizon: int) -> pd.Timestamp:
        """Last day (a Saturday) of the week that the horizon means."""
        shift = 2 if self.kind == "covid19_eu_hub" else 0  # its reference dates are Mondays
        return reference + horizon * _WEEK - pd.Timedelta(shift, unit="D")

    def season_runs(self, season: str) -> list[tuple[pd.Timestamp, object]]:
        """(reference date, table known then) of one season, in order of time."""
        rows = self.runs[self.runs["season"] == season]
        if rows.empty:
            known = ", ".join(sorted(self.runs["season"].unique()))
            raise RecordError(f"{self.folder}: season {season!r} is not in the data. Choose one of: {known}.")
        return [(pd.Timestamp(date), when) for date, when in zip(rows["reference_date"], rows["when"], strict=True)]

    def earlier_runs(self, season: str) -> list[tuple[pd.Timestamp, object]]:
        """The runs of all seasons before this one."""
        first = self.season_runs(season)[0][0]
        rows = self.runs[self.runs["reference_date"] < first]
        return [(pd.Timestamp(date), when) for date, when in zip(rows["reference_date"], rows["when"], strict=True)]

    def peers(self, season: str) -> pd.DataFrame | None:
        """Other teams' forecasts, a row per model and task, a column per level; None where there are none."""
        for name in (f"peers_{season}.parquet", "peers.parquet"):
            if (self.folder / name).exists():
                table = pd.read_parquet(self.folder / name)
                table["target"] = table["target"].astype(str) if "target" in table else self.targets[0]
                dates = pd.to_datetime(table["reference_date"])
                table = table.assign(model=table["model"].astype(str), location=table["location"].astype(str))
                return table.assign(reference_date=dates).dropna(subset=COLUMNS)
        return None

    def truth(self, season: str) -> pd.Series:
        """Final values by (target, location, date) that a season is scored against."""
        if self.kind == "covid19_eu_hub":
            table = pd.read_parquet(self.folder / "truth_final_weekly.parquet")
            return table.set_index(["target", "location", "date"])["value"].dropna().sort_index()
        return pd.concat({self.targets[0]: self.known_at(self._final(season), self.targets[0])}, names=["target"])

    def _final(self, season: str) -> object:
        """The table that holds the final values of a season."""
        if self.kind == "flusight":
            index = pd.read_csv(self.folder / "vintage_index.csv")
            final = index.loc[index["season"] == f"{season} FINAL", "vintage"]
            return int(final.iloc[0]) if len(final) else int(self.delta["when"].max())
        # A fortnight after the last target week, or the first table after that.
        settled = self.last_target(season) + 2 * _WEEK
        later = self.delta.loc[self.delta["when"] >= settled, "when"]
        return later.min() if len(later) else self.delta["when"].max()

    def last_target(self, season: str) -> pd.Timestamp:
        """Last week that is scored: the longest horizon of the season's last reference date."""
        return self.target_end(self.season_runs(season)[-1][0], self.horizons[-1])

    def population(self) -> dict[str, float]:
        """People by location; empty where the hub does not say."""
        path = self.folder / "locations.csv"
        if not path.exists():
            return {}
        table = pd.read_csv(path, dtype={"location": str})
        return dict(zip(table["location"], table["population"].astype(float), strict=True))


def open_hub(folder: Path) -> Hub:
    """Recognise a hub by its files.

    Raises:
        RecordError: If the folder is not one of the three.
    """
    if not (folder / "target_vintages_delta.parquet").exists():
        raise RecordError(
            f"{folder}: expected a forecast hub's folder with target_vintages_delta.parquet (and vintage_index.csv, "
            "or peers files), or a folder with jhu_national_daily_cumulative.parquet; neither is there."
        )
    delta = pd.read_parquet(folder / "target_vintages_delta.parquet")
    delta = delta.assign(location=delta["location"].astype(str), date=pd.to_datetime(delta["date"]))
    if (folder / "vintage_index.csv").exists():
        return _flusight(folder, delta.rename(columns={"vintage": "when"}))
    if "as_of" in delta:
        return _covidhub(folder, delta.rename(columns={"as_of": "when"}))
    return _european(folder, delta.rename(columns={"reference_date": "when"}))


def _sorted(delta: pd.DataFrame) -> pd.DataFrame:
    return delta.sort_values("when", kind="stable").reset_index(drop=True)


def _flusight(folder: Path, delta: pd.DataFrame) -> Hub:
    index = pd.read_csv(folder / "vintage_index.csv").dropna(subset=["reference_date"])
    runs = pd.DataFrame(
        {"season": index["season"], "reference_date": pd.to_datetime(index["reference_date"]), "when": index["vintage"]}
    )
    target = "wk inc flu hosp"
    delta = _sorted(delta.assign(target=target))
    return Hub(folder, "flusight", (target,), (0, 1, 2, 3), delta, runs.sort_values("reference_date"))


def _covidhub(folder: Path, delta: pd.DataFrame) -> Hub:
    """The reference date is the Saturday after the table; seasons are those of the peers' files, else October on."""
    target, delta = "wk inc covid hosp", _sorted(delta)
    asked = dict(_asked_dates(folder))
    rows = []
    for when in delta["when"].drop_duplicates():
        saturday = when + pd.Timedelta((5 - when.dayofweek) % 7, unit="D")
        rows.append((asked.get(saturday, "" if asked else _season_of(saturday)), saturday, when))
    for date, season in asked.items():  # no table came that week: the one before is what was known
        if date not in {row[1] for row in rows} and (delta["when"] < date).any():
            rows.append((season, date, delta.loc[delta["when"] < date, "when"].max()))
    runs = pd.DataFrame(rows, columns=["season", "reference_date", "when"])
    runs.loc[runs["season"] == "", "season"] = [_season_of(d) for d in runs.loc[runs["season"] == "", "reference_date"]]
    runs = runs.sort_values("reference_date").drop_duplicates("reference_date", keep="last")
    return Hub(folder, "covidhub", (target,), (0, 1, 2, 3), delta.assign(target=target), runs)


def _asked_dates(folder: Path) -> Iterator[tuple[pd.Timestamp, str]]:
    for path in sorted(folder.glob("peers_*.parquet")):
        dates = pd.read_parquet(path, columns=["reference_date"])["reference_date"]
        for date in pd.to_datetime(dates).drop_duplicates():
            yield date, path.stem.removeprefix("peers_")


def _season_of(day: pd.Timestamp, month: int = 10, first: int = 1) -> str:
    """Name of the season that contains the day, when seasons begin on the given day of the year."""
    year = day.year - int((day.month, day.day) < (month, first))
    return f"{year}-{(year + 1) % 100:02d}"


def _european(folder: Path, delta: pd.DataFrame) -> Hub:
    """Reference dates are those of the peers; the table is the last one up to then. Years begin on 8 March."""
    delta = _sorted(delta.assign(target=delta["target"].astype(str)))
    dates = set(delta["when"])
    for path in folder.glob("peers*.parquet"):
        dates |= set(pd.to_datetime(pd.read_parquet(path, columns=["reference_date"])["reference_date"]))
    rows = [
        (_season_of(date, 3, 8), date, delta.loc[delta["when"] <= date, "when"].max())
        for date in sorted(dates)
        if date >= delta["when"].min()
    ]
    runs = pd.DataFrame(rows, columns=["season", "reference_date", "when"])
    return Hub(folder, "covid19_eu_hub", ("case", "death"), (1, 2, 3, 4), delta, runs)


def signals_of(hub: Hub, before: pd.Timestamp) -> list[tuple[str, pd.Series]]:
    """Other signals of the disease by (location, date), only weeks before `before`.

    They come without vintages, so whoever asks must choose a day by which the values were final.
    """
    path = hub.folder / "aux_ilinet_flusurv_weekly.parquet"
    if not path.exists():
        return []
    table = pd.read_parquet(path)
    table = table[table["date"] < before].rename(columns={"loc": "location"})
    return [
        (str(source), rows.set_index(["location", "date"])["value"].astype(float).replace([np.inf], np.nan))
        for source, rows in table.groupby("source")
    ]


def neighbours_of(hub: Hub, reference: pd.Timestamp) -> list[tuple[str, pd.Series, dict[str, float]]]:
    """Tables of the hubs that lie beside this one, as known at the reference date: name, values, population.

    A disease with little history of its own learns from the waves of others.
    """
    found = []
    for folder in sorted(hub.folder.resolve().parent.iterdir()):
        if folder == hub.folder.resolve() or not (folder / "target_vintages_delta.parquet").exists():
            continue
        other = open_hub(folder)
        runs = other.runs[other.runs["reference_date"] <= reference]
        if len(runs):
            when, people = runs["when"].iloc[-1], other.population()
            found += [(f"{other.kind} {name}", other.known_at(when, name), people) for name in other.targets]
    return found
