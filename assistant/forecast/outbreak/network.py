"""Pooled recurrent network: a GRU reads the last twenty weeks of a series and says all quantiles of all steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.forecast.outbreak.features import LAGS, Scaled, importance, moments, windows
from assistant.forecast.outbreak.levels import LEVELS, MEDIAN, Array

_SPREAD = 0.1  # changes a week are about this large on the common scale


@dataclass(frozen=True)
class NetworkSettings:
    """Size and training of the network; chosen on earlier seasons than any that is reported.

    Attributes:
        least_batches: Small data sets are gone through more often, until so many batches were learned from.
    """

    seeds: int = 3
    hidden: int = 48
    epochs: int = 8
    least_batches: int = 600
    batch: int = 512
    rate: float = 3e-3
    seed: int = 1


@dataclass(frozen=True, eq=False)
class Samples:
    """Windows, what else is known, and the changes to learn (NaN where the outcome is not known)."""

    window: Array
    extra: Array
    change: Array
    weight: Array


def extras(data: Scaled, sources: int) -> Array:
    """(series, week, extra): level, season as a circle, what leads, the other regions' changes, the source."""
    features = moments(data)
    season = np.nan_to_num(features[..., -4]) * (2 * np.pi / 52.18)
    known = float(data.panel.seasonal)
    common = np.nan_to_num(features[..., -14:-4])
    source = np.zeros((*data.z.shape, sources), np.float32)
    source[..., data.code] = 1
    parts = [np.nan_to_num(data.z), known * np.sin(season), known * np.cos(season)]
    parts += [known * np.sin(2 * season), known * np.cos(2 * season)]
    return np.concatenate([np.stack(parts, axis=-1), common, source], axis=-1).astype(np.float32)


def samples(panels: Sequence[Scaled], sources: int, steps: int, size: float = 0.0) -> Samples:
    """Every series and week with at least one known outcome, weighted by `importance`."""
    parts = []
    for data in panels:
        z, ahead = data.z, np.full((*data.z.shape, steps), np.nan, np.float32)
        for step in range(1, min(steps, z.shape[1] - 1) + 1):
            ahead[:, :-step, step - 1] = z[:, step:] - z[:, :-step]
        enough = np.cumsum(np.isfinite(z), axis=1) >= min(LAGS, z.shape[1] // 2)
        keep = np.isfinite(ahead).any(axis=-1) & np.isfinite(z) & enough
        weight = importance(data, size)[keep]
        parts.append((windows(data)[keep], extras(data, sources)[keep], ahead[keep], weight))
    return Samples(*(np.concatenate([part[k] for part in parts]) for k in range(4)))


class Network:
    """Several networks from different seeds, their quantiles averaged."""

    def __init__(self, data: Samples, settings: NetworkSettings) -> None:
        """Train all seeds one after the other (single-threaded; callers run members side by side)."""
        self.settings = settings
        self._nets = [_train(data, settings, settings.seed + k) for k in range(settings.seeds)]

    def quantiles(self, window: Array, extra: Array) -> Array:
        """(series, step, level) quantiles of the change, from (series, WINDOW) and (series, extra)."""
        import torch

        with torch.no_grad():
            given = torch.as_tensor(window, dtype=torch.float32), torch.as_tensor(extra, dtype=torch.float32)
            outs = [net(*given).numpy() for net in self._nets]
        return np.asarray(np.mean(outs, axis=0), dtype=np.float64)


def _net(extra: int, steps: int, hidden: int) -> Any:
    """GRU over the window, then a layer over its end state and the extras; spreads are sums of positive parts."""
    import torch
    from torch import nn

    class Net(nn.Module):
        """Forward gives (batch, step, level), rising along the levels."""

        def __init__(self) -> None:
            super().__init__()
            self.gru = nn.GRU(1, hidden, batch_first=True)
            self.body = nn.Sequential(nn.Linear(hidden + extra, 64), nn.ReLU(), nn.Dropout(0.1))
            self.head = nn.Linear(64, steps * len(LEVELS))

        def forward(self, window: Any, extra: Any) -> Any:
            _, end = self.gru(window.unsqueeze(-1) / _SPREAD / 3)
            out = self.head(self.body(torch.cat([end[0], extra], dim=1))).view(len(window), steps, len(LEVELS))
            middle = out[..., MEDIAN : MEDIAN + 1]
            gaps = nn.functional.softplus(out - 2.5)
            above = torch.cumsum(gaps[..., MEDIAN + 1 :], dim=-1)
            below = torch.flip(torch.cumsum(torch.flip(gaps[..., :MEDIAN], [-1]), dim=-1), [-1])
            return torch.cat([middle - below, middle, middle + above], dim=-1) * _SPREAD

    return Net()


def _train(data: Samples, settings: NetworkSettings, seed: int) -> Any:
    import torch

    torch.set_num_threads(1)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = _net(data.extra.shape[1], data.change.shape[1], settings.hidden)
        parts = [torch.as_tensor(p, dtype=torch.float32) for p in (data.window, data.extra, data.change, data.weight)]
        _descend(net, parts, settings)
    return net.eval()


def _descend(net: Any, parts: list[Any], settings: NetworkSettings) -> None:
    """Adam with one cycle of the step size on the pinball loss; unknown outcomes count nothing."""
    import torch

    levels = torch.as_tensor(LEVELS, dtype=torch.float32)
    batches = -(-len(parts[0]) // settings.batch)
    epochs = max(settings.epochs, -(-settings.least_batches // batches))
    optimiser = torch.optim.Adam(net.parameters(), lr=settings.rate)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimiser, settings.rate, total_steps=batches * epochs)
    for _ in range(epochs):
        for rows in torch.randperm(len(parts[0])).split(settings.batch):
            window, extra, change, weight = (part[rows] for part in parts)
            seen = torch.isfinite(change)
            miss = torch.nan_to_num(change)[..., None] - net(window, extra)
            loss = torch.maximum(levels * miss, (levels - 1) * miss).mean(dim=-1) * seen * weight[:, None]
            optimiser.zero_grad()
            (loss.sum() / seen.sum().clamp(min=1)).backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            cycle.step()
