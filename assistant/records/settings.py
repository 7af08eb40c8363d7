"""Settings of the records part: the site's clock, batch sizes, and the limits of the plausibility rules."""

from dataclasses import dataclass, field

from assistant.records.listening.settings import ListeningSettings
from assistant.records.rules.settings import QualitySettings


@dataclass(frozen=True)
class RecordsSettings:
    """What a site may want to set about its records.

    Attributes:
        zone: The site's time zone, an IANA name (`Asia/Shanghai`) or a fixed offset (`+08:00`). Empty: the wall
            clock is taken as the feeds write it; times whose offset is more than an hour from the file's most
            common one are moved to that one.
        batch: Messages stored in one transaction.
        longest_stay_days: A stay open for longer counts as never closed.
        years_of_stock: Stock worth more years of use than this is reported as an outlier.
        earliest_year: Movements before this year are unreadable rather than old.
        only_declared_units: HL7 messages that name a unit which no `units.csv` has declared go to quarantine, where
            they can be read again once it has; otherwise the unit is made and named as not declared.
        test_data: FHIR resources marked as test health data are used, for trying out an interface; left out otherwise.
        leave_frees_bed: A patient on leave of absence (HL7 A21) is not counted until he returns (A22); otherwise the
            bed stays his, as the standard says.
        quality: Limits of the rules of data quality.
        listening: Limits of the listener, and after how much silence a sender is reported.
    """

    zone: str = ""
    batch: int = 4000
    longest_stay_days: int = 120
    years_of_stock: float = 10.0
    earliest_year: int = 1900
    only_declared_units: bool = False
    test_data: bool = False
    leave_frees_bed: bool = False
    quality: QualitySettings = field(default_factory=QualitySettings)
    listening: ListeningSettings = field(default_factory=ListeningSettings)
