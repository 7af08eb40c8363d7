"""The trained sequence model as one of the methods of a forecast; nothing is loaded where none was trained."""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assistant.forecast.methods import Array
from assistant.forecast.settings import ForecastSettings

if TYPE_CHECKING:
    from assistant.forecast.sequence.network import SequenceNetwork

FOLDER = "sequence"
_FILE = "model.pt"
_lock = threading.Lock()


@dataclass(frozen=True, eq=False)
class SequenceMember:
    """See `members.Member`. It speaks only of days after its training, so that its share is earned out of sample.

    Attributes:
        network: The trained network.
        trained_until: Last day that it was trained on.
        key: Hash of the weights.
    """

    network: "SequenceNetwork"
    trained_until: pd.Timestamp
    key: str
    name: str = "sequence"
    first_share: float = 0.3

    def paths(self, counts: pd.Series, origins: Sequence[int], horizon: int) -> Array:
        """Medians on the root scale; NaN before its training ended, beyond its horizon, and for short histories."""
        from assistant.forecast.sequence.network import LEVELS, tell
        from assistant.forecast.sequence.windows import HORIZON, windows_of

        places = np.asarray(origins)
        lookback = self.network.shape.lookback
        told = np.full((len(places), horizon), np.nan)
        first_day = pd.Timestamp(counts.index[0])
        trained = (self.trained_until - first_day) / pd.Timedelta(days=1) + 1
        usable = np.flatnonzero((places >= lookback) & (places >= trained))
        if len(usable):
            windows = windows_of(counts, places[usable].tolist(), lookback)
            with _lock:  # torch modules are shared between users' threads
                medians = tell(self.network, windows)[..., LEVELS.index(0.5)]
            shown = min(horizon, HORIZON)
            told[usable, :shown] = medians[:, :shown]
        return told


def sequence_member(home: Path, settings: ForecastSettings) -> SequenceMember | None:
    """The model trained in a data folder; None where there is none, or the settings leave it out."""
    path = home / FOLDER / _FILE
    if not settings.sequence or not path.exists():
        return None
    stamp = path.stat()
    return load_member(path, stamp.st_mtime_ns)


@lru_cache(maxsize=4)
def load_member(path: Path, _changed: int) -> SequenceMember:
    """The model in a file, loaded once as long as the file stays the same."""
    import torch

    from assistant.forecast.sequence.network import SequenceNetwork, Shape

    saved = torch.load(path, weights_only=True)
    network = SequenceNetwork(Shape(**saved["shape"]))
    network.load_state_dict(saved["state"])
    network.eval()
    key = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    return SequenceMember(network, pd.Timestamp(saved["trained_until"]), f"sequence:{key}")
