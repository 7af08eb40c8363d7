"""The network: a GRU reads the past, a small decoder says the quantiles of each day to come."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from assistant.forecast.methods import Array
from assistant.forecast.sequence.windows import HORIZON, Windows

LEVELS = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
_MIDDLE = LEVELS.index(0.5)


@dataclass(frozen=True)
class Shape:
    """Hyper-parameters.

    Attributes:
        lookback: Days seen.
        hidden: Width of the recurrent state.
        layers: Recurrent layers.
        dropout: Of the decoder, and between layers.
    """

    lookback: int = 56
    hidden: int = 48
    layers: int = 1
    dropout: float = 0.1


class SequenceNetwork(nn.Module):
    """Quantiles of the coming days, in the window's own standard units, around last week's same weekday."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        inner = shape.dropout if shape.layers > 1 else 0.0
        self.encoder = nn.GRU(1 + 7, shape.hidden, shape.layers, batch_first=True, dropout=inner)
        self.decoder = nn.Sequential(
            nn.Linear(shape.hidden + 7 + 3, shape.hidden),
            nn.SiLU(),
            nn.Dropout(shape.dropout),
            nn.Linear(shape.hidden, len(LEVELS)),
        )

    def forward(self, past: Tensor, weekday: Tensor) -> Tensor:
        """Quantiles, (windows, HORIZON, levels), rising along the last axis.

        Args:
            past: Standardised roots, (windows, lookback).
            weekday: Weekday of the first day to come, (windows,).
        """
        size, lookback = past.shape
        before = torch.arange(-lookback, 0, device=past.device)
        after = torch.arange(HORIZON, device=past.device)
        seen = nn.functional.one_hot((weekday[:, None] + before) % 7, 7).to(past.dtype)
        to_come = nn.functional.one_hot((weekday[:, None] + after) % 7, 7).to(past.dtype)
        _, state = self.encoder(torch.cat([past[:, :, None], seen], dim=2))
        same_day = past[:, -7:][:, after % 7]  # last week's same weekday
        usual = torch.stack([past[:, -28 + day :: 7].mean(dim=1) for day in range(7)], dim=1)[:, after % 7]
        ahead = (after / HORIZON).expand(size, HORIZON)
        about = torch.stack([same_day, usual, ahead], dim=2)
        told = self.decoder(torch.cat([state[-1][:, None].expand(-1, HORIZON, -1), to_come, about], dim=2))
        middle = told[..., _MIDDLE : _MIDDLE + 1] + usual[..., None]
        steps = nn.functional.softplus(told)
        below = middle - steps[..., :_MIDDLE].flip(-1).cumsum(-1).flip(-1)
        above = middle + steps[..., _MIDDLE + 1 :].cumsum(-1)
        return torch.cat([below, middle, above], dim=-1)


def quantile_loss(told: Tensor, actual: Tensor) -> Tensor:
    """Mean pinball loss over windows, days and levels; days that are not known (NaN) are left out."""
    levels = torch.tensor(LEVELS, dtype=told.dtype, device=told.device)
    known = torch.isfinite(actual)
    miss = torch.nan_to_num(actual)[..., None] - told
    loss = torch.maximum(levels * miss, (levels - 1) * miss).mean(-1)
    return (loss * known).sum() / known.sum().clamp(min=1)


def tell(network: SequenceNetwork, windows: Windows, batch: int = 2048) -> Array:
    """Quantiles on the root scale, (windows, HORIZON, levels)."""
    network.eval()
    parts = []
    with torch.no_grad():
        for start in range(0, len(windows), batch):
            rows = slice(start, start + batch)
            past = torch.tensor(windows.past[rows], dtype=torch.float32)
            parts.append(network(past, torch.tensor(windows.weekday[rows])).numpy())
    told = np.concatenate(parts).astype(np.float64)
    return np.asarray(told * windows.scale[:, None, None] + windows.level[:, None, None])
