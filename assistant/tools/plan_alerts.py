"""Plans that rest on a forecast which has turned out wrong: what happened lies outside its interval."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from assistant.forecast.kept import KeptForecast
from assistant.forecast.scoring import is_outside, score
from assistant.forecast.truth import what_came
from assistant.plan.proposals import REJECTED, StoredProposal
from assistant.tools.services import Services

_LOOK_BACK_DAYS = 60


@dataclass(frozen=True)
class PlanAlert:
    """A plan to be made anew.

    Attributes:
        proposal: Id of the plan; `kind` as of the proposal.
        forecast: Id of the forecast that it rests on.
        unit: Whose patients were forecast; None for the whole hospital.
        day: The latest day that has come.
        actual: What was counted then.
        low, high: The interval that the forecast gave for it, 95 %, or 80 % of two days in a row.
        percent: Which of the two.
    """

    proposal: str
    kind: str
    forecast: str
    unit: str | None
    day: date
    actual: float
    low: float
    high: float
    percent: int


def plan_alerts(services: Services, at: datetime) -> list[PlanAlert]:
    """Alerts for plans that are not rejected and whose forecast still has days to come, newest plan first.

    A plan is flagged if the latest day that has come lies outside the 95 % interval of a forecast it rests on, or the
    last two days lie outside the 80 % interval on the same side. Of a calibrated forecast that happens on about one
    day in fifteen: often enough to notice a surge within a day or two, rarely enough to be looked at.
    """
    if services.forecasts is None or services.proposals is None:
        return []
    kept = services.forecasts.made(at.date() - timedelta(days=_LOOK_BACK_DAYS), at.date())
    by_clock: dict[datetime, list[KeptForecast]] = defaultdict(list)
    for forecast in kept:
        if forecast.made_at < at and pd.Timestamp(forecast.quantiles.index[-1]) >= pd.Timestamp(at.date()):
            by_clock[forecast.made_at].append(forecast)
    found, truths = [], dict[str | None, pd.Series]()
    for proposal in services.proposals.all() if by_clock else []:
        for forecast in rests_on(proposal, by_clock.get(datetime.fromisoformat(proposal.made["at"]), [])):
            if forecast.unit not in truths:
                truths[forecast.unit] = what_came(
                    services.store, forecast.measure, forecast.unit, None, at, services.forecast
                )
            alert = _alert(proposal, forecast, truths[forecast.unit])
            found += [alert] if alert else []
    return found


def rests_on(proposal: StoredProposal, made_then: Sequence[KeptForecast]) -> list[KeptForecast]:
    """Of the forecasts given at the proposal's clock, those of patients in the units that it plans.

    A proposal names the forecasts that its call used; one that names none (another plan changed, or made before
    proposals did) is matched by clock and unit.
    """
    if proposal.status == REJECTED:
        return []
    unit = proposal.inputs.get("unit")
    planned = {unit} if unit else {known["code"] for known in proposal.inputs.get("units", ())}
    named = proposal.made.get("forecasts")
    return [
        forecast
        for forecast in made_then
        if forecast.measure == "occupancy" and forecast.unit in planned and (named is None or forecast.id in named)
    ]


def _alert(proposal: StoredProposal, forecast: KeptForecast, truth: pd.Series) -> PlanAlert | None:
    scored = score([forecast], truth, forecast.made_at.date())
    if scored is None:
        return None
    last = scored.rows.iloc[-1]
    percent = 95 if is_outside(last, 95) else 80 if _two_in_a_row(scored.rows) else 0
    if not percent:
        return None
    low, high = last[(500 - 5 * percent) / 1000], last[(500 + 5 * percent) / 1000]
    day = pd.Timestamp(last["day"]).date()
    return PlanAlert(
        proposal.id, proposal.kind, forecast.id, forecast.unit, day, float(last["actual"]), low, high, percent
    )


def _two_in_a_row(rows: pd.DataFrame) -> bool:
    """The last two days lie outside the 80 % interval, both above or both below."""
    if len(rows) < 2:
        return False
    pair = [rows.iloc[-2], rows.iloc[-1]]
    sides = {row["actual"] > row[0.5] for row in pair}
    return len(sides) == 1 and all(is_outside(row, 80) for row in pair)
