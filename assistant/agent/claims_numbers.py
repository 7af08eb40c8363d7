"""Reads figures: numbers and percentages in digits and words, with what they count; codes that hold digits."""

import re
from collections.abc import Sequence

from assistant.agent.claims_reading import Mention, Reading, figure_key
from assistant.records.numerals import chinese_number, numbers_said

_IDENTIFIER = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z0-9/_-]*[A-Za-z])(?=[A-Za-z0-9/_-]*\d)[A-Za-z0-9]+(?:[/_-][A-Za-z0-9]+)*"
)
_SMALL = (
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
# A figure written together with its unit is a figure, not a code.
_WITH_UNIT = re.compile(r"(\d+)(h|hrs?|mins?|d|days?|ml|mg|g|kg|s|st|nd|rd|th|x|k)", re.IGNORECASE)
# "8 in 10" is one claim; "14 patients in 16 beds" are two.
_SHARE = re.compile(
    rf"(?<![A-Za-z\d.,-])(\d+|{_SMALL}) in (?:every )?(\d+|{_SMALL}|hundred|thousand)(?![A-Za-z\d])", re.IGNORECASE
)
_LIST_MARK = re.compile(r"(?m)^\s*\d{1,2}[.)](?=\s)")
_FRACTION = re.compile(r"(?<![\d.])(\d)\s?\u2044\s?(\d)(?!\d)")
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.])(?P<digits>\d{1,3}(?:[,' \u2009]\d{3})+(?!\d)|\d+)(?P<decimals>\.\d+)?"
    r"(?P<scale>\s?(?:(?:k|thousand|million|billion)(?![A-Za-z])|[百千万亿]+))?"
    r"(?P<percent>\s?(?:%|per\s?cent(?![A-Za-z])|percent(?:age points?)?(?![A-Za-z])|个百分点))?",
    re.IGNORECASE,
)
_SCALES = {"k": 1e3, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_SIGNS = {"百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
_WORDS = re.compile(
    rf"(?<![A-Za-z-])((?:(?:{_SMALL}|hundred|thousand|million)(?:[\s-]+(?:and\s+)?)?)+|a (?:hundred|thousand|million))"
    r"(?![A-Za-z])(?P<percent>\s?per\s?cent)?",
    re.IGNORECASE,
)
# Words that mean an amount without a numeral; none of them may be said unless a fact says it.
_AMOUNTS_EN = re.compile(
    r"(?<![A-Za-z])(half(?: of)?|halved|halves|(?:a|one|two|three)[ -](?:thirds?|quarters?|fifths?)|twice|doubled?"
    r"|trebled?|tripled?|(?:half )?a dozen|dozens|hundreds|thousands|scores|a couple of|a pair of|two-?fold)"
    r"(?![A-Za-z])",
    re.IGNORECASE,
)
_AMOUNTS_ZH = re.compile(
    r"(?P<part>[零一二两三四五六七八九十百]+)分之(?P<of>[零一二两三四五六七八九十百点]+|[\d.]+)|(?P<tenths>[一二两三四五六七八九])成(?!立|为|功|本|员|人|绩)"
    r"|(?P<times>[一二两三四五六七八九十\d]+)倍|翻(?:了)?(?:一)?番|翻倍|一半|半数|过半|[几数上]十|[数上]百|[十百千][几余多]|[一二三四五六七八九]十[几余多]"
)
_HAN = "零〇一二两三四五六七八九十百千万俩仨"
_COUNTERS = "名位张个天人小时次剂种条班项间台周月岁分秒件支袋瓶盒包双卷片升例床类版级米克元页单"
# Numerals before what they count, and longer ones wherever they stand; 十分 and 万一 are words. Figures in digits have
# been read before, and are blank (`九至16名`).
_HAN_COUNT = re.compile(
    rf"(?<![周期拜第月每])(?!十分(?!钟)|万一|千万)"
    rf"([{_HAN}]+(?=\s?[{_COUNTERS}]|[至到][\s\d{_HAN}]|\s*(?:[。,;、!?)]|$))|[{_HAN}]*[十百千万][{_HAN}]+|[{_HAN}]+[十百千万][{_HAN}]*)"
)
# 一 alone mostly means "a" (哪一天, 一条); before people and beds it counts.
_HAN_ONE = frozenset("名张位")
_COUNTED = (
    r"(?:free |open |more |fewer |surge |closed |waiting )?"
    r"(?:patient|bed|nurse|shift|day|week|hour|item|dose|night|unit)s?"
)
_ONE = re.compile(rf"(?<![A-Za-z-])(?:one(?= {_COUNTED}\b)|only one|one more|one in(?= ))(?![A-Za-z])", re.IGNORECASE)
_NOTHING = re.compile(
    rf"(?<![A-Za-z])(?:no|not a single|not any)(?= (?:more |further |other )?{_COUNTED}\b)"
    r"|(?<![A-Za-z])(?:nobody|no one|none)(?![A-Za-z])"
    r"|(?:没有|无)(?=(?:任何|一[名张位个]|可用的?)?(?:空床|床位|空余|患者|病人|护士|人在?等|加床))|零(?=[名张位个])",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"(?<![A-Za-z])(?:is|are|was|were|completely|fully|entirely|totally) full(?! of)(?![A-Za-z])"
    r"|已?(?:住满|满员|全满|爆满)|没有空位",
    re.IGNORECASE,
)

_NOUNS_EN = {
    "patient": r"patients?|people|persons?",
    "bed": r"beds?|places?|bays?",
    "nurse": r"nurses?|staff",
    "shift": r"(?:nurse )?shifts?",
    "night": r"nights?",
    "day": r"days?",
    "week": r"weeks?",
    "hour": r"h|hours?|hrs?",
    "minute": r"min|minutes?|mins?",
    "second": r"seconds?",
    "admission": r"admissions?",
    "discharge": r"discharges?",
    "arrival": r"(?:emergency )?arrivals?",
    "transfer": r"transfers?",
    "stay": r"stays?",
    "unit": r"units?|wards?",
    "wish": r"wish|wishes|requests?",
    "item": r"items?",
}  # fmt: skip
_QUALITY = (
    r"(?:more|further|fewer|additional|other|extra|of the|of its|of|its|waiting|open|staffed|available|nurse|night)"
)
_NOUN_EN = re.compile(
    rf"\s*(?:{_QUALITY}\s+)*(?P<mod>free|empty|vacant|unoccupied|closed|surge|occupied)?\s*"
    rf"(?:{_QUALITY}\s+)*(?:{'|'.join(f'(?P<{noun}>{words})' for noun, words in _NOUNS_EN.items())})\b"
    r"(?:\s+(?:are |is |stand |remain )?(?P<after>free|empty|vacant|closed))?",
    re.IGNORECASE,
)
_BARE_MOD = re.compile(r"\s*(?P<mod>free|empty|vacant)\b", re.IGNORECASE)
_NOUNS_ZH = (
    (re.compile(r"[名位个]?(?:患者|病人)"), "patient"),
    (re.compile(r"[名位个]?护士"), "nurse"),
    (re.compile(r"张?(?:空床|空余|空闲|剩余)"), "bed/free"),
    (re.compile(r"张?加床"), "bed/surge"),
    (re.compile(r"张?(?:关闭的?|停用的?)(?:床位|床)?"), "bed/closed"),
    (re.compile(r"张"), "bed"),
    (re.compile(r"个?(?:护士)?班次|个班"), "shift"),
    (re.compile(r"个?夜班"), "night"),
    (re.compile(r"小时"), "hour"),
    (re.compile(r"分钟"), "minute"),
    (re.compile(r"天"), "day"),
    (re.compile(r"人次(?:的)?入院"), "admission"),
    (re.compile(r"人次(?:的)?出院"), "discharge"),
    (re.compile(r"人次(?:的)?(?:急诊)?就诊"), "arrival"),
    (re.compile(r"人次(?:的)?转入"), "transfer"),
    (re.compile(r"个?病区"), "unit"),
    (re.compile(r"种"), "item"),
    (re.compile(r"项"), "wish"),
)
_BEFORE_FREE = re.compile(r"(?:空余|空床|剩余|空闲|空着)(?:床位)?(?:有|为|共|还有|约)?\s*$")
_FREE = {"free", "empty", "vacant", "unoccupied"}


def read_numbers(reading: Reading) -> None:
    """Codes first, since they hold digits; then amounts in words, figures in digits, figures in words."""
    reading.take(_LIST_MARK, lambda match: [])
    reading.take(_IDENTIFIER, _identifier)
    reading.take(_SHARE, _share)
    reading.take(_AMOUNTS_ZH, _amount_zh)
    reading.take(_FRACTION, lambda m: [Mention("number", f"{m[1]}/{m[2]}", m.start(), m.end())])
    reading.take(_NUMBER, lambda match: _digits(match, reading))
    reading.take(_AMOUNTS_EN, lambda m: [Mention("number", _amount_en(m[1]), m.start(), m.end())])
    reading.take(_ONE, lambda match: [_figure(1, match, reading)])
    reading.take(_NOTHING, lambda match: [_figure(0, match, reading)])
    reading.take(_FULL, lambda match: [Mention("number", "0", match.start(), match.end(), "bed/free")])
    reading.take(_WORDS, lambda match: _words(match, reading))
    reading.take(_HAN_COUNT, lambda match: _han(match, reading))


def _identifier(match: re.Match[str]) -> Sequence[Mention] | None:
    """Codes that mix letters and digits (`V-7f3a9c21`, `3A-07`); a figure with its unit (`11h`) is left to read."""
    if re.fullmatch(r"\d+(?:-\d+)?[kK]?|\d+-(?:bed|day|hour|week|patient|nurse|night|month|year)s?", match[0]):
        return None
    with_unit = _WITH_UNIT.fullmatch(match[0])
    if with_unit and with_unit[2].lower() != "k":
        noun = _noun_of_unit(with_unit[2].lower())
        return [Mention("number", with_unit[1], match.start(), match.end(), noun)]
    return [Mention("identifier", match[0].lower(), match.start(), match.end())]


def _share(match: re.Match[str]) -> list[Mention]:
    part, whole = (int(word) if word.isdigit() else max(numbers_said(word.lower())) for word in match.groups())
    return [Mention("number", f"{part}/{whole}", match.start(), match.end())]


def _noun_of_unit(unit: str) -> str:
    for noun, forms in (("hour", {"h", "hr", "hrs"}), ("minute", {"min", "mins"}), ("day", {"d", "day", "days"})):
        if unit in forms:
            return noun
    return ""


def _digits(match: re.Match[str], reading: Reading) -> list[Mention]:
    value = float(re.sub(r"[,' \u2009]", "", match["digits"]) + (match["decimals"] or ""))
    scale = (match["scale"] or "").strip().lower()
    for word in [scale] if scale.isascii() else list(scale):
        value *= _SCALES.get(word, _SIGNS.get(word, 1.0))
    return [_figure(round(value, 9), match, reading, bool(match["percent"]))]


def _words(match: re.Match[str], reading: Reading) -> list[Mention] | None:
    said = match[1].strip().lower()
    if said in {"one", "hundred", "thousand", "million"}:
        return None  # "no one", "one of them"; "hundreds" is an amount
    numbers = numbers_said(said)
    return [_figure(number, match, reading, bool(match["percent"])) for number in sorted(numbers)]


def _han(match: re.Match[str], reading: Reading) -> list[Mention] | None:
    word = match[1]
    if word == "一" and reading.text[match.end() :].lstrip()[:1] not in _HAN_ONE:
        return None
    return [_figure(chinese_number(word.replace("俩", "两").replace("仨", "三")), match, reading)]


def _amount_zh(match: re.Match[str]) -> list[Mention]:
    """`八成` and `百分之八十` are percentages; halves, thirds and multiples keep their words."""
    place = (match.start(), match.end())
    if match["tenths"]:
        return [Mention("percent", str(10 * chinese_number(match["tenths"])), *place)]
    if match["part"] == "百":
        return [Mention("percent", figure_key(_decimal_zh(match["of"])), *place)]
    if match["part"]:
        return [Mention("number", f"{figure_key(_decimal_zh(match['of']))}/{chinese_number(match['part'])}", *place)]
    halves = {"一半": "1/2", "半数": "1/2", "过半": "1/2"}
    return [Mention("number", halves.get(match[0], match[0]), *place)]


def _decimal_zh(text: str) -> float:
    """`八十三`, `三点五`, `83.5`."""
    if text[0].isdigit():
        return float(text.rstrip("."))
    whole, _, rest = text.partition("点")
    return chinese_number(whole) + sum(chinese_number(digit) / 10**place for place, digit in enumerate(rest, start=1))


def _amount_en(said: str) -> str:
    said = said.lower()
    return "1/2" if said.startswith("hal") and "dozen" not in said else said


def _figure(value: float, match: re.Match[str], reading: Reading, percent: bool = False) -> Mention:
    """A figure with what it counts: the noun after it, or a Chinese word before it."""
    kind = "percent" if percent else "number"
    text, end = reading.whole, match.end()
    noun = "" if percent else _noun_after(text[end : end + 60])
    if noun in {"", "bed"} and _BEFORE_FREE.search(text[max(0, match.start() - 8) : match.start()]):
        noun = "bed/free"
    return Mention(kind, figure_key(value), match.start(), end, noun)


def _noun_after(text: str) -> str:
    found = _NOUN_EN.match(text)
    if found:
        noun = next(name for name in _NOUNS_EN if found[name])
        word = (found["mod"] or found["after"] or "").lower()
        return f"{noun}/{'free' if word in _FREE else word}" if noun == "bed" and word and word != "occupied" else noun
    if _BARE_MOD.match(text):
        return "bed/free"
    for pattern, noun in _NOUNS_ZH:
        if pattern.match(text):
            return noun
    return ""
