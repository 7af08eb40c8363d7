"""Which clause a figure stands in, and what it is said of there."""

import re
from collections.abc import Sequence

from assistant.agent.claims import Mention

_SENTENCE_END = re.compile(r"\n|[!?。！？]|\.(?=\s|$)")
_CLAUSE_END = re.compile(
    r";|[,、](?=\s|[^\d])(?!\s?在)|\s(?:and|but|while|whereas|though|although|then)\s|\n|[!?。！？]|\.(?=\s|$)|而(?!且)|但是?",
    re.IGNORECASE,
)
# A date holds up to a semicolon, a unit to the end of the sentence: "ICU: 14 on 20 Oct; 51 in the week before".
_HALF_END = re.compile(rf";|{_SENTENCE_END.pattern}")
_UP = re.compile(
    r"(?<![A-Za-z])(?:above|over(?! the (?:next|last|coming|past|week|day|month|period))|exceed\w*|more|higher|up"
    r"|ris\w+|rose|increas\w+|grow\w*|grew|highest|most|peak\w*|longest)(?![A-Za-z])"
    r"|超过|高于|达到|多于|比\S{0,6}多|上升|增加|最高|最多|高峰|最久|最长",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"(?<![A-Za-z])(?:below|under|fewer|less|lower|down|fall\w*|fell|drop\w*|decreas\w+|declin\w+|lowest|least|fewest"
    r"|shortest)(?![A-Za-z])|低于|少于|未达到|未超过|不到|比\S{0,6}少|下降|减少|最低|最少|最短",
    re.IGNORECASE,
)
# "At most" and "no more than" give a bound; "at or above" goes one way only.
_NO_WAY = re.compile(
    r"(?<![A-Za-z])(?:at most|at least|no more than|not more than|up to)(?![A-Za-z])|最多(?=负责)", re.I
)
_TIE = re.compile(r"(?:\(|(?<![A-Za-z])(?:on|in|at|for)|在|出现在|,\s?在)\s*(?:[A-Z][a-z]+,?\s)?$")
_BACK = re.compile(
    r"\s*(?:It|Its|They|That|This|There|The (?:unit|ward)|Of (?:these|them))(?![A-Za-z])|\s*(?:该|其|它|那里)"
)
_DONE = r"(?:ordered|approved|booked|cancell?ed|notified|informed|rejected|transferred|discharged|admitted|moved)"
_DEED = re.compile(
    rf"(?<![A-Za-z])(?:has|have|had|was|were|is|are|been|being)\s+(?:now |already |been )*{_DONE}(?![A-Za-z])"
    rf"|(?<![A-Za-z])I(?:'ve| have)? (?:{_DONE}|changed)(?![A-Za-z])"
    r"|已经?(?:批准|下单|订购|预订|通知|修改|更改|取消|驳回|转出|转入|安排妥当|执行)",
    re.IGNORECASE,
)


def direction(text: str) -> frozenset[str]:
    """Which way a text points: `up` (above, more, highest), `down`, both or neither."""
    text = _NO_WAY.sub(" ", text)
    return frozenset(way for way, pattern in (("up", _UP), ("down", _DOWN)) if pattern.search(text))


class Clauses:
    """A text cut at its commas and ends of sentences, with what is named in it.

    Args:
        text: Made plain by `normal`.
        found: Its mentions, in order.
    """

    def __init__(self, text: str, found: Sequence[Mention]) -> None:
        self._text, self._found = text, found
        self._sentences = _spans(text, _SENTENCE_END)
        self._clauses = _spans(text, _CLAUSE_END)
        self._lines = _spans(text, re.compile(r"\n"))
        self._halves = _spans(text, _HALF_END)

    def around(self, mention: Mention) -> str:
        """The clause that a mention stands in."""
        start, end = _span_of(self._clauses, mention.start)
        return self._text[start:end]

    def deeds(self) -> list[str]:
        """What the text says has been done: nothing has, unless a fact says so."""
        return [match[0].lower() for match in _DEED.finditer(self._text)]

    def subjects(self, mention: Mention, kinds: Sequence[str]) -> list[Mention]:
        """Of each kind the one that a mention is said of, where the text names any.

        In its own clause the nearest before it, else the nearest after it; else the last before it in the sentence.
        """
        found = [self._subject(mention, kind) for kind in kinds]
        return [subject for subject in found if subject is not None]

    def beside(self, mention: Mention, kind: str) -> Mention | None:
        """A mention of this kind that follows or precedes at once, with a bracket or comma between at most."""
        near = [
            other
            for other in self._found
            if other.kind == kind
            and (0 <= other.start - mention.end <= 2 or 0 <= mention.start - other.end <= 2)
            # What ends the line before belongs to that line.
            and "\n" not in self._text[min(other.end, mention.end) : max(other.start, mention.start)]
        ]
        return near[0] if near else None

    def _subject(self, mention: Mention, kind: str) -> Mention | None:
        clause = _span_of(self._clauses, mention.start)
        here = [other for other in self._of(kind, clause) if other.start != mention.start]
        if kind == mention.kind:  # a patient's code is held against a room's, not against another patient's
            here = [other for other in here if _is_long(other) != _is_long(mention)]
        before = [other for other in here if other.end <= mention.start]
        after = [other for other in here if other.start >= mention.end]
        # "24 (Fri 9 Oct)", "24 on Fri 9 Oct": what is so tied to the figure goes before what was named earlier.
        if after and (not before or self._tied(mention, after[0])):
            return after[0]
        if before:
            return before[-1]
        if kind == mention.kind:
            return None
        spans = self._halves if kind in {"date", "weekday"} else self._sentences
        earlier = self._of(kind, (_span_of(spans, mention.start)[0], mention.start))
        return earlier[-1] if earlier else None

    def carried(self, mention: Mention) -> Mention | None:
        """The unit that was named last in an earlier sentence of the line, which this one may still be about."""
        line, sentence = _span_of(self._lines, mention.start), _span_of(self._sentences, mention.start)
        earlier = self._of("unit", (line[0], sentence[0]))
        return earlier[-1] if earlier and mention.kind in {"number", "percent"} else None

    def refers_back(self, mention: Mention) -> bool:
        """Whether the sentence begins with a word for what was named before: `It has ...`, `该病区`."""
        start, end = _span_of(self._sentences, mention.start)
        return _BACK.match(self._text[start:end]) is not None

    def _tied(self, figure: Mention, other: Mention) -> bool:
        """Whether only a bracket or a preposition, and no other figure, stands between the two."""
        between = self._text[figure.end : other.start]
        return len(between) < 30 and not re.search(r"\d", between) and _TIE.search(between) is not None

    def _of(self, kind: str, span: tuple[int, int]) -> list[Mention]:
        here = [
            other for other in self._found if other.kind == kind and span[0] <= other.start and other.end <= span[1]
        ]
        # A weekday beside a date says no more than the date.
        return [other for other in here if kind != "weekday" or self.beside(other, "date") is None]


def _is_long(mention: Mention) -> bool:
    """Codes of patients and proposals are long, those of rooms and beds short."""
    return len(mention.value) > 6


def _spans(text: str, end: re.Pattern[str]) -> list[tuple[int, int]]:
    """The stretches between the matches of `end`; together they cover the text."""
    spans, start = [], 0
    for match in end.finditer(text):
        spans.append((start, match.end()))
        start = match.end()
    return [*spans, (start, len(text) + 1)]


def _span_of(spans: Sequence[tuple[int, int]], place: int) -> tuple[int, int]:
    return next((span for span in spans if span[0] <= place < span[1]), spans[-1])
