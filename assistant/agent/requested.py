"""A request made beside a roster, "Chen cannot work nights", as a step of its own after the roster.

A roster's arguments are its unit and days; the understanding step often gives the roster alone. Where the question says
plainly who cannot work which shift, that is supposed upon the roster, by the same tool as any other supposition.
"""

import re
from collections.abc import Sequence

from assistant.llm.descriptions import RawCall
from assistant.records.characters import simplified

_ENGLISH = re.compile(
    r"(?:^|[,;:.]\s*|\b(?:and|but|remember|that|note)\s+)(?:that\s+|please\s+)?"
    r"(?P<who>[A-Z][\w'-]*(?: [A-Z][\w'-]*){0,2})\s+"
    r"(?:cannot|can not|can't|can’t|must not|mustn't|should not|shouldn't|does not|doesn't|won't|may not)\s+"
    r"(?:work|do|be on|take|cover)\s+(?:any\s+|on\s+)?(?P<shift>nights?|earl(?:y|ies)|lates?)(?:\s+shifts?)?\b"
)
_CHINESE = re.compile(
    r"(?:^|[，,；;。：:、\s]|但|且|另外)(?P<who>[\u4e00-\u9fff]{2,4}?|[A-Z]+\d+)(?:护士)?(?:不能|不可以|不可|不宜|不)(?:再)?上"
    r"(?P<shift>夜班|早班|中班|晚班|白班|大夜班|小夜班)"
)
_NOBODY = frozenset({"I", "We", "They", "She", "He", "You", "Nobody", "Everybody", "Who", "Somebody", "They all"})
_NOBODY_ZH = frozenset({"我们", "他们", "大家", "护士", "谁都", "有人", "哪些"})


def with_requests(calls: Sequence[RawCall], question: str) -> list[RawCall]:
    """The calls, and after a roster what the question rules out for a person by name, if nothing is supposed yet."""
    names = [call.name for call in calls]
    if names.count("plan_staffing") != 1 or "what_if" in names:
        return list(calls)
    said = [*_ENGLISH.finditer(question), *_CHINESE.finditer(simplified(question))]
    people = [(m["who"], m["shift"]) for m in said if m["who"] not in _NOBODY | _NOBODY_ZH]
    asked = [RawCall("what_if", {"change": "forbid", "who": who, "shift": shift}) for who, shift in people]
    place = names.index("plan_staffing") + 1
    return [*calls[:place], *asked, *calls[place:]]
