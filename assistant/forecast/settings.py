"""Settings of the forecasts; nothing here is random, so there is no seed: the same history gives the same forecast."""

from dataclasses import dataclass

from assistant.forecast.schools import read_terms


@dataclass(frozen=True)
class ForecastSettings:
    """How far back a forecast looks, how it is tested, and how its intervals are calibrated.

    Attributes:
        levels: Quantile levels, rising, symmetric about 0.5.
        season_days: Length of the rhythm that is looked for; hospitals live by the week.
        history_days: Oldest day that is read, counted back from the last complete day.
        fit_days: Days that one fit may see. 280 was enough on public series; more only cost time.
        folds: Most origins of the rolling backtest, whose errors also set the width of the intervals.
        fold_step_days: Days between two origins; not a multiple of 7, so that every weekday gets its turn.
        adapt_rate: Step size of the adaptive recalibration of intervals (`adapt`); 0 turns it off.
        sequence: Whether a trained sequence model (`assistant forecast train`) takes part.
        holidays: Place whose public holidays count: `CN`, `US`, `GB-ENG`, `DE-BY`; empty for none.
        school_terms: First and last day of each school term, as in `"2026-09-01/2027-01-29"`; days between two terms
            are told apart where they clearly differ. Empty: not looked at.
        calibration_folds: Earlier origins that must have been observed before an origin is scored.
        least_days: With fewer days of history the simple method is taken.
        short_gap_days: Longest gap that is filled; the history starts anew after a longer one.
        stale_days: Most days that may lie between the last complete day of records and the day of the question.
        day_ends_early_hours: A day counts as complete if the records reach at least this close to its end.
    """

    levels: tuple[float, ...] = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
    season_days: int = 7
    history_days: int = 400
    fit_days: int = 280
    folds: int = 75
    fold_step_days: int = 2
    calibration_folds: int = 12
    adapt_rate: float = 0.06
    sequence: bool = True
    holidays: str = ""
    school_terms: tuple[str, ...] = ()
    least_days: int = 21
    short_gap_days: int = 7
    stale_days: int = 14
    day_ends_early_hours: float = 2.0

    def __post_init__(self) -> None:
        levels = self.levels
        if list(levels) != sorted(set(levels)) or not all(0 < level < 1 for level in levels):
            raise ValueError(f"levels must rise between 0 and 1, got {levels}")
        if {0.1, 0.5, 0.9} - set(levels):
            raise ValueError(f"levels must hold 0.1, 0.5 and 0.9 (the 80 % interval and the median), got {levels}")
        if any(round(low + high, 9) != 1 for low, high in zip(levels, levels[::-1], strict=True)):
            raise ValueError(f"levels must be symmetric about 0.5, got {levels}")
        if self.adapt_rate < 0:
            raise ValueError(f"adapt_rate must not be negative, got {self.adapt_rate}")
        read_terms(self.school_terms)
        if self.least_days < 3 * self.season_days:
            raise ValueError(f"least_days must be at least three seasons, got {self.least_days}")
