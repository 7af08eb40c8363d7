"""assistant forecast: train the sequence model on this hospital's own records."""

import argparse
from dataclasses import replace
from datetime import datetime

import pandas as pd

from assistant.app import open_app
from assistant.cli.output import print_json, progress_bar
from assistant.errors import SetupError, ToolError
from assistant.forecast.measures import MEASURES
from assistant.forecast.reading import read_history
from assistant.forecast.sequence.member import FOLDER
from assistant.forecast.series import clean
from assistant.forecast.settings import ForecastSettings
from assistant.records.store import Store

_LONG_DAYS = 3 * 365  # days of history that training may use; a forecast itself looks back less
_COUNTED = ("admissions", "discharges", "occupancy", "ed_arrivals")
_LEAST_MEAN = 0.5  # a day; emptier series teach nothing


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("forecast", help="train the sequence model of demand forecasts")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    verb = verbs.add_parser(
        "train",
        help="train on the records; goes on where it was interrupted",
        description="Train one recurrent network on all daily series of the records: search on a validation part of "
        "later days, early stopping, a test on days later still. Interrupted, it goes on where it stopped.",
    )
    verb.add_argument("--trials", type=int, default=6, help="trials of the search (default 6; 0: none)")
    verb.add_argument("--epochs", type=int, default=40, help="most passes over the data (default 40)")
    verb.add_argument("--held-days", type=int, default=56, help="days of validation and of test (default 56)")
    verb.add_argument("--json", action="store_true", help="print one JSON object")
    verb.set_defaults(run=run_train)


def daily_series(store: Store, at: datetime, settings: ForecastSettings) -> dict[str, pd.Series]:
    """All daily series of the records up to `at`: every counted measure of the hospital and of each unit."""
    found = {}
    for name in _COUNTED:
        for unit in [None, *store.units()]:
            try:
                values = clean(read_history(store, MEASURES[name], unit, at, settings), settings).values
            except ToolError:  # a ward has no emergency arrivals
                continue
            if len(values) and float(values.mean()) >= _LEAST_MEAN:
                found[f"{name}:{unit.code if unit else 'all'}"] = values
    return found


def run_train(arguments: argparse.Namespace) -> int:
    """Train, and print what it is good for."""
    from assistant.forecast.sequence.train import Progress, Training, train

    app = open_app()
    clock = app.store.clock()
    if clock is None:
        raise SetupError("There are no records to train on. Import some (`assistant import PATH`).")
    settings = replace(app.settings.forecast, history_days=_LONG_DAYS)
    series = daily_series(app.store, clock, settings)
    training = Training(held_days=arguments.held_days, epochs=arguments.epochs, trials=arguments.trials)
    if not series:
        raise SetupError("The records hold no daily series to train on yet. Import a longer history.")
    with progress_bar() as bar:
        tasks = {stage: bar.add_task(stage, total=None) for stage in ("search", "train")}

        def tell(progress: Progress) -> None:
            told = f"{progress.stage}, validation loss {progress.validation:.4f}"
            bar.update(tasks[progress.stage], completed=progress.number, total=progress.total, description=told)

        try:
            card = train(series, app.home / FOLDER, training, tell)
        except ValueError as error:
            raise SetupError(f"The history is too short to train on: {error}. Ask again when there is more.") from error
    if arguments.json:
        print_json(card)
    else:
        print(
            f"Trained on {card['series']} series up to {card['trained_until']} ({card['windows']['train']} windows); "
            f"best epoch {card['best_epoch']}, validation loss {card['validation_loss']}, test loss "
            f"{card['test_loss']}. Median error on the test days {card['test_median_error']} "
            f"(last week again: {card['test_median_error_last_week']})."
        )
    return 0
