"""Reads the dates and times that tables write, once it is certain which number is the day and which the month."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

_DATE = re.compile(
    r"(\d{1,4})\s*[./\-年]\s*(\d{1,2})\s*[./\-月]\s*(\d{1,4})日?"
    r"(?:[ T,]+(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:[.,]\d+)?秒?|分)?\s*([AaPp])?\.?[Mm]?\.?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?\Z"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?)?\Z")
_SERIAL = re.compile(r"(\d{1,6})(?:[.,](\d+))?\Z")
_EXCEL = datetime(1899, 12, 30)  # day 0 of spreadsheets' serial numbers, for days after February 1900
ORDERS = ("ymd", "dmy", "mdy", "excel")


def order_called(pattern: str) -> str:
    """Order of year, month and day in a pattern such as `DD.MM.YYYY HH:mm`, `MM/DD/YY` or `excel`.

    Raises:
        ValueError: It is no such pattern.
    """
    word = pattern.strip().lower()
    if word in ORDERS:
        return word
    at = {letter: word.find(letter * 2) for letter in "yd"} | {"m": pattern.find("MM")}
    if min(at.values()) < 0:
        raise ValueError(f"date pattern {pattern!r}; expected one such as YYYY-MM-DD, DD.MM.YYYY HH:mm, or excel")
    return "".join(sorted(at, key=lambda letter: at[letter]))


def find_order(samples: Iterable[str]) -> str:
    """The order that all samples can be read in; empty if day and month cannot be told apart, or none fits."""
    seen = [text for text in samples if text]
    fitting = [order for order in ("ymd", "dmy", "mdy") if all(_fits(text, order) for text in seen)]
    return fitting[0] if len(fitting) == 1 or "ymd" in fitting else ""


def _fits(text: str, order: str) -> bool:
    try:
        read_date(text, order)
    except ValueError:
        return False
    return True


def read_date(text: str, order: str) -> str:
    """A date or time as ISO text; its offset from UTC, where it has one, is kept.

    Args:
        text: As the file writes it.
        order: `ymd`, `dmy`, `mdy`, or `excel` for serial numbers.

    Raises:
        ValueError: It is no date in that order.
    """
    plain = " ".join(text.split())
    if order == "excel":
        return _serial(plain)
    compact = _COMPACT.match(plain) if order == "ymd" else None
    match = compact or _DATE.match(plain)
    if match is None:
        raise ValueError(f"a date in the order {_spelled(order)}, such as {_example(order)}")
    parts: Sequence[str | None] = [*match.groups(), None, None][:8]
    named = dict(zip(order, parts[:3], strict=True))
    day, month, year = (int(named[letter] or 0) for letter in "dmy")
    if len(named["y"] or "") not in (2, 4):
        raise ValueError(f"a date in the order {_spelled(order)}, such as {_example(order)}")
    if len(named["y"] or "") == 2:
        year += 2000
    hour, minute, second = (int(x) if x else 0 for x in parts[3:6])
    if parts[6]:
        hour = hour % 12 + (12 if parts[6].lower() == "p" else 0)
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59))
    except ValueError:
        raise ValueError(f"a date in the order {_spelled(order)}, such as {_example(order)}") from None
    said = moment.isoformat() if parts[3] else moment.date().isoformat()
    return said + (parts[7] or "" if parts[3] else "")


def _serial(text: str) -> str:
    match = _SERIAL.match(text)
    if match is None or not 1 <= int(match[1]) <= 200_000:
        raise ValueError("a spreadsheet's serial number of a day, such as 46091 or 46091.5")
    seconds = round(float(f"0.{match[2] or 0}") * 86_400)
    return (_EXCEL + timedelta(days=int(match[1]), seconds=seconds)).isoformat()


def _spelled(order: str) -> str:
    return ", ".join({"y": "year", "m": "month", "d": "day"}[letter] for letter in order)


def _example(order: str) -> str:
    return {"ymd": "2026-03-10 07:30", "dmy": "10.03.2026 07:30", "mdy": "03/10/2026 07:30"}[order]
