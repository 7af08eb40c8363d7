"""Whole numbers in words: English up to twelve, Chinese numerals below a hundred million."""

_DIGITS_ZH = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "俩": 2}
_SCALES_ZH = {"十": 10, "百": 100, "千": 1000}
_WORDS_EN = {
    word: number
    for number, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
} | {"a": 1, "an": 1, "couple of": 2, "a couple of": 2}


def number_in_words(text: str) -> int | None:
    """A whole number in digits, small English words or Chinese numerals; None if the text is none of these."""
    if text.isascii() and text.isdigit():
        return int(text)
    if text in _WORDS_EN:
        return _WORDS_EN[text]
    is_chinese = text and all(sign in _DIGITS_ZH or sign in _SCALES_ZH or sign == "万" for sign in text)
    return chinese_number(text) if is_chinese else None


def chinese_number(text: str) -> int:
    """A whole number in Chinese numerals below a hundred million (`十四`, `两万五千`, `一百二`); 0 if it is none."""
    if "万" in text:
        high, _, low = text.partition("万")
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
