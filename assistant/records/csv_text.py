"""Finds out how a CSV file is written: encoding, separator, decimal sign, and the line of its header."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, cast

from assistant.records.encodings import find_encoding

_SEPARATORS = ",;\t|"
_SAMPLE = 262_144
_LONGEST = 4_000  # characters of a line that are looked at; far below the longest cell that `csv` reads
_COMMA = re.compile(r"-?\d{1,3}(?:[.\s'\u00a0]?\d{3})*,\d{1,2}\Z|-?\d+,\d+\Z")
_POINT = re.compile(r"-?\d{1,3}(?:[,\s'\u00a0]?\d{3})*\.\d+\Z|-?\d+\.\d+\Z")
_NAMES = {"\t": "tab", " ": "blank"}


@dataclass(frozen=True)
class CsvShape:
    """How a CSV file is written.

    Attributes:
        encoding: Python's name.
        separator: Between cells.
        decimal: `.` or `,`.
        header: Line of the header, from 1; lines before it are titles.
        found: What of this nobody has told, in the order above.
    """

    encoding: str = "utf-8"
    separator: str = ","
    decimal: str = "."
    header: int = 1
    found: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """True for UTF-8 with commas and points, the documented way."""
        return self.encoding.startswith("utf-8") and (self.separator, self.decimal, self.header) == (",", ".", 1)

    def said(self) -> str:
        """In words, e.g. `encoding cp1252, separator ;, decimal sign ,`."""
        separator = _NAMES.get(self.separator, self.separator)
        sign = f"decimal sign {self.decimal}, header in line {self.header}"
        return f"encoding {self.encoding}, separator {separator}, {sign}"


def find_shape(sample: bytes, encoding: str = "", separator: str = "", decimal: str = "", header: int = 0) -> CsvShape:
    """How a file is written, by its beginning; what is told is taken as told."""
    told = {"encoding": encoding, "separator": separator, "decimal": decimal, "header": header}
    found_encoding = encoding or find_encoding(sample)
    text = codecs.getincrementaldecoder(found_encoding)("replace").decode(sample).lstrip("\ufeff")
    lines = [line[:_LONGEST] for line in text.splitlines()[:80]]
    stated = lines[0][4:5] if lines and lines[0].lower().startswith("sep=") else ""  # Excel's own hint
    first = 2 if stated else 1
    found_separator = separator or stated or _separator(lines[first - 1 :])
    rows = list(csv.reader(lines, delimiter=found_separator))
    line = header or _header_line(rows, first)
    cells = [cell.strip() for row in rows[line:] for cell in row]
    found_decimal = decimal or _decimal(cells)
    missing = tuple(name for name, value in told.items() if not value)
    return CsvShape(found_encoding, found_separator, found_decimal, line, missing)


def _separator(lines: Sequence[str]) -> str:
    """The one that cuts most lines into the same number of cells, and into more than one."""

    def rating(separator: str) -> tuple[float, int]:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if row)
        width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1], item[0]), default=(1, 0))
        share = count / max(1, sum(widths.values()))
        return (share if width > 1 else 0.0, width)

    return max(_SEPARATORS, key=rating)


def _header_line(rows: Sequence[Sequence[str]], first: int) -> int:
    """The first line with as many filled cells as most lines have cells; titles above a table have fewer."""
    widths = Counter(len(row) for row in rows[first - 1 :] if row)
    width = widths.most_common(1)[0][0] if widths else 1
    for number, row in enumerate(rows[first - 1 :], start=first):
        if sum(bool(cell.strip()) for cell in row) >= max(1, width - 1) and len(row) == width:
            return number
    return first


def _decimal(cells: Sequence[str]) -> str:
    """A comma if more numbers are written with one than with a point."""
    commas = sum(bool(_COMMA.match(cell)) for cell in cells)
    points = sum(bool(_POINT.match(cell)) for cell in cells)
    return "," if commas > points else "."


@dataclass
class CsvRows:
    """The rows of a CSV file, read as they are asked for.

    Attributes:
        shape: How it is written.
        header: Names of the columns, without blanks around them.
    """

    shape: CsvShape
    header: list[str]
    _reader: Iterator[list[str]]
    _text: io.TextIOWrapper

    @classmethod
    def of(
        cls, stream: BinaryIO, encoding: str = "", separator: str = "", decimal: str = "", header: int = 0
    ) -> "CsvRows":
        """Open a stream of bytes; what is told of its shape is not looked for."""
        sample = stream.read(_SAMPLE)
        shape = find_shape(sample, encoding, separator, decimal, header)
        joined = cast(BinaryIO, io.BufferedReader(_Joined(sample, stream)))
        text = io.TextIOWrapper(joined, encoding=shape.encoding, errors="replace", newline="")
        reader = csv.reader(text, delimiter=shape.separator)
        titles: list[str] = []
        for _ in range(shape.header):
            titles = next(reader, [])
        names = [name.lstrip("\ufeff").strip() for name in titles]
        while names and not names[-1]:  # a separator at the end of each line
            names.pop()
        return cls(replace(shape, header=shape.header), names, reader, text)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of each row that is not empty.

        Raises:
            csv.Error: A cell is longer than any is, as where a quotation mark is not closed.
        """
        line = self.shape.header
        for cells in self._reader:
            line = getattr(self._reader, "line_num", line + 1)
            if any(cell.strip() for cell in cells):
                yield line, [cell.replace("\x00", "") for cell in cells]  # PostgreSQL holds no zeros

    def as_text(self, cells: Sequence[str]) -> str:
        """A row with its header above it, for quarantine: a CSV file of its own."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.header)
        writer.writerow(cells)
        return out.getvalue()


class _Joined(io.RawIOBase):
    """A stream whose beginning was read already."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = io.BytesIO(head), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._head.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)
