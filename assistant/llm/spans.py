"""What a question offers for copying: its words in a row, and the numbers it can mean.

An argument is copied, never invented: names and times are stretches of the user's own words, and a number of days
must follow from a number or a length of time that was said. Both are known before the language model is asked, so
that its output can be held to them.
"""

import math
import re
import unicodedata
from collections.abc import Sequence

from assistant.records.characters import simplified
from assistant.records.numerals import chinese_number, number_in_words, numbers_said
from assistant.records.times import is_time

# One piece is a run of letters and digits (with inner hyphens, dots, slashes: `7-B`, `2026-03-14`, `8:00`), a single
# Chinese character, or a single other character; copied text begins and ends at the border of a piece.
# A possessive ('s) is no part of the name before it; in Chinese a date may follow a code at once (ICU3月2日).
_PIECE = re.compile(
    r"[^\W\d\u3400-\u9fff_]+(?=\d{1,4}[年月日号点])"
    r"|[^\W\u3400-\u9fff_]+(?:[-./:'’&+](?!s\b)[^\W\u3400-\u9fff_]+)*|\s+|.",
    re.UNICODE,
)
# Not copyable: what would need escaping inside JSON text, halves of characters that no encoding can write, and what
# would be read as the markup around a message or a call.
_UNCOPYABLE = re.compile(r"[\"\\\x00-\x1f\x7f\ud800-\udfff]+|</?tool_call>|<\|\w*\|>", re.IGNORECASE)

_IDLE = frozenset({"on", "at", "by", "from", "since", "until", "till", "in", "for", "the"})
_LENGTHS = {"hour": 1 / 24, "hr": 1 / 24, "h": 1 / 24,
            "day": 1, "night": 1, "d": 1, "week": 7, "wk": 7, "fortnight": 14,
            "month": 30, "weekend": 2}  # fmt: skip
# These say nothing without a number: a night may be a shift.
_COUNTED_ONLY = frozenset({"day", "night", "hour", "hr", "h", "d"})
_ENGLISH_LENGTH = re.compile(
    r"(?:(\d+(?:\.\d+)?|[a-z]+(?:-(?:one|eight))?)(?:\s+(?:of|more|full|whole|coming))*[\s-]*)?\b"
    r"(hour|hr|day|night|week|wk|fortnight|month|weekend)s?\b"
    # Right behind a figure there is no border of a word: `72h`, `14d`.
    r"|(?<![\w.])(\d+)(h|d|hrs?|wks?)\b"
)
# A half more than a whole number: `two and a half weeks`, `一个半月`, `两周半`.
_HALF_MORE = re.compile(r"\b(\d+|[a-z]+) and a half (hour|day|week|month)s?\b")
_HALF_MORE_ZH = re.compile(
    r"(\d+|[一二两三四五六七八九十]+)个半(小时|星期|礼拜|月)|(\d+|[一二两三四五六七八九十]+)个?(天|周|星期|礼拜|月)半(?!个|天|月)"
)
_CHINESE_DATE = re.compile(r"\d+月(?:\d+[日号])?|\d+[日号](?!间)|(?:周|星期|礼拜)[一二三四五六日天]")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_ENGLISH_DATE = re.compile(
    rf"\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\b|\b{_MONTH}\s+\d{{1,2}}\b|\d{{4}}-\d\d?-\d\d?|\d\d?:\d\d|[a-z]\d+|\d+(?![khd]\b)[a-z]"
    r"|\d+(?=[东西南北楼层病床区号])"
)
_CHINESE_LENGTH = re.compile(r"(\d+|[零〇一二两俩三四五六七八九十半]+)?个?(小时|天|日|晚|周末|周|星期|礼拜|月)")
_LENGTHS_ZH = {"小时": 1 / 24, "天": 1, "日": 1, "晚": 1, "周末": 2, "周": 7, "星期": 7, "礼拜": 7, "月": 30}
# One, said without a figure.
_ONE = re.compile(
    r"\b(?:an?|another|extra|single|one more|someone|somebody)\b|[加减少多缺再][个名位张床人]|有人|有个|某|又来"
)
# A shift as it is called: what stands before the word, or the word alone where nothing else can be meant.
_SHIFT_KIND = (
    r"(?:long |short |half )?(?:day|night|late|early|evening|morning|afternoon|twilight|weekend|swing|graveyard)"
)
_SHIFT = re.compile(
    rf"\b{_SHIFT_KIND}(?= ?-?(?:shift|duty|duties|turn)s?\b)"
    rf"|\b(?:nights|earlies|lates|evenings|mornings|afternoons|long days?|{_SHIFT_KIND})\b"
    r"|(?:大夜|小夜|前夜|后夜|上夜|下夜)班?|[早中晚夜白]班|(?<!\d)日班|通宵班?|[PNAD]班",
    re.IGNORECASE,
)
# Changes said without a figure, in percent.
_CHANGES = {"double": 100, "doubles": 100, "doubled": 100, "twice": 100, "翻倍": 100, "翻一番": 100, "翻番": 100,
            "half": 50, "halve": 50, "halves": 50, "halved": 50, "一半": 50, "减半": 50,
            "triple": 200, "triples": 200}  # fmt: skip
_TENTHS = re.compile(r"(\d+|[一二两三四五六七八九])成")
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
            only where no length was said; every other argument with numbers. `amount` is 1 where one was said
            without a figure ("a nurse calls in sick", "加张床").
        texts: The question, then earlier ones, the last first.
    """
    plain = [_without_dates(simplified(normal(text)).lower()) for text in texts]
    if argument in {"days", "weeks"}:
        return sorted(_lengths(argument, plain))
    for text in plain:
        found = {number for number in numbers_said(text) if number > 0}
        if argument == "amount":
            found = _amounts(text, found)
        if found:
            return sorted(found)
    return []


def _lengths(argument: str, texts: Sequence[str]) -> set[int]:
    """Lengths said in the question; else its numbers ("make it 21") and the lengths said before ("and the CCU?")."""
    bare: set[int] = set()
    for place, text in enumerate(texts):
        found = lengths_in_days(text)
        if argument == "weeks":
            found = {round(days / 7) for days in found if days >= 7}
        numbers = {number for number in numbers_said(text) if number > 0}
        if found or (place and numbers):
            return (found or numbers) | bare
        bare = bare or numbers
    return bare


def _amounts(text: str, numbers: set[int]) -> set[int]:
    """What `amount` may be: the numbers, lengths in days ("a week late"), percentages in words, or one."""
    found = numbers | {days for days in lengths_in_days(text) if days > 0}
    found |= {percent for word, percent in _CHANGES.items() if re.search(rf"(?<![a-z]){word}(?![a-z])", text)}
    found |= {10 * (int(tenths) if tenths.isdigit() else chinese_number(tenths)) for tenths in _TENTHS.findall(text)}
    return found or ({1} if _ONE.search(text) else set())


def _without_dates(text: str) -> str:
    """The text without dates, clock times and names like `7b`, whose numbers count nothing."""
    return _CHINESE_DATE.sub(" ", _ENGLISH_DATE.sub(" ", text))


def lengths_said(question: str) -> set[int]:
    """Lengths of time said in one question, in days."""
    return lengths_in_days(_without_dates(simplified(normal(question)).lower()))


def lengths_in_days(text: str) -> set[int]:
    """Lengths of time said in the text (lower case), in days; part of a day counts as one."""
    found, text = _half_more(text)
    for before, word, figure, letter in _ENGLISH_LENGTH.findall(text):
        amount, length = before or figure, word or letter.rstrip("s")
        said = float(amount) if amount[:1].isdigit() else max(numbers_said(amount), default=0)
        if said or length not in _COUNTED_ONLY:
            found.add(math.ceil((said or 1) * _LENGTHS[length]))
    for amount, length in _CHINESE_LENGTH.findall(text):
        if amount == "半":
            found.add(math.ceil(_LENGTHS_ZH[length] / 2))
        elif amount or _LENGTHS_ZH[length] > 1:
            count = int(amount) if amount.isdigit() else chinese_number(amount) or 1
            found.add(math.ceil(count * _LENGTHS_ZH[length]))
    ahead = next((days for words, days in _AHEAD.items() if words in text), 0)
    return found | ({ahead} if ahead and not found else set())


def _half_more(text: str) -> tuple[set[int], str]:
    """Lengths with a half at their end, in days, and the text without them."""
    found = set()
    for amount, length in _HALF_MORE.findall(text):
        if count := number_in_words(amount):
            found.add(math.ceil((count + 0.5) * _LENGTHS[length]))
    for match in _HALF_MORE_ZH.finditer(text):
        amount, length = (part for part in match.groups() if part)
        found.add(math.ceil(((number_in_words(amount) or 0) + 0.5) * _LENGTHS_ZH[length]))
    return found, _HALF_MORE_ZH.sub(" ", _HALF_MORE.sub(" ", text))


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


def shifts_in(texts: Sequence[str]) -> list[str]:
    """The shifts named in the first text that names any (`night`, `long day`, `夜班`).

    Args:
        texts: The question, then earlier ones, the last first.
    """
    for text in map(normal, texts):
        found = [match.group() for match in _SHIFT.finditer(text)]
        if found:
            return list(dict.fromkeys(found))
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
