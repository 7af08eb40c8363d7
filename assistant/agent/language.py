"""The language a question is asked in, and text made safe to handle."""

import re
import unicodedata

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def language_of(text: str) -> str:
    """`zh` if any Chinese character stands in the text (unit codes and names may be Latin), else `en`."""
    return "zh" if _HAN.search(text) else "en"


def clean(text: str) -> str:
    """The question without control, zero-width and direction-changing characters, in NFC, white space folded."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    text = "".join(c if unicodedata.category(c) != "Cc" or c in "\n\t" else " " for c in text)
    return re.sub(r"\s+", " ", text).strip()
