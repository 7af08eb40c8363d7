"""Words that stand for all units of the hospital, as the unit of a question or somewhere in a longer text."""

import re

from assistant.records.unit_names import folded

_WHOLE = re.compile(
    r"(?:(?:the |our )?(?:whole|entire) (?:house|hospital)|(?:all|every|each)(?: of)?(?: the| our)?"
    r"(?: (?:units?|wards?|departments?))?|house[- ]?wide|hospital[- ]?wide|(?:the |our )?(?:house|hospital))"
    r"|全院|(?:整个|全)医院|医院|(?:所有|全部|各个?|每个|全院各?)(?:的)?(?:病区|病房|科室|科|单元|护理单元)?"
)
_SAID = re.compile(
    r"\b(?:whole|entire) (?:house|hospital)\b"
    r"|\b(?:all|every|each)(?: of)?(?: the| our)? (?:units?|wards?|departments?)\b"
    r"|\b(?:house|hospital)[- ]?wide\b|全院|整个医院|(?:所有|全部|各个?|每个)(?:病区|病房|科室|护理单元)"
)


def means_house(said: str) -> bool:
    """Whether the words stand for all units: `the whole house`, `all wards`, `所有病区`."""
    words = folded(said)
    return bool(_WHOLE.fullmatch(words)) or words.startswith("全院")


def house_said(text: str) -> str:
    """The words of a longer text that stand for all units; empty if there are none."""
    found = _SAID.search(folded(text))
    return found.group() if found else ""
