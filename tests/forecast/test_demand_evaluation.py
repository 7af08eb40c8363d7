"""The evaluation's own arithmetic, on series small enough to check."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eval.demand import FAMILIES, main, quantiles_of, score_series


def test_missing_data_is_reported_file_by_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main([str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert all(family.file in told for family in FAMILIES.values())


def test_every_method_is_scored_on_the_same_origins():
    counts = np.random.default_rng(2).poisson(15, 90).astype(float)
    rows = pd.DataFrame(score_series(pd.Series(counts, index=pd.date_range("2024-01-01", periods=90)), 2, 10))
    assert set(rows.groupby("method")["origin"].agg(lambda days: tuple(sorted(set(days))))) == {
        ("2024-02-22", "2024-03-03")
    }
    assert np.isfinite(rows["pinball"]).all()


@pytest.mark.parametrize("method", ["ours", "autoets", "naive"])
def test_peers_give_rising_quantiles_too(method: str):
    counts = np.random.default_rng(2).poisson(15, 60).astype(float)
    table = quantiles_of(method, pd.Series(counts, index=pd.date_range("2024-01-01", periods=60)), 7)
    assert table.shape == (7, 9)
    assert (np.diff(table, axis=1) >= 0).all()
