"""The outbreak forecaster: pooled trees, pooled network and each series' own trend, mixed by what they earned.

A measure that follows another one (deaths, cases) has what follows from that as a fourth member.

It is fed one table after the other, in the order in which they became known, and can therefore use nothing else:
everything it learns (revisions, weights, widths) comes from tables that it was given before the one it forecasts from.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from assistant.forecast.outbreak.doubt import Doubt
from assistant.forecast.outbreak.features import Scaled, moments, scaled_all, windows
from assistant.forecast.outbreak.lead import lead_quantiles
from assistant.forecast.outbreak.levels import Array
from assistant.forecast.outbreak.mixture import Issued, Mixture, MixtureSettings
from assistant.forecast.outbreak.network import Network, NetworkSettings, extras, samples
from assistant.forecast.outbreak.panel import Panel
from assistant.forecast.outbreak.revise import Revisions
from assistant.forecast.outbreak.trees import Trees, TreeSettings, training_rows
from assistant.forecast.outbreak.trend import trend_quantiles

Say = Callable[[str], None]


@dataclass(frozen=True)
class OutbreakSettings:
    """Settings of the whole method.

    Attributes:
        steps: Weeks ahead, counted from the last reported week.
        refit_weeks: Weeks after which the pooled members are fitted again.
    """

    steps: int = 4
    refit_weeks: int = 60
    trees: TreeSettings = field(default_factory=TreeSettings)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    mixture: MixtureSettings = field(default_factory=MixtureSettings)

    def light(self) -> "OutbreakSettings":
        """The same with a light fit of the pooled members."""
        trees = replace(self.trees, bags=1, rounds=min(self.trees.rounds, 50))
        return replace(self, trees=trees, network=replace(self.network, seeds=1, epochs=4, least_batches=400))


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What was known at one time.

    Attributes:
        at: The time (reference date).
        targets: Panels to forecast, all ending in the same week; a later one may follow an earlier one (deaths, cases).
        signals: Panels to learn from, of the same or a like disease.
    """

    at: pd.Timestamp
    targets: tuple[Panel, ...]
    signals: tuple[Panel, ...] = ()


@dataclass(frozen=True, eq=False)
class Fan:
    """Quantiles of one target: (series, step, level), step 1 is the week after `last`."""

    source: str
    keys: tuple[str, ...]
    last: pd.Timestamp
    quantiles: Array
    members: Array


class OutbreakForecaster:
    """Forecasts from one snapshot after the other."""

    def __init__(self, settings: OutbreakSettings, say: Say = lambda _: None) -> None:
        """Nothing is fitted before the first snapshot."""
        self.settings, self._say = settings, say
        self._doubts: dict[str, Doubt] = {}
        self._revisions: dict[str, Revisions] = {}
        self._mixtures: dict[str, Mixture] = {}
        self._fitted: tuple[pd.Timestamp, Trees, Network] | None = None

    def forecast(self, snapshot: Snapshot) -> list[Fan]:
        """Quantiles for each target of the snapshot; snapshots must come in the order of time."""
        mended = [self._mend(panel) for panel in snapshot.targets]
        self._fit(snapshot, mended)
        return [self._fan(data, len(mended) + len(snapshot.signals)) for data in scaled_all(mended)]

    def rehearse(self, snapshots: Sequence[Snapshot]) -> None:
        """Forecast an earlier season first, with a light fit, so that weights and widths start from experience.

        Args:
            snapshots: In the order of time, all before the first that is forecast in earnest.
        """
        practice = OutbreakForecaster(self.settings.light(), self._say)
        practice._mixtures, practice._revisions, practice._doubts = self._mixtures, self._revisions, self._doubts
        for snapshot in snapshots:
            practice.forecast(snapshot)

    def _mend(self, panel: Panel) -> Panel:
        settled = self._doubts.setdefault(panel.source, Doubt()).settled(panel)
        revisions = self._revisions.setdefault(panel.source, Revisions())
        revisions.learn(settled)
        return revisions.corrected(settled).held()

    def _fit(self, snapshot: Snapshot, targets: Sequence[Panel]) -> None:
        at = snapshot.at
        if self._fitted and (at - self._fitted[0]).days < 7 * self.settings.refit_weeks:
            return
        panels = scaled_all([*targets, *snapshot.signals])
        self._say(f"{at:%Y-%m-%d}: fitting on {sum(int(np.isfinite(p.z).sum()) for p in panels)} weekly values")
        rows = training_rows(panels, self.settings.steps, self.settings.trees.size)
        seen = samples(panels, len(panels), self.settings.steps, self.settings.trees.size)
        with ThreadPoolExecutor(2) as pool:  # both release the interpreter's lock while they compute
            trees = pool.submit(Trees, rows, self.settings.trees)
            network = pool.submit(Network, seen, self.settings.network)
            self._fitted = at, trees.result(), network.result()

    def _fan(self, data: Scaled, sources: int) -> Fan:
        """Forecasts of the members from the last week, mixed."""
        assert self._fitted is not None
        _, trees, network = self._fitted
        steps = self.settings.steps
        changes = [
            trees.quantiles(moments(data)[:, -1], steps),
            network.quantiles(windows(data)[:, -1], extras(data, sources)[:, -1]),
            trend_quantiles(data, steps),
        ]
        fans = [data.scale.back(data.z[:, -1, None, None] + change) for change in changes]
        if data.lead_counts is not None:
            fans.append(lead_quantiles(data, steps))
        members = np.stack(fans)
        mixture = self._mixtures.setdefault(data.panel.source, Mixture(self.settings.mixture))
        quantiles = mixture.mixed(data.panel, members)
        mixture.remember(Issued(data.panel.weeks[-1], data.panel.keys, members, quantiles))
        return Fan(data.panel.source, data.panel.keys, data.panel.weeks[-1], quantiles, members)
