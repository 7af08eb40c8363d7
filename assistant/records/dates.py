"""Dates in words, English and Chinese."""

import re
from datetime import date

from assistant.records.numerals import number_in_words

# Full names and short ones only: `juniper` and `aprons` are no months.
_MONTH_NAME = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def date_in_words(said: str, today: date) -> tuple[date, bool] | None:
    """`14 March`, `March 14th 2026`, `3月14日`, `2026年3月14日`, `March`, `3月`, `14/3/2026` (lower case).

    Returns:
        The day and False, or the first day of a month and True; None if the words are no date. A date without a year
        is the nearest one, a month without a year this year's.
    """
    for reader in (_english_date, _chinese_date, _slashed_date):
        found = reader(said, today)
        if found is None:
            continue
        year, month, day = found
        try:
            if day is None:
                return date(year or today.year, month, 1), True
            return (date(year, month, day) if year else _nearest(month, day, today)), False
        except ValueError:
            return None
    return None


def _english_date(said: str, today: date) -> tuple[int | None, int, int | None] | None:
    name = rf"({_MONTH_NAME})\.?"
    for pattern, order in (
        (rf"(\d{{1,2}})(?:st|nd|rd|th)?\s*(?:of\s+)?{name}(?:,?\s*(\d{{4}}))?", (2, 1, 3)),
        (rf"{name}\s*(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s*(\d{{4}}))?", (1, 2, 3)),
        (rf"{name}()(?:\s*(\d{{4}}))?", (1, 2, 3)),
    ):
        match = re.fullmatch(pattern, said)
        if match:
            month, day, year = (match[group] for group in order)
            return int(year) if year else None, _MONTHS.index(month[:3]) + 1, int(day) if day else None
    return None


def _chinese_date(said: str, today: date) -> tuple[int | None, int, int | None] | None:
    numeral = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
    match = re.fullmatch(rf"(?:(\d{{4}})年|([今去前])年)?({numeral})月(?:份|({numeral})[日号]?)?", said)
    if not match:
        return None
    year = int(match[1]) if match[1] else today.year - "今去前".index(match[2]) if match[2] else None
    month, day = number_in_words(match[3]) or 0, number_in_words(match[4]) if match[4] else None
    return year, month, day


def _slashed_date(said: str, today: date) -> tuple[int | None, int, int | None] | None:
    """Day first (14/3/2026) or year first (2026/3/14); month first is not guessed at."""
    match = re.fullmatch(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})", said)
    if match:
        return int(match[1]), int(match[2]), int(match[3])
    match = re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", said)
    return (int(match[3]), int(match[2]), int(match[1])) if match else None


def _nearest(month: int, day: int, today: date) -> date:
    """A date without a year is the one nearest to today (29 February: the nearest leap year's)."""
    candidates = []
    for year in range(today.year - 4, today.year + 5):
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue
    return min(candidates, key=lambda candidate: abs(candidate - today))
