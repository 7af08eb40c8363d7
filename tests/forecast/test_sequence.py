"""The sequence model: its split, its training and resumption, and its part in a forecast."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from assistant.forecast.daily import forecast_series
from assistant.forecast.methods import rooted
from assistant.forecast.sequence.member import sequence_member
from assistant.forecast.sequence.network import SequenceNetwork, Shape, quantile_loss, tell
from assistant.forecast.sequence.train import CHECKPOINT, MODEL, Training, loss_of, train
from assistant.forecast.sequence.windows import HORIZON, split, windows_of
from assistant.forecast.settings import ForecastSettings

QUICK = Training(held_days=35, epochs=3, trials=0, batch=64)


@pytest.fixture(scope="module")
def series() -> dict[str, pd.Series]:
    """Four units with the same clear week."""
    found = {}
    for seed, mean in enumerate((8, 20, 40, 90)):
        days = pd.date_range("2025-01-01", periods=330)
        rate = mean * np.where(days.dayofweek < 5, 1.2, 0.5)
        found[f"u{seed}"] = pd.Series(np.random.default_rng(seed).poisson(rate).astype(float), index=days)
    return found


@pytest.fixture(scope="module")
def home(series: dict[str, pd.Series], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a model trained for a few passes."""
    folder = tmp_path_factory.mktemp("home")
    train(series, folder / "sequence", QUICK)
    return folder


def test_windows_hold_the_right_days(series: dict[str, pd.Series]):
    counts = series["u1"]
    windows = windows_of(counts, [60, len(counts)], 28)
    roots = rooted(counts.to_numpy())
    np.testing.assert_allclose(windows.past[0] * windows.scale[0] + windows.level[0], roots[32:60])
    np.testing.assert_allclose(windows.future[0] * windows.scale[0] + windows.level[0], roots[60 : 60 + HORIZON])
    assert windows.weekday[0] == counts.index[60].dayofweek
    assert np.isnan(windows.future[1]).all()


def test_no_day_of_a_later_part_is_a_target_of_an_earlier_one(series: dict[str, pd.Series]):
    parts = split(series, 28, 35)
    assert parts.train.origin.max() + HORIZON <= parts.first_validation
    assert parts.validation.origin.min() >= parts.first_validation
    assert parts.validation.origin.max() + HORIZON <= parts.first_test
    assert parts.test.origin.min() >= parts.first_test


def test_a_history_too_short_to_split_says_how_long_it_must_be(series: dict[str, pd.Series]):
    with pytest.raises(ValueError, match="days at least"):
        split({"u": series["u0"].iloc[:80]}, 56, 35)


def test_quantiles_rise_and_unknown_days_are_left_out_of_the_loss(series: dict[str, pd.Series]):
    torch.manual_seed(0)
    network = SequenceNetwork(Shape(28, 8, 1, 0.0))
    told = tell(network, windows_of(series["u0"], [100, 200], 28))
    assert (np.diff(told, axis=2) >= 0).all()
    actual = torch.tensor([[0.0, float("nan")]])
    guess = torch.zeros(1, 2, 9)
    assert float(quantile_loss(guess, actual)) == 0.0


def test_training_beats_an_untrained_network_and_is_written_down(home: Path, series: dict[str, pd.Series]):
    card = json.loads((home / "sequence" / "card.json").read_text())
    torch.manual_seed(0)
    untrained = loss_of(SequenceNetwork(Shape()), split(series, 56, 35).test)
    assert card["test_loss"] < untrained
    assert card["trained_until"] < card["test_from"]
    assert not (home / "sequence" / CHECKPOINT).exists()


def test_an_interrupted_training_goes_on_to_the_same_network(series: dict[str, pd.Series], tmp_path: Path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    train(series, whole, QUICK)

    def stop(progress) -> None:
        if progress.number == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(series, broken, QUICK, stop)
    assert (broken / CHECKPOINT).exists()
    epochs = []
    train(series, broken, QUICK, lambda progress: epochs.append(progress.number))
    assert epochs == [3]
    first, second = (torch.load(folder / MODEL, weights_only=True)["state"] for folder in (whole, broken))
    for name in first:
        torch.testing.assert_close(first[name], second[name])


def test_the_search_is_kept_and_not_repeated(series: dict[str, pd.Series], tmp_path: Path):
    quick = Training(held_days=35, epochs=1, trials=2, search_epochs=1, batch=256)
    seen = []
    few = {"u1": series["u1"]}
    card = train(few, tmp_path, quick, lambda progress: seen.append(progress.stage))
    assert len(card["trials"]) == 2
    assert seen.count("search") == 2
    train(few, tmp_path, quick, lambda progress: seen.append(progress.stage))
    assert seen.count("search") == 2


def test_it_takes_part_only_after_its_training_ended(home: Path, series: dict[str, pd.Series]):
    member = sequence_member(home, ForecastSettings())
    assert member is not None
    counts = series["u2"]
    trained = int((member.trained_until - counts.index[0]).days) + 1
    paths = member.paths(counts, [trained - 1, trained, len(counts)], 40)
    assert np.isnan(paths[0]).all()
    assert np.isfinite(paths[1:, :HORIZON]).all()
    assert np.isnan(paths[1:, HORIZON:]).all()
    forecast = forecast_series(counts, 7, ForecastSettings(folds=40), members=[member])
    assert 0.0 <= forecast.shares["sequence"] <= 1.0


def test_without_a_trained_model_or_with_it_switched_off_there_is_none(home: Path, tmp_path: Path):
    assert sequence_member(tmp_path, ForecastSettings()) is None
    assert sequence_member(home, ForecastSettings(sequence=False)) is None


def test_series_that_end_at_different_times_are_split_at_the_same_day(series: dict[str, pd.Series]):
    shorter = {"u0": series["u0"], "u1": series["u1"].iloc[:275], "u2": series["u2"].iloc[:180]}
    parts = split(shorter, 28, 35)
    for part in (parts.train, parts.validation, parts.test):
        assert np.isfinite(part.future).all()
    assert len(parts.test) == len(split({"u0": series["u0"]}, 28, 35).test)
