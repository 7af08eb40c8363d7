"""Reads dates, clock times, weekdays and words for days ("tomorrow", "下周")."""

import re
from collections.abc import Sequence
from datetime import date

from assistant.agent.claims_reading import Mention, Reading
from assistant.records.numerals import chinese_number

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_TH = r"(?:st|nd|rd|th)?"
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?"
_DAY_FIRST = re.compile(
    rf"(?<!\d)(?:(?P<first>\d{{1,2}}){_TH}\s*(?:-|to|and|until|through)\s*(?:{_WEEKDAY},?\s+)?)?"
    rf"(?P<day>\d{{1,2}}){_TH}\s+(?:of\s+)?{_MONTH}(?:,?\s+(?P<year>\d{{4}}))?(?![a-z\d])",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"(?<![a-z]){_MONTH}\s+(?P<day>\d{{1,2}}){_TH}(?:\s*(?:-|to|and|until|through)\s*(?P<last>\d{{1,2}}){_TH}(?!\d))?"
    rf"(?:,?\s+(?P<year>\d{{4}})(?!\d)|(?!:?\d))",
    re.IGNORECASE,
)
_ISO = re.compile(r"(?<!\d)(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?:[T ](?=\d{2}:))?(?!\d)")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})(?![\d/])")
_HAN_DIGITS = "[0-9一二三四五六七八九十]{1,3}"
_CHINESE = re.compile(
    rf"(?:(?P<year>\d{{4}})年)?(?<!\d)(?P<month>{_HAN_DIGITS})月(?P<day>{_HAN_DIGITS})[日号]?"
    rf"(?:\s*[至到-]\s*(?P<last>{_HAN_DIGITS})[日号])?(?!\d)"
)
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::\d{2})?(?:\s*([ap])\.?m\b\.?)?(?!\d)", re.IGNORECASE)
_HOUR = re.compile(r"(?<![\d.])(\d{1,2})\s*(?:([ap])\.?m\b\.?|o'clock)", re.IGNORECASE)
_HOUR_ZH = re.compile(
    rf"(凌晨|早上|上午|中午|下午|傍晚|晚上|晚|夜里)?({_HAN_DIGITS})[点时](?!间)(半|一刻|{_HAN_DIGITS}分)?"
)
_NOON = re.compile(r"(?<![A-Za-z])(noon|midnight|midday)(?![A-Za-z])|(正午|中午|午夜|零点)", re.IGNORECASE)
_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEKDAY_EN = re.compile(
    r"(?<![A-Za-z])(?:([Mm]on|[Tt]ues|[Ww]ednes|[Tt]hurs|[Ff]ri|[Ss]atur|[Ss]un)days?"
    r"|(Mon|Tues?|Wed|Thurs?|Thu|Fri|Sat|Sun)\b\.?)(?![A-Za-z])"
)
_WEEKDAY_ZH = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天末])(?!围)")
_WEEKEND = re.compile(r"(?<![A-Za-z])week-?ends?(?![A-Za-z])", re.IGNORECASE)
_RELATIVE = re.compile(
    r"(?<![A-Za-z])((?:the )?day (?:after tomorrow|before yesterday)|tomorrow|yesterday"
    r"|(?:next|last) (?:week|month|year|night))(?![A-Za-z])|(大?后天|大?前天|明天|明日|明早|明晚|昨天|昨日|昨晚|昨夜"
    r"|(?:下|上)个?(?:周|星期|月)(?![一二三四五六日天末])|明年|去年)",
    re.IGNORECASE,
)
_MONTH_ALONE = re.compile(rf"(?<![A-Za-z])(?:in|of|during|since|until|by|for)\s+{_MONTH}(?![A-Za-z])", re.IGNORECASE)
_MONTH_ZH = re.compile(rf"(?<!\d)({_HAN_DIGITS})月(?:份|底|初|中旬|上旬|下旬)")
_DAY_ALONE = re.compile(r"(?<![A-Za-z])(?:on|by|until|from|since) the (\d{1,2})(?:st|nd|rd|th)(?![A-Za-z])", re.I)
_DAY_ZH = re.compile(r"(?<![\d月])(\d{1,2})[号日](?![楼病床间\d])")
_YEAR = re.compile(r"(?<![A-Za-z])(?:in|since|of|during|until|by)\s+((?:19|20)\d{2})(?!\d)|((?:19|20)\d{2})年", re.I)


def read_times(reading: Reading) -> None:
    """Dates first, since they hold figures and weekday names; then clock times, weekdays, words for days."""
    for pattern in (_ISO, _CHINESE, _DAY_FIRST, _MONTH_FIRST):
        reading.take(pattern, _date)
    reading.take(_SLASHED, _slashed)
    reading.take(_CLOCK, _clock)
    reading.take(_HOUR, _hour)
    reading.take(_HOUR_ZH, _hour_zh)
    reading.take(_NOON, lambda m: [_at(m, "time", "12:00" if m[0].lower() in _MIDDAY else "00:00")])
    reading.take(_WEEKDAY_EN, lambda m: [_at(m, "weekday", str(_DAYS.index((m[1] or m[2])[:3].lower())))])
    reading.take(_WEEKDAY_ZH, _weekday_zh)
    reading.take(_WEEKEND, lambda m: [_at(m, "weekday", "weekend")])
    reading.take(_RELATIVE, lambda m: [_at(m, "relative", m[0].lower().removeprefix("the "))])
    reading.take(_MONTH_ALONE, lambda m: [_at(m, "month", f"{_month(m['month']):02d}")])
    reading.take(_MONTH_ZH, lambda m: [_at(m, "month", f"{_number(m[1]):02d}")])
    reading.take(_DAY_ALONE, lambda m: [_at(m, "day", str(int(m[1])))])
    reading.take(_DAY_ZH, lambda m: [_at(m, "day", str(int(m[1])))])
    reading.take(_YEAR, lambda m: [_at(m, "year", m[1] or m[2])])


_MIDDAY = {"noon", "midday", "正午", "中午"}


def _at(match: re.Match[str], kind: str, value: str, also: Sequence[str] = ()) -> Mention:
    return Mention(kind, value, match.start(), match.end(), also=tuple(also))


def _month(word: str) -> int:
    return _MONTHS.index(word[:3].lower()) + 1


def _number(text: str) -> int:
    return int(text) if text.isdigit() else chinese_number(text)


def _date(match: re.Match[str]) -> list[Mention] | None:
    """A date is claimed by month and day, and in full where a year is given; of a range both ends."""
    groups = match.groupdict()
    if groups["month"] is None or groups["day"] is None:
        return None
    month = _month(groups["month"]) if groups["month"][0].isalpha() and groups["month"].isascii() else 0
    month = month or _number(groups["month"])
    days = [groups["day"], *(groups[end] for end in ("first", "last") if groups.get(end))]
    found = []
    for day in map(_number, days):
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return None
        found.append(_at(match, "date", f"{month:02d}-{day:02d}"))
        if groups.get("year"):
            found.append(_at(match, "date", f"{int(groups['year']):04d}-{month:02d}-{day:02d}"))
    return found


def _slashed(match: re.Match[str]) -> list[Mention] | None:
    """`3/11/2026`: day first or month first, since people write both."""
    year = int(match[3]) + (2000 if len(match[3]) == 2 else 0)
    readings = []
    for day, month in ((int(match[1]), int(match[2])), (int(match[2]), int(match[1]))):
        try:
            readings.append(date(year, month, day).isoformat())
        except ValueError:
            continue
    return [_at(match, "date", readings[0], readings[1:])] if readings else None


def _clock(match: re.Match[str]) -> list[Mention]:
    return [_at(match, "time", f"{_of_half(int(match[1]), match[3]):02d}:{match[2]}")]


def _hour(match: re.Match[str]) -> list[Mention]:
    hour = _of_half(int(match[1]), match[2])
    return [_at(match, "time", f"{hour:02d}:00", () if match[2] else (f"{hour + 12:02d}:00",))]


def _of_half(hour: int, half: str | None) -> int:
    """The hour of the day that `8 pm` or `12 am` means."""
    if half is None:
        return hour
    return hour % 12 + (12 if half.lower() == "p" else 0)


def _hour_zh(match: re.Match[str]) -> list[Mention]:
    """`20点`, `晚上8点半`; without a word for the part of the day, morning or evening."""
    hour, part = _number(match[2]), match[1] or ""
    tail = match[3] or ""
    minute = 30 if tail == "半" else 15 if tail == "一刻" else _number(tail[:-1]) if tail else 0
    late = part in {"下午", "傍晚", "晚上", "晚", "夜里"} and hour < 12
    hour += 12 if late else 0
    also = [f"{hour + 12:02d}:{minute:02d}"] if not part and hour < 12 else []
    return [_at(match, "time", f"{hour:02d}:{minute:02d}", also)]


def _weekday_zh(match: re.Match[str]) -> list[Mention]:
    return [_at(match, "weekday", _WEEKDAYS_ZH[match[1]])]


_WEEKDAYS_ZH = {sign: str(number) for number, sign in enumerate("一二三四五六日")} | {"天": "6", "末": "weekend"}
