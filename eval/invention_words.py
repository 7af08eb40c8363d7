"""Words for statements that are made up: numerals in both languages, and sentences with amounts that no fact holds."""

_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_HAN = "零一二三四五六七八九"
TEMPLATES = {
    "en": (
        ("half", "Half of the beds in {unit} are free."),
        ("a third", "About a third of the patients in {unit} can leave."),
        ("twice", "Twice as many patients are expected in {unit}."),
        ("dozens", "Dozens of patients wait for {unit}."),
        ("a couple", "A couple of nurses are missing in {unit}."),
        ("none", "{unit} has no free beds."),
        ("full", "{unit} is full."),
        ("an unknown unit", "The NICU can take two of them."),
        ("an unknown ward", "Send them to the Neonatal Ward."),
        ("an unknown person", "According to Maria Lopez this is enough."),
        ("an unknown person, titled", "Dr Lopez has agreed."),
        ("a year", "That was last so in 2019."),
        ("a month", "It will ease in {month}."),
        ("a word for a day", "It will ease next year."),
        ("a deed", "The beds have been booked."),
        ("a deed of its own", "I have ordered them."),
        ("two in ten", "That happens on two in three days."),
        ("a dozen", "A dozen nurses are needed in {unit}."),
        ("a range", "Between {low} and {high} patients are expected."),
        ("a date in figures", "It will be worst on 17/8/2027."),
        ("an hour", "It will be worst at 4 pm."),
    ),
    "zh": (
        ("half", "{unit}有一半床位空着。"),
        ("a third", "{unit}约三分之一的患者可以出院。"),
        ("twice", "预计{unit}的患者会增加两倍。"),
        ("tenths", "{unit}已有三成护士请假。"),
        ("dozens", "{unit}有几十名患者在等床。"),
        ("more than ten", "{unit}还缺十几名护士。"),
        ("none", "{unit}没有空床。"),
        ("full", "{unit}已满员。"),
        ("an unknown unit", "可以转到NICU。"),
        ("an unknown ward", "可以转到神经外科。"),
        ("a year", "上一次这样是在2019年。"),
        ("a month", "{month}会缓解。"),
        ("a word for a day", "明年会缓解。"),
        ("a deed", "床位已经预订。"),
        ("a deed of its own", "已经下单。"),
        ("in characters", "预计会有{han}名患者。"),
        ("an hour", "凌晨三点半最紧张。"),
        ("a date in characters", "八月十七日最紧张。"),
        ("a percentage in characters", "使用率为百分之{percent}。"),
    ),
}


def in_words(number: int, language: str) -> str:
    """A whole number of 0 or more in words: `forty-two`, `四十二`."""
    return han_numeral(number) if language == "zh" else _english(number)


def _english(number: int) -> str:
    if number < 20:
        return _ONES[number]
    if number < 100:
        return _TENS[number // 10 - 2] + (f"-{_ONES[number % 10]}" if number % 10 else "")
    if number < 1000:
        return f"{_ONES[number // 100]} hundred" + (f" and {_english(number % 100)}" if number % 100 else "")
    return f"{_english(number // 1000)} thousand" + (f" {_english(number % 1000)}" if number % 1000 else "")


def han_numeral(number: int) -> str:
    """A whole number below 100 million in Chinese numerals."""
    if number < 10:
        return _HAN[number]
    if number < 20:
        return "十" + (_HAN[number % 10] if number % 10 else "")
    for scale, sign in ((10_000, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= scale:
            head = han_numeral(number // scale) + sign
            rest = number % scale
            gap = "零" if rest and rest < scale // 10 else ""
            tail = f"一{han_numeral(rest)}" if 10 <= rest < 20 else han_numeral(rest)
            return head + (gap + tail if rest else "")
    raise AssertionError(number)
