"""What a question offers for copying: its words in a row, and the numbers it can mean.

An argument is copied, never invented: names and times are stretches of the user's own words, and a number of days
must follow from a number or a length of time that was said. Both are known before the language model is asked, so
that its output can be held to them.
"""

import math
import re
import unicodedata
from collections.abc import Sequence

from assistant.records.numerals import chinese_number
from assistant.records.times import is_time

# One piece is a run of letters and digits (with inner hyphens, dots, slashes: `7-B`, `2026-03-14`, `8:00`), a single
# Chinese character, or a single other character; copied text begins and ends at the border of a piece.
_PIECE = re.compile(r"[^\W\u3400-\u9fff_]+(?:[-./:'’&+][^\W\u3400-\u9fff_]+)*|\s+|.", re.UNICODE)
# Not copyable: what would need escaping inside JSON text.
_UNCOPYABLE = re.compile(r"[\"\\\x00-\x1f\x7f]+")

_IDLE = frozenset({"on", "at", "by", "from", "since", "until", "till", "in", "for", "the"})
_ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_NUMBER_WORDS = {word: number for number, word in enumerate(_ONES)} | {
    "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "twenty": 20, "twenty-one": 21, "twenty-eight": 28, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "couple": 2, "few": 3, "dozen": 12,
}  # fmt: skip
_LENGTHS = {"hour": 1 / 24, "day": 1, "night": 1, "week": 7, "wk": 7, "fortnight": 14, "month": 30, "weekend": 2}
_ENGLISH_LENGTH = re.compile(
    r"(?:(\d+(?:\.\d+)?|[a-z]+(?:-(?:one|eight))?)(?:\s+(?:of|more|full|whole|coming))*[\s-]*)?\b"
    r"(hour|day|night|week|wk|fortnight|month|weekend)s?\b"
)
_CHINESE_NUMBER = re.compile(r"[零〇一二两俩三四五六七八九十百千万]+")
_CHINESE_DATE = re.compile(r"\d+月(?:\d+[日号])?|\d+[日号](?!间)|(?:周|星期|礼拜)[一二三四五六日天]")
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*"
_ENGLISH_DATE = re.compile(
    rf"\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\b|\b{_MONTH}\s+\d{{1,2}}\b|\d{{4}}-\d\d?-\d\d?|\d\d?:\d\d|[a-z]\d+|\d+[a-z]"
)
_CHINESE_LENGTH = re.compile(r"(\d+|[零〇一二两俩三四五六七八九十半]+)?个?(小时|天|日|晚|周末|周|星期|礼拜|月)")
_LENGTHS_ZH = {"小时": 1 / 24, "天": 1, "日": 1, "晚": 1, "周末": 2, "周": 7, "星期": 7, "礼拜": 7, "月": 30}
# How far ahead a day is that has a name: "tomorrow" is a forecast of one day.
_AHEAD = {"day after tomorrow": 2, "后天": 2, "tomorrow": 1, "明天": 1, "明日": 1}


def normal(text: str) -> str:
    """The text in one width (NFKC), white space single, without characters that would need escaping in JSON."""
    cleaned = _UNCOPYABLE.sub(" ", unicodedata.normalize("NFKC", text))
    return " ".join(cleaned.split())


def pieces(text: str) -> list[str]:
    """The text cut into the pieces that copied text is made of; joined they give `normal(text)` again."""
    return _PIECE.findall(normal(text))


def numbers_for(argument: str, texts: Sequence[str]) -> list[int]:
    """Whole numbers above zero that an argument can have, from the first text that offers any.

    Args:
        argument: `days` and `weeks` are filled with lengths of time ("two weeks", "半个月"), and with other numbers
            only where no length was said; every other argument with numbers.
        texts: The question, then earlier ones, the last first.
    """
    for text in (_without_dates(normal(text).lower()) for text in texts):
        lengths = lengths_in_days(text) if argument in {"days", "weeks"} else set()
        if argument == "weeks":
            lengths = {round(days / 7) for days in lengths if days >= 7}
        found = {number for number in lengths or numbers_in(text) if number > 0}
        if found:
            return sorted(found)
    return []


def _without_dates(text: str) -> str:
    """The text without dates, clock times and names like `7b`, whose numbers count nothing."""
    return _CHINESE_DATE.sub(" ", _ENGLISH_DATE.sub(" ", text))


def numbers_in(text: str) -> set[int]:
    """Whole numbers said in digits, English words or Chinese numerals (lower-case text)."""
    found = {int(number.replace(",", "")) for number in re.findall(r"\d[\d,]{0,11}", text)}
    found |= {_NUMBER_WORDS[word] for word in re.findall(r"[a-z]+(?:-[a-z]+)?", text) if word in _NUMBER_WORDS}
    return found | {chinese_number(number) for number in _CHINESE_NUMBER.findall(text)}


def lengths_in_days(text: str) -> set[int]:
    """Lengths of time said in the text (lower case), in days; part of a day counts as one."""
    found = set()
    for amount, length in _ENGLISH_LENGTH.findall(text):
        count = float(amount) if amount[:1].isdigit() else _NUMBER_WORDS.get(amount, 1)
        if length not in {"day", "night", "hour"} or amount[:1].isdigit() or amount in _NUMBER_WORDS:
            found.add(math.ceil(count * _LENGTHS[length]))
    for amount, length in _CHINESE_LENGTH.findall(text):
        if amount == "半":
            found.add(math.ceil(_LENGTHS_ZH[length] / 2))
        elif amount or _LENGTHS_ZH[length] > 1:
            count = int(amount) if amount.isdigit() else chinese_number(amount) or 1
            found.add(math.ceil(count * _LENGTHS_ZH[length]))
    ahead = next((days for words, days in _AHEAD.items() if words in text), 0)
    return found | ({ahead} if ahead and not found else set())


def copyable(texts: Sequence[str], most: int = 400) -> list[list[str]]:
    """The pieces of each text that has any, cut after `most` pieces."""
    return [cut[:most] for cut in map(pieces, texts) if cut]


def times_in(texts: Sequence[str], longest: int = 9) -> list[str]:
    """The stretches of the first text that has any which name a time, the longest ones only ("yesterday at 8:00").

    Args:
        texts: The question, then earlier ones, the last first.
        longest: Most pieces of one stretch.
    """
    for cut in copyable(texts):
        found: list[tuple[int, int]] = []
        for length in range(min(longest, len(cut)), 0, -1):
            for start in range(len(cut) - length + 1):
                inside = any(first <= start and start + length <= last for first, last in found)
                said = "".join(cut[start : start + length])
                if not inside and _ends_in_words(said) and is_time(said) and not _begins_idly(said):
                    found.append((start, start + length))
        if found:
            return list(dict.fromkeys("".join(cut[first:last]) for first, last in sorted(found)))
    return []


def _ends_in_words(text: str) -> bool:
    """Copied text neither begins nor ends with a blank or a stop."""
    return text[0].isalnum() and text[-1].isalnum()


def _begins_idly(text: str) -> bool:
    """The first word can go without a loss: `from next Monday`, but not `in 3 days`."""
    if text[0] in "从到在于":
        return is_time(text[1:])
    _, blank, rest = text.partition(" ")
    return bool(blank) and text.split()[0].lower() in _IDLE and is_time(rest)
