"""Whole numbers in words: English and Chinese, in digits with marks ("10,000", "12k", "2.5万") or spelled out."""

import re

_DIGITS_ZH = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "俩": 2, "仨": 3}
_DIGITS_ZH |= {"兩": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9}
_SCALES_ZH = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_MYRIADS_ZH = "万萬"
_ONES_EN = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS_EN = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL_EN = {word: number for number, word in enumerate(_ONES_EN)} | {
    word: 10 * number for number, word in enumerate(_TENS_EN, start=2)
}
_SCALES_EN = {"hundred": 100, "thousand": 1000, "k": 1000, "million": 1_000_000, "mio": 1_000_000}
_WORDS_EN = {word: number for word, number in _SMALL_EN.items() if number <= 12} | {
    "a": 1, "an": 1, "couple of": 2, "a couple of": 2,
}  # fmt: skip
_VAGUE_EN = {"couple": 2, "few": 3, "dozen": 12, "pair": 2}

_DIGITS = re.compile(r"\d+(?:,\d{3})+|\d+(?:\.\d+)?")
_SMALL = "|".join(sorted(_SMALL_EN, key=len, reverse=True))
_PART = rf"(?:\d[\d,]*(?:\.\d+)?|(?:{_SMALL})(?:[- ](?:{'|'.join(_ONES_EN[1:10])}))?|half|a)"
_ENGLISH = re.compile(
    rf"\b{_PART}(?:\s+a)?(?:(?:[\s-]*\b(?:hundred|thousand|million|mio)\b)+|(?<=\d)k\b)"
    rf"(?:(?:\s+and)?[\s-]+{_PART}(?:[\s-]*\b(?:hundred|thousand)\b)?)*"
    rf"|\b(?:{_SMALL})(?:[- ](?:{'|'.join(_ONES_EN[1:10])}))?\b"
)
_CHINESE = re.compile(r"\d+(?:\.\d+)?[百千万萬]+|[零〇一二两兩俩仨三四五六七八九十百千万萬壹贰叁肆伍陆柒捌玖拾佰仟]+")


def number_in_words(text: str) -> int | None:
    """A whole number in digits, small English words or Chinese numerals; None if the text is none of these."""
    if text.isascii() and text.isdigit():
        return int(text)
    if text in _WORDS_EN:
        return _WORDS_EN[text]
    is_chinese = text and all(sign in _DIGITS_ZH or sign in _SCALES_ZH or sign in _MYRIADS_ZH for sign in text)
    return chinese_number(text) if is_chinese else None


def chinese_number(text: str) -> int:
    """A whole number in Chinese numerals below a hundred million (`十四`, `两万五千`, `一百二`); 0 if it is none."""
    for myriad in _MYRIADS_ZH:
        if myriad in text:
            high, _, low = text.partition(myriad)
            rest = chinese_number(low) * 1000 if len(low) == 1 and low in _DIGITS_ZH else chinese_number(low)
            return (chinese_number(high) or 1) * 10_000 + rest
    total = digit = 0
    scale = 1
    for sign in text:
        if sign in _SCALES_ZH:
            scale = _SCALES_ZH[sign]
            total += (digit or 1) * scale
            digit = 0
        elif sign in _DIGITS_ZH:
            digit, scale = _DIGITS_ZH[sign], 1 if sign in "零〇" else scale
    # `一百二` is 120, `十二` is 12: a last digit counts tens of the scale before it.
    return total + digit * (scale // 10 if scale > 10 else 1)


def numbers_said(text: str) -> set[int]:
    """All whole numbers said in a text in lower case: `10,000`, `12k`, `two thousand five hundred`, `2.5万`."""
    found: set[int] = set()
    rest = text
    for pattern, value in ((_CHINESE, _chinese_value), (_ENGLISH, _english_value), (_DIGITS, _digits_value)):
        found |= {number for match in pattern.finditer(rest) if (number := value(match.group())) is not None}
        rest = pattern.sub(" ", rest)
    return found | {number for word, number in _VAGUE_EN.items() if re.search(rf"\b{word}\b", rest)}


def _digits_value(said: str) -> int | None:
    number = float(said.replace(",", ""))
    return int(number) if number == int(number) else None


def _chinese_value(said: str) -> int | None:
    digits = _DIGITS.match(said)
    if not digits:
        return chinese_number(said)
    value = float(digits.group())
    for sign in said[digits.end() :]:
        value *= _SCALES_ZH.get(sign, 10_000)
    return round(value)


def _english_value(said: str) -> int | None:
    """`two thousand five hundred`, `half a million`, `twenty-five`, `12k`, `1.5 million`."""
    total, part = 0.0, 0.0
    for word in re.findall(r"\d[\d,]*(?:\.\d+)?|[a-z]+", said):
        if word[0].isdigit():
            part += float(word.replace(",", ""))
        elif word in _SMALL_EN:
            part += _SMALL_EN[word]
        elif word == "half":
            part += 0.5
        elif word == "a":
            part = part or 1
        elif word == "hundred":
            part = (part or 1) * 100
        elif word in _SCALES_EN:
            total, part = total + (part or 1) * _SCALES_EN[word], 0
    return round(total + part)
