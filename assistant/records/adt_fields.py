"""Single fields of ADT messages, as far as they need no more than themselves."""

import hashlib
import re

from assistant.records.hl7 import Segment

SEX = {"F": "F", "M": "M", "FEMALE": "F", "MALE": "M", "女": "F", "男": "M", "2": "F", "1": "M", "W": "F"}
DELETED = '""'  # HL7's way to say that a value is gone, as against not told

_LONGEST_KEY = 250  # characters; control ids have 20 to 199, and an index row cannot be long


def key_of(header: Segment, site: str) -> str:
    """Sender and control id; empty if the sender gave no control id."""
    if not header.text(10):
        return ""
    key = "|".join([site, header.text(3), header.text(4), header.text(10)])
    return key if len(key) <= _LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


def offset_of(sent: str) -> str:
    """Offset of MSH-7: it holds for all times of the message that give none."""
    match = re.search(r"[+-]\d{4}\Z", sent) if len(sent) > 8 else None
    return match.group() if match else ""


def year_of(text: str) -> int | None:
    """Year of a date of birth; None where it is none."""
    digits = text[:4]
    return int(digits) if len(digits) == 4 and digits.isdigit() and int(digits) > 1850 else None


def needs_of(more: Segment | None) -> str | None:
    """Accommodation codes of PV2-2; None if nothing is said, empty if they are taken back."""
    if more is None or not more.raw(2):
        return None
    codes = [code.upper() for code in more.repetitions(2) if code and code != DELETED]
    return "~".join(sorted(set(codes)))


def acuity_of(more: Segment | None) -> int | None:
    """Patient status of PV2-40 as acuity, 1 to 5; None where it says nothing else."""
    text = more.text(40) if more else ""
    return int(text) if text in {"1", "2", "3", "4", "5"} else None
