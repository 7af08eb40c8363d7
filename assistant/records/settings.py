"""Settings of the records part: the site's clock, batch sizes, and the limits of the plausibility rules."""

from dataclasses import dataclass


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
    """

    zone: str = ""
    batch: int = 4000
    longest_stay_days: int = 120
    years_of_stock: float = 10.0
    earliest_year: int = 1900
