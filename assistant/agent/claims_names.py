"""Reads names: units, people and items that the records know, and words that look like a name they do not."""

import re
from collections.abc import Sequence

from assistant.agent.claims_reading import WHOLE, Mention, Reading

_WHOLE = re.compile(
    r"(?<![A-Za-z])(?:the )?whole hospital(?![A-Za-z])|(?<![A-Za-z])(?:the|our) hospital (?=has|had|is\b|was|holds)"
    r"|hospital[- ]wide|全院|整个医院",
    re.IGNORECASE,
)
# A specialty with what makes it a unit; those that the records know have been read before.
_UNIT_ZH = re.compile(
    r"(?:神经|心胸|胸|泌尿|肾|血液|内分泌|风湿|感染|消化|呼吸|心血管|心|肝胆|骨|眼|耳鼻喉|口腔|皮肤|康复|老年|新生儿|儿|妇产|妇"
    r"|产|肿瘤|放疗|急诊|创伤|烧伤|整形|普通|普|脊柱|疼痛|中医|精神|心理|麻醉|重症|监护|冠心病|过渡)"
    r"(?:内|外)?(?:医学科|监护室|监护病房|科|病区|病房|中心)"
)
_PERSON_ZH = re.compile(r"(?:护士长?|医生|医师|主任|同事)([\u4e00-\u9fff]{2,3}?)(?=[上在于值的、,。;]|$)")
_CAPITAL = re.compile(r"(?<![A-Za-z0-9'])[A-Z][A-Za-z]*(?:['-][A-Za-z]+)*(?![A-Za-z0-9])")
_ACRONYM = re.compile(r"[A-Z]{2,}s?")
_TITLE = re.compile(r"(?:Mr|Mrs|Ms|Dr|Nurse|Sister|Professor|Prof)\.?\s+$")
# After these a lower-case name of a unit says what kind of patients is meant, not where (`emergency arrivals`).
_KIND_OF = re.compile(r"\s+(?:arrivals?|admissions?|bays?|beds?|cases?|patients?)(?![A-Za-z])", re.IGNORECASE)
# What a sentence begins after; a capital there says nothing.
_BEGINS = re.compile(r"(?:^|[.!?:;\n\"“”‘'(\[*•>#-])\s*$")
_NO_NAMES = frozenset({"I", "OK", "AM", "PM", "A"})


def read_names(reading: Reading) -> None:
    """Units, people and items by any of their names; the whole hospital where a unit could stand."""
    reading.take(_WHOLE, lambda match: [Mention("unit", WHOLE, match.start(), match.end())])
    names = reading.names
    if names.pattern is None:
        return

    def known(match: re.Match[str]) -> Sequence[Mention] | None:
        said = match[0].casefold()
        kind, key = names.meanings.get(said) or names.meanings[said.removesuffix("s")]
        # A lower-case word such as `surgery` may be the unit or the thing; codes and Chinese names are names.
        soft = kind == "unit" and match[0].isascii() and match[0].isalpha() and match[0].islower()
        if soft and _KIND_OF.match(reading.whole, match.end()):
            return None
        return [Mention(kind, key, match.start(), match.end(), soft=soft)]

    reading.take(names.pattern, known)


def read_proper_names(reading: Reading) -> None:
    """Names that nobody declared: capitals within a sentence, a person after a title, a Chinese department."""
    for pattern, kind, group in ((_UNIT_ZH, "name", 0), (_PERSON_ZH, "name", 1)):
        for match in pattern.finditer(reading.text):
            reading.found.append(Mention(kind, match[group], match.start(group), match.end(group)))
    parts = reading.names.name_parts
    for match in _CAPITAL.finditer(reading.text):
        word, before = match[0], reading.whole[max(0, match.start() - 12) : match.start()]
        begins = bool(_BEGINS.search(before)) and not _TITLE.search(before)
        named = bool(_ACRONYM.fullmatch(word)) or word in parts or not begins or _goes_on(reading, match)
        if named and word not in _NO_NAMES:
            reading.found.append(Mention("name", word.casefold(), match.start(), match.end()))


def _goes_on(reading: Reading, match: re.Match[str]) -> bool:
    """A second capital follows at once: `Maria Lopez` at the beginning of a sentence."""
    return re.match(r" [A-Z][a-z]", reading.text[match.end() : match.end() + 3]) is not None
