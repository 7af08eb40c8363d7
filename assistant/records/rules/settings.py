"""Settings of the rules of data quality."""

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.errors import SetupError

OUTLIER_RULES = ("hampel", "iqr", "none")


@dataclass(frozen=True)
class QualitySettings:
    """What a site may want to set about its rules.

    Attributes:
        late_minutes: A movement entered this long after it happened is a late entry.
        silence_minutes: Gaps between movements up to this long are never silence.
        silence_expected: A longer gap is silence if at the usual rate of those hours so many movements were due; with
            12 a feed that is alive is wrongly called silent in about one of 160,000 such gaps.
        rest_hours: Least hours between two shifts of a person (11: Directive 2003/88/EC, Article 3).
        outlier_rule: How outliers of a series are found: `hampel`, `iqr` or `none`. They are marked, never changed.
        outlier_limit: Robust standard deviations (`hampel`) or interquartile ranges (`iqr`) beyond which one lies.
        check_live_up_to: Movements up to which the records are checked anew for a question after they have changed;
            above, what the last `assistant import` or `assistant quality` found is told, with its time.
        thresholds: Percent of rows that may fail, where a rule's own is not wanted: `late_entry=25`.
    """

    late_minutes: int = 20
    silence_minutes: int = 60
    silence_expected: float = 12.0
    rest_hours: float = 11.0
    outlier_rule: str = "hampel"
    outlier_limit: float = 5.0
    check_live_up_to: int = 50_000
    thresholds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.outlier_rule not in OUTLIER_RULES:
            raise SetupError(f"outlier_rule must be one of {', '.join(OUTLIER_RULES)}, got {self.outlier_rule!r}.")
        if not self.outlier_limit > 0:
            raise SetupError(f"outlier_limit must be above 0, got {self.outlier_limit!r}.")
        self.by_rule()

    def by_rule(self) -> Mapping[str, float]:
        """The thresholds by rule, in percent.

        Raises:
            SetupError: If one is not written `rule=percent`.
        """
        found = {}
        for text in self.thresholds:
            name, _, percent = text.partition("=")
            try:
                found[name.strip()] = float(percent)
            except ValueError:
                raise SetupError(f"thresholds holds {text!r}; expected RULE=PERCENT such as late_entry=25.") from None
        return found
