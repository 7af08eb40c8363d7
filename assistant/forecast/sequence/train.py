"""Training of the sequence model: early stopping on later days, a recorded search, a checkpoint after every epoch.

The folder holds `search.db` (every trial of the search, by optuna), `checkpoint.pt` (the training under way, if it was
interrupted), and, once trained, `model.pt` with `card.json`: hyper-parameters, split, losses on validation and test
beside those of last week again. Calling it again goes on where it stopped.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from assistant.forecast.sequence.network import LEVELS, SequenceNetwork, Shape, quantile_loss, tell
from assistant.forecast.sequence.windows import HORIZON, Split, Windows, split

MODEL, CARD, CHECKPOINT, SEARCH = "model.pt", "card.json", "checkpoint.pt", "search.db"


@dataclass(frozen=True)
class Training:
    """How to train.

    Attributes:
        held_days: Days of validation and of test.
        epochs: Most passes over the training windows.
        patience: Passes without a better validation loss before it stops.
        batch: Windows a step.
        trials: Trials of the search (0: the default shape).
        search_epochs: Most passes of a trial.
        seed: Seed of weights, order and search.
    """

    held_days: int = 56
    epochs: int = 40
    patience: int = 5
    batch: int = 256
    trials: int = 6
    search_epochs: int = 8
    seed: int = 0


@dataclass(frozen=True)
class Progress:
    """How far it is: `stage` is `search` or `train`, `number` of `total` trials or epochs, loss on validation."""

    stage: str
    number: int
    total: int
    validation: float


Tell = Callable[[Progress], None]


def train(
    series: Mapping[str, pd.Series], folder: Path, training: Training, tell_progress: Tell = lambda progress: None
) -> dict[str, Any]:
    """Search, train and keep the model; returns its card.

    Args:
        series: Daily counts by name, no holes.
        folder: Where it is kept; made if missing.
        training: See `Training`.
        tell_progress: Called after every trial and epoch.

    Raises:
        ValueError: The series are too short for the split.
    """
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(training.seed)
    found, trials = _search(series, folder, training, tell_progress)
    shape = Shape(**{name: found[name] for name in ("lookback", "hidden", "layers", "dropout")})
    parts = split(series, shape.lookback, training.held_days)
    network, epochs, loss = _fit(
        parts, shape, found["rate"], training, training.epochs, folder / CHECKPOINT, tell_progress
    )
    card = _card(network, parts, found, training, trials, epochs, loss, len(series))
    beside = folder / f"{MODEL}.new"
    torch.save({"shape": asdict(shape), "state": network.state_dict(), "trained_until": card["trained_until"]}, beside)
    beside.replace(folder / MODEL)
    (folder / CARD).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    (folder / CHECKPOINT).unlink(missing_ok=True)
    return card


def _search(
    series: Mapping[str, pd.Series], folder: Path, training: Training, tell_progress: Tell
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The best hyper-parameters on validation, and all trials; what an interrupted search has tried is not repeated."""
    default = {**asdict(Shape()), "rate": 2e-3}
    if training.trials <= 0:
        return default, []
    import optuna  # a second to load

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        study_name="sequence",
        storage=f"sqlite:///{folder / SEARCH}",
        load_if_exists=True,
        sampler=optuna.samplers.TPESampler(seed=training.seed),
    )
    if not study.trials:
        study.enqueue_trial(default)

    def objective(trial: Any) -> float:
        shape = Shape(
            trial.suggest_categorical("lookback", [28, 56, 91]),
            trial.suggest_categorical("hidden", [24, 48, 96]),
            trial.suggest_int("layers", 1, 2),
            trial.suggest_float("dropout", 0.0, 0.3),
        )
        rate = trial.suggest_float("rate", 3e-4, 5e-3, log=True)
        parts = split(series, shape.lookback, training.held_days, stride=4)
        return _fit(parts, shape, rate, training, training.search_epochs)[2]

    def done() -> list[Any]:
        return [trial for trial in study.trials if trial.state == optuna.trial.TrialState.COMPLETE]

    while (number := len(done())) < training.trials:
        study.optimize(objective, n_trials=1)
        tell_progress(Progress("search", number + 1, training.trials, float(study.best_value)))
    trials = [{"loss": round(float(trial.value), 5), **trial.params} for trial in done()]
    return dict(study.best_params), trials


def _fit(
    parts: Split,
    shape: Shape,
    rate: float,
    training: Training,
    epochs: int,
    checkpoint: Path | None = None,
    tell_progress: Tell = lambda progress: None,
) -> tuple[SequenceNetwork, int, float]:
    """Train until the validation loss stops falling; returns the best network, its epoch and its loss."""
    network = SequenceNetwork(shape)
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=1e-4)
    state: dict[str, Any] = {"epoch": 0, "best": float("inf"), "best_epoch": 0, "kept": network.state_dict()}
    mark = {"shape": asdict(shape), "rate": rate, "first_test": int(parts.first_test), "windows": len(parts.train)}
    if checkpoint is not None and checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        if saved["mark"] == mark:  # of the same training; else it is of an older one
            network.load_state_dict(saved["network"])
            optimiser.load_state_dict(saved["optimiser"])
            state = saved["state"]
    while state["epoch"] < epochs and state["epoch"] - state["best_epoch"] < training.patience:
        _epoch(network, optimiser, parts.train, training, seed=training.seed + state["epoch"])
        loss = loss_of(network, parts.validation)
        state["epoch"] += 1
        if loss < state["best"]:
            kept = {name: value.clone() for name, value in network.state_dict().items()}
            state |= {"best": loss, "best_epoch": state["epoch"], "kept": kept}
        if checkpoint is not None:
            whole = {"mark": mark, "network": network.state_dict(), "state": state}
            _save({**whole, "optimiser": optimiser.state_dict()}, checkpoint)
        tell_progress(Progress("train", state["epoch"], epochs, loss))
    network.load_state_dict(state["kept"])
    return network, int(state["best_epoch"]), float(state["best"])


def _epoch(
    network: SequenceNetwork, optimiser: torch.optim.Optimizer, windows: Windows, training: Training, seed: int
) -> None:
    network.train()
    torch.manual_seed(seed)
    order = np.random.default_rng(seed).permutation(len(windows))
    for start in range(0, len(order), training.batch):
        part = windows.take(order[start : start + training.batch])
        told = network(torch.tensor(part.past, dtype=torch.float32), torch.tensor(part.weekday))
        loss = quantile_loss(told, torch.tensor(part.future, dtype=torch.float32))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()


def loss_of(network: SequenceNetwork, windows: Windows) -> float:
    """Mean pinball loss of the windows, in their own standard units."""
    told = (tell(network, windows) - windows.level[:, None, None]) / windows.scale[:, None, None]
    return float(quantile_loss(torch.tensor(told), torch.tensor(windows.future)))


def _card(
    network: SequenceNetwork,
    parts: Split,
    found: dict[str, Any],
    training: Training,
    trials: list[dict[str, Any]],
    epochs: int,
    loss: float,
    series: int,
) -> dict[str, Any]:
    day = date(1970, 1, 1)
    return {
        "series": series,
        "windows": {"train": len(parts.train), "validation": len(parts.validation), "test": len(parts.test)},
        "trained_until": (day + timedelta(days=int(parts.first_validation) - 1)).isoformat(),
        "test_from": (day + timedelta(days=int(parts.first_test))).isoformat(),
        "found": found,
        "trials": trials,
        "best_epoch": epochs,
        "validation_loss": round(loss, 5),
        "test_loss": round(loss_of(network, parts.test), 5),
        "test_median_error": round(_median_error(tell(network, parts.test)[..., LEVELS.index(0.5)], parts.test), 4),
        "test_median_error_last_week": round(_median_error(_last_week(parts.test), parts.test), 4),
        "training": asdict(training),
    }


def _last_week(windows: Windows) -> np.ndarray:
    naive = windows.past[:, -7:][:, np.arange(HORIZON) % 7]
    return np.asarray(naive * windows.scale[:, None] + windows.level[:, None])


def _median_error(told: np.ndarray, windows: Windows) -> float:
    """Mean absolute error on the root scale."""
    actual = windows.future * windows.scale[:, None] + windows.level[:, None]
    return float(np.nanmean(np.abs(actual - told)))


def _save(value: dict[str, Any], path: Path) -> None:
    beside = path.with_suffix(f".{os.getpid()}.new")
    torch.save(value, beside)
    beside.replace(path)
