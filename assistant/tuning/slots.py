"""Fills the slots of a wording from the lists (assistant/tuning/lists) and from times, lengths and counts made here."""

import random
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "lists"

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]  # "in May" is a time, "may" is not
_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve")
_WORDS_ZH = "两三四五六七八九十"


@dataclass(frozen=True)
class Filling:
    """What stands in a slot: `said` in the text, of which `meant` is the argument's value."""

    said: str
    meant: str


@cache
def lists(language: str) -> Mapping[str, Any]:
    """The lists of a language."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def fill(slot: str, language: str, past: bool, draw: random.Random) -> Filling:
    """A filling of a slot.

    Args:
        slot: Its name, without a trailing 2.
        language: `en` or `zh`.
        past: Whether points in time lie in the past (the state of beds) or anywhere (who is on duty).
        draw: The source of chance.
    """
    if slot == "unit":
        return _unit(language, draw)
    if slot in _LISTED:
        return _same(draw.choice(lists(language)[_LISTED[slot]]))
    if slot == "plan":
        return _same(_plan(draw))
    if slot == "patient":
        return _same(draw.choice(("P-{:04d}", "P-{:04d}", "P{:05d}", "MRN {:06d}")).format(draw.randint(1, 9999)))
    if slot == "at" and past:
        slot = "at_past"
    maker = _MAKERS[language][slot]
    return _same(maker(draw))


_LISTED = {"item": "items", "who": "staff", "disease": "diseases", "region": "regions"}


def _same(text: str) -> Filling:
    return Filling(text, text)


def _unit(language: str, draw: random.Random) -> Filling:
    named, articled = lists(language)["units_named"], lists(language)["units_article"]
    if not articled or draw.random() < 0.62:
        # Chinese staff call many units by their English short names.
        if language == "zh" and draw.random() < 0.12:
            return _same(draw.choice([unit for unit in lists("en")["units_article"] if unit.isupper()]))
        return _same(draw.choice(named))
    name = draw.choice(articled)
    return Filling(f"the {name}", name) if draw.random() < 0.75 else _same(name)


def _plan(draw: random.Random) -> str:
    """A proposal's id as the program gives it, or a short number of the house's own."""
    if draw.random() < 0.3:
        return f"P-{draw.getrandbits(40):010x}"
    return draw.choice(("R-{:02d}", "R-{:03d}", "B-{:02d}", "S-{:02d}", "V-{:02d}")).format(draw.randint(1, 99))


def _count(draw: random.Random, most: int = 12) -> str:
    return draw.choice(_WORDS[:-1]) if draw.random() < 0.5 else str(draw.randint(2, most))


def _date(draw: random.Random) -> str:
    day, month = draw.randint(1, 28), draw.choice(_MONTHS)
    ending = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd"}.get(day, "th")
    return draw.choice((f"{day} {month}", f"{month} {day}", f"{day} {month[:3]}", f"{month[:3]} {day}",
                        f"{day}{ending} {month}", f"{month} {day}{ending}",
                        f"2026-{draw.randint(1, 12):02d}-{day:02d}"))  # fmt: skip


def _clock(draw: random.Random) -> str:
    hour = draw.randint(1, 23)
    return draw.choice(
        (f"{hour}:00", f"{hour}:30", f"{hour:02d}:00", f"{hour % 12 or 12}{'am' if hour < 12 else 'pm'}")
    )


def _past(draw: random.Random) -> str:
    count = _count(draw, 30)
    return draw.choice((
        "yesterday", "last week", "this week", "last month", "this month", "last weekend", "today", "this morning",
        "overnight", "last night", f"since {draw.choice(_DAYS)}", f"since {_date(draw)}", "since yesterday",
        f"on {draw.choice(_DAYS)}", f"last {draw.choice(_DAYS)}", f"on {_date(draw)}", f"in {draw.choice(_MONTHS)}",
        f"in the last {count} days", f"over the past {count} days", f"in the past {_count(draw, 6)} weeks",
        f"over the last {_count(draw, 6)} weeks", f"during the last {count} days", "in the last 24 hours",
        f"in the past {draw.choice((12, 24, 48, 72))} hours", "over the last fortnight", "the past month",
        f"the last {count} days", f"the past {_count(draw, 8)} weeks", "so far this week", "since midnight",
    ))  # fmt: skip


def _at_past(draw: random.Random) -> str:
    return draw.choice((
        f"yesterday at {_clock(draw)}", f"at {_clock(draw)} yesterday", "yesterday at noon", "last night",
        "yesterday morning", f"on {draw.choice(_DAYS)} at {_clock(draw)}", f"on {_date(draw)} at {_clock(draw)}",
        f"at {_clock(draw)}", "at midnight", "this morning", f"on {_date(draw)}", f"last {draw.choice(_DAYS)}",
        "at midnight on Sunday", "yesterday at midnight", "on Sunday night", f"at {_clock(draw)} this morning",
    ))  # fmt: skip


def _at(draw: random.Random) -> str:
    day = draw.choice(_DAYS)
    return draw.choice((
        "tonight", "tonight", "tomorrow", "tomorrow morning", "tomorrow night", "this evening", "this afternoon",
        f"on {day}", f"on {day} night", f"{day} morning", "now", f"at {_clock(draw)}", "yesterday", "last night",
        f"tomorrow at {_clock(draw)}", f"on {_date(draw)}", "this morning", f"next {day}", "today",
    ))  # fmt: skip


def _day(draw: random.Random) -> str:
    day = draw.choice(_DAYS)
    return draw.choice((day, day, day, day[:3], f"next {day}", "tomorrow", "today", _date(draw), _date(draw)))


def _when(draw: random.Random) -> str:
    day = draw.choice(_DAYS)
    return draw.choice((f"next {day}", day, "tomorrow", _date(draw), _date(draw), "next week", "next month", "today",
                        f"this {day}", f"{day} week"))  # fmt: skip


def _length(draw: random.Random) -> str:
    return draw.choice((f"{_count(draw, 28)} days", f"{_count(draw, 8)} weeks", "a week", "one week", "two weeks",
                        "a fortnight", "a month", "one month", f"{draw.randint(2, 28)}d", "four weeks", "2 weeks",
                        "10 days", "three weeks", "6 weeks"))  # fmt: skip


def _lengthadj(draw: random.Random) -> str:
    return draw.choice((f"{_count(draw, 28)}-day", f"{_count(draw, 8)}-week", "one-week", "two-week", "four-week",
                        "one-month", "14-day", "2-week", "fortnight"))  # fmt: skip


def _horizon(draw: random.Random) -> str:
    return draw.choice((
        "next week", "tomorrow", f"in the next {_count(draw, 30)} days", f"over the next {_count(draw, 30)} days",
        f"over the coming {_count(draw, 6)} weeks", f"for the next {_count(draw, 14)} days", "over the next week",
        f"in the coming {_count(draw, 14)} days", f"within {_count(draw, 14)} days", "in the next fortnight",
        "over the next month", "this weekend", "next weekend", "in the next 48 hours", "over the coming week",
        "the day after tomorrow", f"during the next {_count(draw, 4)} weeks", "next month", "next week",
    ))  # fmt: skip


def _weeks(draw: random.Random) -> str:
    return draw.choice(
        (f"{_count(draw, 12)} weeks", f"{_count(draw, 12)} weeks", "a month", "two months", "a fortnight")
    )


def _doses(draw: random.Random) -> str:
    thousands = draw.randint(1, 60)
    return draw.choice((
        f"{thousands},000", f"{thousands},{draw.choice((2, 5, 7))}00", str(thousands * 1000), f"{thousands}k",
        str(draw.randint(2, 95) * 10), f"{draw.choice(_WORDS)} thousand", f"{draw.choice(_WORDS)} hundred",
        str(draw.randint(120, 99000)), "half a million", f"{draw.choice((1.5, 2, 2.5))} million", "a thousand",
        f"twenty-{draw.choice(_WORDS[:8])} thousand",
    ))  # fmt: skip


def _shift(draw: random.Random) -> str:
    return draw.choice(("night", "night", "day", "late", "early", "evening", "morning", "long day", "afternoon"))


def _percent(draw: random.Random) -> str:
    return draw.choice((str(draw.randint(1, 19) * 5), str(draw.randint(2, 60)), "ten", "twenty", "thirty", "fifty"))


def _count_zh(draw: random.Random, most: int = 12) -> str:
    return draw.choice(_WORDS_ZH[:-1]) if draw.random() < 0.55 else str(draw.randint(2, most))


def _weekday_zh(draw: random.Random) -> str:
    return draw.choice(("周", "周", "星期", "礼拜")) + draw.choice("一二三四五六日")


def _date_zh(draw: random.Random) -> str:
    month, day = draw.randint(1, 12), draw.randint(1, 28)
    return draw.choice((f"{month}月{day}日", f"{month}月{day}号", f"{day}号", f"2026-{month:02d}-{day:02d}"))


def _clock_zh(draw: random.Random) -> str:
    return draw.choice(
        ("早上8点", "8点", "晚上10点", "下午3点", "凌晨2点", "20:00", "7:30", "中午", "零点", "早上", "下午", "晚上")
    )


def _past_zh(draw: random.Random) -> str:
    count = _count_zh(draw, 30)
    return draw.choice((
        "昨天", "上周", "本周", "这周", "上个月", "上月", "本月", "这个月", "今天", "昨晚", "昨日", "前天", "上周末",
        f"过去{count}天", f"最近{count}天", f"近{count}天",
        f"过去{_count_zh(draw, 6)}周", f"最近{_count_zh(draw, 6)}周",
        f"最近{_count_zh(draw, 4)}个星期", f"{_date_zh(draw)}以来",
        f"{_weekday_zh(draw)}以来", f"上{_weekday_zh(draw)}",
        _date_zh(draw), f"{draw.randint(1, 12)}月份", "过去24小时", "最近一个月", "过去一周", "近一周", "今天早上",
        "半个月来", "最近半个月",
    ))  # fmt: skip


def _at_past_zh(draw: random.Random) -> str:
    return draw.choice((
        f"昨天{_clock_zh(draw)}", "昨晚", "昨天", f"今天{_clock_zh(draw)}",
        f"{_date_zh(draw)}{_clock_zh(draw)}", "前天",
        f"上{_weekday_zh(draw)}", "今早", f"前天{_clock_zh(draw)}", _date_zh(draw), f"昨天{_clock_zh(draw)}",
    ))  # fmt: skip


def _at_zh(draw: random.Random) -> str:
    return draw.choice((
        "今晚", "今晚", "今天晚上", "明天", "明天早上", "明晚", "今天下午",
        _weekday_zh(draw), f"{_weekday_zh(draw)}晚上",
        f"明天{_clock_zh(draw)}", "昨晚", "昨天", f"下{_weekday_zh(draw)}", _date_zh(draw), "今天", "后天",
    ))  # fmt: skip


def _day_zh(draw: random.Random) -> str:
    return draw.choice(
        (_weekday_zh(draw), _weekday_zh(draw), f"下{_weekday_zh(draw)}", "明天", "今天", "后天", _date_zh(draw))
    )


def _when_zh(draw: random.Random) -> str:
    return draw.choice((f"下{_weekday_zh(draw)}", _weekday_zh(draw), "明天",
        "后天", _date_zh(draw), _date_zh(draw), "下周",
                        "下个月", f"本{_weekday_zh(draw)}", "今天"))  # fmt: skip


def _length_zh(draw: random.Random) -> str:
    return draw.choice((f"{_count_zh(draw, 28)}天", f"{_count_zh(draw, 8)}周",
        "一周", "两周", "半个月", "一个月", "四周",
                        f"{_count_zh(draw, 4)}个星期", "两个礼拜", "10天", "14天", "十四天", "三周"))  # fmt: skip


def _horizon_zh(draw: random.Random) -> str:
    return draw.choice((
        "下周", "明天", f"未来{_count_zh(draw, 30)}天", f"接下来{_count_zh(draw, 30)}天",
        f"今后{_count_zh(draw, 14)}天",
        f"未来{_count_zh(draw, 6)}周", "未来一周", "接下来一周", "后天",
        "这周末", "周末", "下个月", "未来半个月", "未来一个月",
        f"{_count_zh(draw, 10)}天内", "下周", "未来48小时", "往后两周", f"接下来{_count_zh(draw, 4)}个星期",
    ))  # fmt: skip


def _weeks_zh(draw: random.Random) -> str:
    return draw.choice(
        (f"{_count_zh(draw, 12)}周", f"{_count_zh(draw, 12)}周", "一个月", "两个月", "四个星期", "半个月")
    )


def _doses_zh(draw: random.Random) -> str:
    tens = draw.randint(1, 60)
    return draw.choice((
        f"{tens}000", f"{draw.randint(1, 30)}万", f"{_count_zh(draw)}万", f"{_count_zh(draw)}千", "两万五千", "一万二",
        f"{draw.choice((1.5, 2.5, 3.6, 4.8))}万", str(tens * 500), f"{draw.choice(_WORDS_ZH)}百", "十万", "三万六千",
        f"{tens},000", "八千", str(draw.randint(120, 99000)),
    ))  # fmt: skip


def _shift_zh(draw: random.Random) -> str:
    return draw.choice(("夜班", "夜班", "白班", "早班", "晚班", "中班", "小夜班", "大夜班"))


def _percent_zh(draw: random.Random) -> str:
    return draw.choice((str(draw.randint(1, 19) * 5), str(draw.randint(2, 60))))


_MAKERS: Mapping[str, Mapping[str, Callable[[random.Random], str]]] = {
    "en": {"past": _past, "at": _at, "at_past": _at_past, "day": _day, "when": _when, "length": _length,
           "lengthadj": _lengthadj, "horizon": _horizon, "weeks": _weeks, "n": _count, "percent": _percent,
           "doses": _doses, "shift": _shift},
    "zh": {"past": _past_zh, "at": _at_zh, "at_past": _at_past_zh, "day": _day_zh, "when": _when_zh,
           "length": _length_zh, "lengthadj": _length_zh, "horizon": _horizon_zh, "weeks": _weeks_zh, "n": _count_zh,
           "percent": _percent_zh, "doses": _doses_zh, "shift": _shift_zh},
}  # fmt: skip
