"""Finds out in which encoding a text is written when nothing says so, for the encodings hospitals' exports use.

UTF-8 and UTF-16 prove themselves. Between GB18030, Big5 and Windows-1252 nothing is proof: almost any bytes can be
read as each. What decides is whether the characters that come out are ones that people write: frequent Chinese ones,
or single accented letters among plain ones. Other encodings have to be told.
"""

import codecs
import re

_ODD = re.compile(r"[^\x00-\x7f]+")
_LETTERS = re.compile(r"[^\W\d_]")


def find_encoding(sample: bytes) -> str:
    """Python's name of the encoding of a text's beginning; the sample may be cut inside a character."""
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if _decodes(sample, "utf-8"):
        return "utf-16-le" if sample[1:200:2].count(0) > len(sample[:200]) // 4 else "utf-8"
    scores = {"gb18030": _chinese(sample, "gb18030"), "big5": _chinese(sample, "big5"), "cp1252": _western(sample)}
    best = max(scores, key=lambda name: scores[name])
    return best if _decodes(sample, best) else "latin-1"


def decode_unknown(raw: bytes) -> tuple[str, str]:
    """The text, and the encoding it was found to be in (`utf-8` for all of its forms)."""
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        encoding = find_encoding(raw)
        return raw.decode(encoding, errors="replace"), encoding


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _chinese(sample: bytes, encoding: str) -> float:
    """Share of the characters beyond ASCII that are frequent Chinese ones; below zero if the bytes are no such text."""
    if not _decodes(sample, encoding):
        return -1.0
    odd = "".join(_ODD.findall(codecs.getincrementaldecoder(encoding)().decode(sample)))
    return sum(_is_frequent(char, encoding) for char in odd) / max(1, len(odd))


def _is_frequent(char: str, encoding: str) -> bool:
    """True for the frequent rows of each character set: level 1 of GB 2312 and of Big5, and their punctuation."""
    try:
        raw = char.encode("gb2312" if encoding == "gb18030" else "big5")
    except UnicodeEncodeError:
        return False
    if encoding == "big5":
        return len(raw) == 2 and 0xA1 <= raw[0] <= 0xC6
    return len(raw) == 2 and (0xB0 <= raw[0] <= 0xD7 or 0xA1 <= raw[0] <= 0xA3)


def _western(sample: bytes) -> float:
    """Share of the characters beyond ASCII that stand alone or in twos beside plain letters, as accented ones do."""
    if not _decodes(sample, "cp1252"):
        return -1.0
    text = sample.decode("cp1252", errors="replace")
    runs = list(_ODD.finditer(text))
    alone = sum(len(run.group()) for run in runs if len(run.group()) <= 2 and _beside_letter(text, run))
    return alone / max(1, sum(len(run.group()) for run in runs))


def _beside_letter(text: str, run: re.Match[str]) -> bool:
    around = text[max(0, run.start() - 1) : run.start()] + text[run.end() : run.end() + 1]
    return bool(_LETTERS.search(around))
