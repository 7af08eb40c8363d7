"""Times in words ("tomorrow", "next Monday", "下周一") against the records' clock.

Code resolves them, never the language model. A weekday with "next" (or 下周) is the one in the next calendar week
(Monday to Sunday); without a word it is the coming one. Answers show the resolved date, so a reader sees how the
words were taken. Written here because the kept date libraries know neither "next Monday" nor 下周一.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from assistant.errors import ToolError
from assistant.records.characters import simplified
from assistant.records.dates import date_in_words
from assistant.records.numerals import chinese_number, number_in_words

_DAYS_EN = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_DAYS_ZH = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 5}
# Short names of months and days that are ordinary words when they are not capitalised.
_ALSO_OTHER_WORDS = {"may", "march", "sun", "sat", "mar", "dec", "second"}
_RELATIVE = {
    "today": 0, "tomorrow": 1, "day after tomorrow": 2, "yesterday": -1, "day before yesterday": -2,
    "今天": 0, "今日": 0, "本日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3,
    "昨天": -1, "昨日": -1, "前天": -2, "大前天": -3,
}  # fmt: skip
# Hours from midnight of the day.
_PARTS = {
    "morning": (6, 12), "afternoon": (12, 18), "evening": (18, 24), "night": (20, 32), "early hours": (0, 6),
    "早上": (6, 12), "早晨": (6, 12), "清晨": (5, 8), "上午": (6, 12), "中午": (11, 14), "下午": (12, 18),
    "傍晚": (17, 20), "晚上": (20, 32), "夜里": (20, 32), "夜间": (20, 32), "晚间": (18, 24), "凌晨": (0, 6),
    "早": (6, 12), "晚": (20, 32),
}  # fmt: skip


@dataclass(frozen=True)
class Span:
    """A stretch of time [start, end); `exact` if a clock time was said, not only a day."""

    start: datetime
    end: datetime
    exact: bool = False

    @property
    def day(self) -> date:
        """The first day."""
        return self.start.date()


def resolve(text: str, now: datetime) -> Span:
    """The stretch of time that `text` means at the clock `now`.

    Raises:
        ToolError: code `unknown_time`, if the words are not understood.
    """
    said = simplified(unicodedata.normalize("NFKC", text)).strip().lower().rstrip(".?。？")
    said = re.sub(r"^(?:on|at|by|from|since|until|till|in the|the|for|从|到|在|于)\s*(?=\S)", "", said).strip()
    said = _clock_in_figures(said)
    for reader in _READERS:
        span = reader(said, now)
        if span is not None:
            return span
    raise ToolError(
        f"'{text}' is not a time I understand. Say a date (2026-03-14), a day (tomorrow, next Monday, 下周一) "
        "or a distance (in 3 days, 3天后).",
        code="unknown_time",
    )


def is_time(text: str) -> bool:
    """Whether the text, as a person wrote it, names a time: `next Monday` does, `may` (the verb) does not."""
    if text in _ALSO_OTHER_WORDS:
        return False
    try:
        resolve(text, datetime(2026, 1, 7, 12))
    except ToolError:
        return False
    return True


def _clock_in_figures(said: str) -> str:
    """`yesterday at noon` as `yesterday 12:00`, `midnight on sunday` as `sunday 0:00`."""
    for word, figure in ((r"\bnoon\b", "12:00"), (r"\bmidnight\b", "0:00"), ("正午", "12:00"), ("午夜|零点", "0:00")):
        said = re.sub(word, figure, said)
    return re.sub(r"^(\d{1,2}:\d{2}|\d{1,2}\s*[ap]m) (?:on )?(.+)$", r"\2 \1", said)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _days(start: date, count: int = 1) -> Span:
    return Span(_midnight(start), _midnight(start) + timedelta(days=count))


def _moment(at: datetime) -> Span:
    return Span(at, at, exact=True)


def _now(said: str, now: datetime) -> Span | None:
    return (
        _moment(now)
        if said in {"now", "right now", "currently", "at the moment", "现在", "目前", "当前", "此刻"}
        else None
    )


def _iso(said: str, now: datetime) -> Span | None:
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", said):
            return _days(date.fromisoformat(said))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}[t ]\d{2}:\d{2}(:\d{2})?.*", said):
            return _moment(datetime.fromisoformat(said.replace("t", " ")).replace(tzinfo=None))
    except ValueError:
        return None
    return None


def _with_clock(said: str, now: datetime) -> Span | None:
    """`tomorrow 8:00`, `yesterday at 3pm`, `昨天20点`, `今晚8点半`."""
    said = re.sub(r"([一二三四五六七八九十两]{1,3})点", lambda found: f"{chinese_number(found[1])}点", said)
    match = re.fullmatch(r"(.*?)\s*(?:at\s+)?(\d{1,2})(?::(\d{2})|\s*点(半|\d{1,2}分)?|(?=\s*[ap]m))\s*(am|pm)?", said)
    if not match:
        return None
    words, hour, minute, zh_minute, half = match.groups()
    minutes = int(minute or 0) if not zh_minute else 30 if zh_minute == "半" else int(zh_minute[:-1])
    shift = 12 if half == "pm" and int(hour) < 12 else -12 if half == "am" and int(hour) == 12 else 0
    if re.search(r"[晚下]", words.replace("下周", "").replace("下个", "")) and int(hour) < 12:
        shift = 12
    day = resolve(re.sub(r"(上午|早上|下午|晚上|中午)$", "", words) or "today", now).day
    if not (0 <= int(hour) + shift <= 23 and 0 <= minutes <= 59):
        return None
    return _moment(datetime.combine(day, time(int(hour) + shift, minutes)))


def _part_of_day(said: str, now: datetime) -> Span | None:
    """Tonight, this morning, `friday night`, `昨天中午`; night is the night shift that begins then, 20:00 to 08:00."""
    today = _midnight(now.date())
    if said in {"tonight", "this evening", "今晚", "今夜", "今晚上"}:
        return Span(today + timedelta(hours=20), today + timedelta(hours=32), exact=True)
    if said in {"last night", "overnight", "昨晚", "昨夜", "昨晚上"}:
        return Span(today + timedelta(hours=-4), today + timedelta(hours=8), exact=True)
    match = re.fullmatch(rf"(.+?)\s*({'|'.join(_PARTS)})", said) or re.fullmatch(r"([今明昨])([早晚])", said)
    if not match:
        return None
    words, part = match.groups()
    words = {"this": "today", "今": "今天", "明": "明天", "昨": "昨天"}.get(words, words)
    day = _relative_day(words, now) or _weekday(words, now) or _date(words, now) or _iso(words, now)
    if day is None or day.exact or day.end - day.start > timedelta(days=1):
        return None
    start, end = _PARTS[part]
    return Span(day.start + timedelta(hours=start), day.start + timedelta(hours=end), exact=True)


def _relative_day(said: str, now: datetime) -> Span | None:
    shift = _RELATIVE.get(said)
    return None if shift is None else _days(now.date() + timedelta(days=shift))


def _weekday(said: str, now: datetime) -> Span | None:
    english = re.fullmatch(
        r"(next|this|last|coming|past)?\s*("
        + "|".join(f"{d[:3]}(?:{d[3:]})?" for d in _DAYS_EN)
        + r"|tues|weds|thurs?)",
        said,
    )
    chinese = re.fullmatch(r"(下下|下|本|这|上)?个?(?:周|星期|礼拜)([一二三四五六日天])", said)
    if english:
        which, day = english[1] or "coming", [d[:3] for d in _DAYS_EN].index(english[2][:3])
    elif chinese:
        which, day = (
            {"下下": "after next", "下": "next", "本": "this", "这": "this", "上": "last"}.get(chinese[1], "coming"),
            _DAYS_ZH[chinese[2]],
        )
    else:
        return None
    monday = now.date() - timedelta(days=now.weekday())
    weeks = {"after next": 14, "next": 7, "this": 0, "last": -7}
    if which in weeks:
        return _days(monday + timedelta(days=day + weeks[which]))
    ahead = (day - now.weekday()) % 7
    return _days(now.date() + timedelta(days=ahead - 7 if which == "past" else ahead))


def _week_or_month(said: str, now: datetime) -> Span | None:
    monday = now.date() - timedelta(days=now.weekday())
    weeks = {
        "this week": 0, "本周": 0, "这周": 0, "这个星期": 0, "next week": 7, "下周": 7, "下星期": 7, "下个星期": 7,
        "last week": -7, "上周": -7, "上星期": -7, "上个星期": -7, "week after next": 14, "下下周": 14,
        "上礼拜": -7, "上个礼拜": -7, "下礼拜": 7, "下个礼拜": 7, "这礼拜": 0, "这个礼拜": 0,
    }  # fmt: skip
    if said in weeks:
        return _days(monday + timedelta(days=weeks[said]), 7)
    weekends = {
        "this weekend": 5,
        "weekend": 5,
        "本周末": 5,
        "这周末": 5,
        "周末": 5,
        "next weekend": 12,
        "下周末": 12,
        "last weekend": -2,
        "上周末": -2,
    }
    if said in weekends:
        return _days(monday + timedelta(days=weekends[said]), 2)
    months = {
        "this month": 0,
        "本月": 0,
        "这个月": 0,
        "last month": -1,
        "上个月": -1,
        "上月": -1,
        "next month": 1,
        "下个月": 1,
        "下月": 1,
    }
    return _month(now.year, now.month + months[said]) if said in months else None


def _month(year: int, month: int) -> Span:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    first = date(year, month, 1)
    after = date(year + month // 12, month % 12 + 1, 1)
    return _days(first, (after - first).days)


def _distance(said: str, now: datetime) -> Span | None:
    """`in 3 days`, `two weeks ago`, `past 7 days`, `last 30 days`, `3天后`, `两周前`, `过去7天`, `未来一周`."""
    english = re.fullmatch(
        r"(in|next|coming|last|past|previous)?\s*(\d+|[a-z ]*?)\s*(hour|hr|h|day|d|week|wk|fortnight|month|year)s?"
        r"\s*(ago|from now|later)?",
        said,
    )
    chinese = re.fullmatch(
        r"(过去|最近|近|未来|接下来|今后)?的?这?(\d+|[一二两三四五六七八九十几半]+)个?多?(小时|天|日|周|星期|礼拜|月|年)的?"
        r"(前|以前|之前|后|以后|之后|来|以来|内)?",
        said,
    )
    match = english or chinese
    if not match:
        return None
    before, amount, unit, after = match.groups()
    # "the past month" and "最近几天" say no number; "in the next week" does not either.
    count = {"": None if unit in _COUNTED_ONLY else 1, "few": 3, "a few": 3, "couple": 2, "几": 3, "半": 0.5}.get(
        amount.strip(), number_in_words(amount.strip())
    )
    if (
        count is None
        or not (before or after)
        or (not amount.strip() and before in {"next", "last"} and unit != "fortnight")
    ):
        return None
    hours = round(count * _HOURS.get(unit, 168))
    if not 0 < hours <= 24 * 3660:
        return None
    return _distance_span(before or "", after or "", hours, now)


# These name no stretch of time without a number.
_COUNTED_ONLY = frozenset({"hour", "hr", "h", "day", "d"})
_HOURS = {
    "hour": 1,
    "hr": 1,
    "h": 1,
    "d": 24,
    "小时": 1,
    "day": 24,
    "天": 24,
    "日": 24,
    "fortnight": 336,
    "month": 720,
    "月": 720,
    "year": 8760,
    "年": 8760,
}


def _distance_span(before: str, after: str, hours: int, now: datetime) -> Span:
    length = timedelta(hours=hours)
    if after in {"ago", "前", "以前", "之前"}:
        return _moment(now - length) if hours < 24 else _days((now - length).date())
    if before in {"last", "past", "previous", "过去", "最近", "近"} or after in {"来", "以来"}:
        return Span(now - length, now, exact=True)
    if before in {"next", "coming", "未来", "接下来", "今后"} or after == "内":
        return Span(now, now + length, exact=True)
    return _moment(now + length) if hours < 24 else _days((now + length).date())


def _date(said: str, now: datetime) -> Span | None:
    """A date or a whole month in words."""
    found = date_in_words(said, now.date())
    if found is None:
        return None
    day, is_month = found
    return _month(day.year, day.month) if is_month else _days(day)


_READERS: tuple[Callable[[str, datetime], Span | None], ...] = (
    _now,
    _iso,
    _part_of_day,
    _relative_day,
    _weekday,
    _week_or_month,
    _distance,
    _date,
    _with_clock,
)
