"""How people type: short forms, slips of the fingers, small letters, no stop at the end, a greeting before."""

import random
import re

from assistant.tuning.slots import lists

_WORD = re.compile(r"[A-Za-z]{4,}")
_SLOT = re.compile(r"(\{[a-z]+2?\})")
# Whole questions in another voice: how often each happens.
SHORTENED, SLIPPED, SLIPPED_ZH, OPENED, CLOSED, SMALL, BARE = 0.08, 0.13, 0.05, 0.12, 0.08, 0.2, 0.3
# Times may not be shortened: they are copied, and have to be understood afterwards.
_TIMES = frozenset({"tomorrow", "tonight", "today", "yesterday", "weekend"})
_LOOKS_OR_SOUNDS_ALIKE = (
    "在再",
    "做作",
    "的得",
    "急及",
    "床窗",
    "班般",
    "护户",
    "预与",
    "测侧",
    "多夺",
    "排牌",
    "够购",
)


def mistyped(wording: str, language: str, draw: random.Random) -> str:
    """The wording (slots still open) as it may be typed; slots stay as they are."""
    if language == "en" and draw.random() < SHORTENED:
        wording = _between_slots(wording, lambda text: _shortened(text, draw))
    if draw.random() < (SLIPPED if language == "en" else SLIPPED_ZH):
        slip = _slip if language == "en" else _slip_zh
        parts = _SLOT.split(wording)
        place = draw.choice([place for place, part in enumerate(parts) if not _SLOT.fullmatch(part)])
        parts[place] = slip(parts[place], draw)
        wording = "".join(parts)
    if draw.random() < OPENED:
        opener = draw.choice(lists(language)["openers"])
        wording = opener + (" " if language == "en" else "") + wording
    if draw.random() < CLOSED:
        closer = draw.choice(lists(language)["closers"])
        wording = (wording.rstrip("?.!？。！") if closer[0] in "?.!，？。！…" else wording) + closer
    elif draw.random() < BARE:
        wording = wording.rstrip("?.!？。！")
    elif draw.random() < BARE and wording[-1] not in "?.!？。！":
        wording += "?" if language == "en" else draw.choice("？?")
    return wording


def smaller(text: str, language: str, draw: random.Random) -> bool:
    """Whether all is typed in small letters."""
    return language == "en" and draw.random() < SMALL


def _between_slots(wording: str, change) -> str:  # type: ignore[no-untyped-def]
    return "".join(part if _SLOT.fullmatch(part) else change(part) for part in _SLOT.split(wording))


def _shortened(text: str, draw: random.Random) -> str:
    for word, short in lists("en")["abbreviations"].items():
        if word not in _TIMES and draw.random() < 0.5:
            text = re.sub(rf"\b{word}\b", short.replace("\\", ""), text)
    return text


def _slip(text: str, draw: random.Random) -> str:
    """One letter left out, doubled, swapped with its neighbour or hit beside its key, in a word of four or more."""
    words = [match for match in _WORD.finditer(text) if match.group().lower() not in _COPIED]
    if not words:
        return text
    match = draw.choice(words)
    word = match.group()
    place = draw.randint(1, len(word) - 2)
    kind = draw.choice(("drop", "double", "swap", "swap", "beside"))
    if kind == "drop":
        word = word[:place] + word[place + 1 :]
    elif kind == "double":
        word = word[:place] + word[place] + word[place:]
    elif kind == "swap":
        word = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    else:
        word = word[:place] + draw.choice(_BESIDE.get(word[place].lower(), word[place])) + word[place + 1 :]
    return text[: match.start()] + word + text[match.end() :]


# Words that carry a time or a number: a slip there would change what is meant.
_COPIED = frozenset(
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "tomorrow",
        "tonight",
        "today",
        "yesterday",
        "week",
        "weeks",
        "weekend",
        "month",
        "months",
        "days",
        "fortnight",
        "hours",
        "morning",
        "evening",
        "night",
        "noon",
        "midnight",
        "three",
        "four",
        "five",
        "seven",
        "eight",
        "nine",
        "twelve",
        "fourteen",
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "next",
        "last",
        "past",
        "since",
        "nights",
        "late",
        "early",
        "another",
        "twenty",
        "thirty",
        "hundred",
        "thousand",
    ]
)
_BESIDE = {"a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "k": "jl",
           "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb",
           "w": "qe", "y": "tu"}  # fmt: skip


def _slip_zh(text: str, draw: random.Random) -> str:
    """One character that is written for another."""
    for pair in draw.sample(_LOOKS_OR_SOUNDS_ALIKE, len(_LOOKS_OR_SOUNDS_ALIKE)):
        if pair[0] in text:
            return text.replace(pair[0], pair[1], 1)
    return text
