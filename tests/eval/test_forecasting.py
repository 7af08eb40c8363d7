"""The forecasting evaluation: reads all hubs, sees only what was known, writes and scores as the hubs do."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assistant.errors import RecordError
from assistant.forecast.outbreak.levels import LEVELS
from assistant.forecast.outbreak.method import OutbreakSettings
from assistant.forecast.outbreak.network import NetworkSettings
from assistant.forecast.outbreak.trees import TreeSettings
from eval import forecasting
from eval.hub_data import COLUMNS, TASK, Hub, open_hub
from eval.hub_score import compare, score_tasks

PUBLIC = Path("../shared/data/forecast")
QUICK = OutbreakSettings(
    trees=TreeSettings(bags=1, rounds=6, leaves=7, least=20),
    network=NetworkSettings(seeds=1, hidden=8, epochs=1, least_batches=10, batch=128),
)
STATES = ["01", "02", "06", "US"]


def course(weeks: pd.DatetimeIndex, states: list[str], seed: int = 1) -> pd.DataFrame:
    """Winter waves: location, date, value."""
    rng = np.random.default_rng(seed)
    wave = np.exp(-(((np.asarray(weeks.dayofyear) - 15 + 182) % 365 - 182) ** 2) / 2500)
    rows = [
        (state, week, float(rng.poisson(5 + 80 * (k + 1) * height)))
        for k, state in enumerate(states)
        for week, height in zip(weeks, wave, strict=True)
    ]
    return pd.DataFrame(rows, columns=["location", "date", "value"])


def write_flu(folder: Path, references: pd.DatetimeIndex, change_after: int = 99) -> Path:
    """A small influenza hub: one table a week, the newest week low at first; later ones may be told otherwise."""
    folder.mkdir(exist_ok=True)
    full = course(pd.date_range("2022-02-05", references[-1] + pd.Timedelta(21, unit="D"), freq="7D"), STATES)
    parts, index = [], []
    for number, reference in enumerate(references):
        known = full[full["date"] < reference].copy()
        newest = known["date"] == known["date"].max()
        known.loc[newest, "value"] = (known.loc[newest, "value"] * 0.9).round()
        if number > change_after:
            known["value"] = known["value"] * 3 + 7
        parts.append(known.assign(vintage=number))
        index.append({"reference_date": f"{reference:%Y-%m-%d}", "season": "2023-24", "vintage": number})
    parts.append(full.assign(vintage=len(references)))
    index.append({"reference_date": None, "season": "2023-24 FINAL", "vintage": len(references)})
    pd.concat(parts).to_parquet(folder / "target_vintages_delta.parquet")
    pd.DataFrame(index).to_csv(folder / "vintage_index.csv", index=False)
    pd.DataFrame({"location": STATES, "population": [5e6, 7e5, 4e7, 3.3e8]}).to_csv(
        folder / "locations.csv", index=False
    )
    _peers(references, STATES, full).to_parquet(folder / "peers_2023-24.parquet")
    return folder


def _peers(references: pd.DatetimeIndex, states: list[str], full: pd.DataFrame) -> pd.DataFrame:
    """A baseline that says the last value with a fixed width."""
    last = full.set_index(["location", "date"])["value"]
    rows = []
    for reference in references:
        for state in states:
            middle = last[(state, reference - pd.Timedelta(7, unit="D"))]
            values = middle + np.linspace(-40, 40, len(LEVELS))
            rows += [
                {"model": "Some-baseline", "reference_date": reference, "horizon": h, "location": state}
                | dict(zip(COLUMNS, values, strict=True))
                for h in range(4)
            ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def references() -> pd.DatetimeIndex:
    return pd.date_range("2023-12-16", periods=5, freq="7D")


@pytest.fixture(scope="module")
def flu(tmp_path_factory: pytest.TempPathFactory, references: pd.DatetimeIndex) -> Path:
    return write_flu(tmp_path_factory.mktemp("hubs") / "flu", references)


@pytest.fixture(scope="module")
def forecasts(flu: Path) -> pd.DataFrame:
    return forecasting.forecast_season(open_hub(flu), "2023-24", QUICK)


def test_the_table_at_a_time_holds_only_what_was_known(flu: Path, references: pd.DatetimeIndex) -> None:
    hub = open_hub(flu)
    for reference, when in hub.season_runs("2023-24"):
        known = hub.known_at(when, hub.targets[0])
        assert known.index.get_level_values("date").max() == reference - pd.Timedelta(7, unit="D")
    assert [run[0] for run in hub.season_runs("2023-24")] == list(references)


def test_later_tables_change_no_forecast(forecasts: pd.DataFrame, tmp_path: Path, references: pd.DatetimeIndex) -> None:
    """The same hub, but everything that became known after the third reference date is different."""
    other = forecasting.forecast_season(open_hub(write_flu(tmp_path / "flu", references, 2)), "2023-24", QUICK)
    early = forecasts["reference_date"] <= references[2]
    pd.testing.assert_frame_equal(forecasts[early], other[other["reference_date"] <= references[2]])
    assert not np.allclose(forecasts[~early][COLUMNS], other[other["reference_date"] > references[2]][COLUMNS])


def test_the_command_writes_the_hubs_form(
    flu: Path, forecasts: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(forecasting, "forecast_season", lambda hub, season, settings: forecasts)
    out = tmp_path / "q.csv"
    assert forecasting.main([str(flu), "--season", "2023-24", "--out", str(out)]) == 0
    table = pd.read_csv(out, dtype={"location": str})
    assert list(table) == [
        "reference_date", "location", "horizon", "target", "target_end_date",
        "output_type", "output_type_id", "value",
    ]  # fmt: skip
    assert len(table) == 5 * 4 * 4 * 23
    assert set(table["location"]) == set(STATES)
    ends = pd.to_datetime(table["target_end_date"]) - pd.to_datetime(table["reference_date"])
    assert (ends.dt.days == 7 * table["horizon"]).all()
    rising = table.groupby(["reference_date", "location", "horizon"])["value"].apply(
        lambda v: v.is_monotonic_increasing
    )
    assert rising.all()
    printed = capsys.readouterr().out
    assert "THIS PROJECT" in printed
    assert "Some-baseline" in printed


def test_the_comparison_leaves_the_national_total_out_and_rates_the_baseline_one(
    flu: Path, forecasts: pd.DataFrame
) -> None:
    table = compare(open_hub(flu), forecasts, "2023-24").set_index("model")
    assert table.loc["Some-baseline", "ratio"] == 1
    assert table.loc["Some-baseline", "tasks"] == 5 * 3 * 4
    assert table.loc["THIS PROJECT", "share"] == 1
    ours = score_tasks(open_hub(flu), forecasts, open_hub(flu).truth("2023-24"), pd.Timestamp("2099-01-01"))
    assert table.loc["THIS PROJECT", "wis"] == pytest.approx(ours["wis"].mean())


def test_an_unknown_season_and_a_folder_of_something_else_are_refused(flu: Path, tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="2023-24"):
        open_hub(flu).season_runs("2031-32")
    with pytest.raises(RecordError, match="target_vintages_delta"):
        open_hub(tmp_path)


def _european(folder: Path) -> Hub:
    folder.mkdir()
    mondays = pd.date_range("2021-03-08", periods=4, freq="7D")
    weeks = pd.date_range("2020-03-07", mondays[-1] + pd.Timedelta(26, unit="D"), freq="7D")
    full = pd.concat(
        [course(weeks, ["AT", "BE", "CY"], k).assign(target=name) for k, name in enumerate(["case", "death"])]
    )
    parts = [full[full["date"] < monday].assign(reference_date=monday) for monday in mondays]
    pd.concat(parts).to_parquet(folder / "target_vintages_delta.parquet")
    full.to_parquet(folder / "truth_final_weekly.parquet")
    return open_hub(folder)


def test_the_european_hub_has_two_targets_and_mondays(tmp_path: Path) -> None:
    hub = _european(tmp_path / "eu")
    settings = replace(QUICK, refit_weeks=8)
    table = forecasting.forecast_season(hub, "2021-22", settings)
    assert set(table["target"]) == {"case", "death"}
    assert set(table["horizon"]) == {1, 2, 3, 4}
    assert hub.target_end(pd.Timestamp("2021-03-08"), 1) == pd.Timestamp("2021-03-13")
    assert len(table) == 4 * 2 * 3 * 4
    scored = compare(hub, table, "2021-22")
    assert list(scored["target"]) == ["case", "death"]


@pytest.mark.skipif(not PUBLIC.exists(), reason="the public hub data are not here (../shared)")
@pytest.mark.parametrize(
    ("name", "season", "model", "target", "ratio"),
    [
        ("flusight", "2023-24", "UMass-flusion", "wk inc flu hosp", 0.6128),
        ("flusight", "2024-25", "FluSight-ensemble", "wk inc flu hosp", 0.6700),
        ("covidhub", "2024-25", "CovidHub-ensemble", "wk inc covid hosp", 0.7586),
        ("covid19_eu_hub", "2021-22", "EuroCOVIDhub-ensemble", "case", 0.755),
        ("covid19_eu_hub", "2021-22", "EuroCOVIDhub-ensemble", "death", 0.607),
    ],
)
def test_other_teams_get_their_known_scores(name: str, season: str, model: str, target: str, ratio: float) -> None:
    """Scored as if their forecast was ours."""
    hub = open_hub(PUBLIC / name)
    peers = hub.peers(season)
    assert peers is not None
    table = compare(hub, peers[peers["model"] == model][[*TASK, *COLUMNS]], season)
    row = table[(table["model"] == "THIS PROJECT") & (table["target"] == target)].iloc[0]
    assert row["ratio"] == pytest.approx(ratio, abs=6e-4)
