"""The sequence model for the evaluation: trained on one family of series, on days before all that is scored."""

import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from assistant.forecast.sequence.member import SequenceMember, load_member
from assistant.forecast.sequence.train import Training, train
from assistant.forecast.series import clean
from eval.demand import SETTINGS, Family

_SERIES = 24
_TRAINING = Training(epochs=12, trials=0, patience=3)


def trained_before(
    found: dict[str, pd.Series], family: Family, horizon: int
) -> tuple[SequenceMember | None, dict[str, Any]]:
    """A model that has seen no day from the first scored origin on, of up to 24 of the family's series, and its card.

    None where the series before it are too short to train on. The default hyper-parameters: a search for each family
    would take the evaluation from minutes to an hour.
    """
    before = horizon + family.spacing_days * (family.origins - 1)
    names = list(found)[:_SERIES]
    series = {name: clean(found[name], SETTINGS).values.iloc[:-before] for name in names}
    # Years, as a hospital's own records would hold; the window of one forecast is shorter.
    series = {name: values.iloc[-3 * 365 :] for name, values in series.items() if len(values)}
    try:
        with tempfile.TemporaryDirectory() as folder:
            card = train(series, Path(folder), _TRAINING)
            return load_member(Path(folder) / "model.pt", hash(tuple(names))), card
    except ValueError:
        return None, {}
