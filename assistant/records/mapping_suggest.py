"""Writes a mapping for a CSV file to begin with: what its columns may be, with examples, for a person to correct."""

import difflib
import json
import re
import tomllib
from collections.abc import Sequence
from functools import cache
from itertools import islice
from pathlib import Path

from assistant.errors import RecordError
from assistant.records.csv_columns import KINDS, CsvKind
from assistant.records.csv_dates import find_order, read_date
from assistant.records.csv_feed_columns import FEED_KINDS, TIMES
from assistant.records.csv_text import CsvRows
from assistant.records.sources import open_source
from assistant.records.unit_names import folded

_ROWS = 500  # looked at for examples, formats and few-valued columns
_ALIKE = 0.86
_FEW = 12  # different texts that are listed one by one
_LISTED = frozenset({"event", "visit_class", "kind", "role"})  # fields with permitted words
_PATTERNS = {"ymd": "YYYY-MM-DD", "dmy": "DD.MM.YYYY", "mdy": "MM/DD/YYYY"}


def suggest_mapping(paths: Sequence[Path]) -> str:
    """A mapping as TOML, a table for each CSV file.

    Raises:
        RecordError: A file has no header with columns.
    """
    head = [
        "# Suggested by `assistant import --suggest-mapping`. Check every line, then:",
        "#   assistant import FILES --mapping THIS_FILE",
    ]
    return "\n".join([*head, *(_table(path) for path in paths)]) + "\n"


def _table(path: Path) -> str:
    """One table."""
    with open_source(path) as stream:
        rows = CsvRows.of(stream)
        cells = [row for _, row in islice(rows, _ROWS)]
    if len(rows.header) < 2:
        raise RecordError(f"{path.name} has no header with two columns or more; expected a CSV file.")
    examples = {title: _filled(cells, place) for place, title in enumerate(rows.header) if title}
    kind, matched = _best_kind(list(examples))
    shape = rows.shape
    lines = ["", "[[table]]", f"files = [{_quoted(path.name.removesuffix('.gz'))}]", f"kind = {_quoted(kind.name)}"]
    lines[-1] += f"  # {kind.means}"
    separator = "tab" if shape.separator == "\t" else shape.separator
    lines += [f"encoding = {_quoted(shape.encoding)}", f"separator = {_quoted(separator)}"]
    lines += [f"decimal = {_quoted(shape.decimal)}", f"header = {shape.header}", *_dates(kind, matched, examples)]
    lines += [f"# zone = {_quoted('Asia/Shanghai')}  # only where the times are not the site's own", ""]
    lines += ["[table.columns]", *_fields(kind, matched, examples)]
    unused = [title for title in examples if title not in matched.values()]
    lines += [f"# not used: {title}  ({_shown(examples[title])})" for title in unused]
    return "\n".join(lines)


def _filled(cells: Sequence[Sequence[str]], place: int) -> list[str]:
    return [row[place].strip() for row in cells if place < len(row) and row[place].strip()]


def _best_kind(titles: Sequence[str]) -> tuple[CsvKind, dict[str, str]]:
    """The kind that most columns fit and whose needed fields are there, and the columns of its fields."""
    rated = [(kind, _matched(kind, titles)) for kind in (*FEED_KINDS, *KINDS)]

    def rating(item: tuple[CsvKind, dict[str, str]]) -> int:
        kind, matched = item
        return len(matched) - 2 * sum(x.required and x.name not in matched for x in kind.columns)

    return max(rated, key=rating)


def _matched(kind: CsvKind, titles: Sequence[str]) -> dict[str, str]:
    """Column by field; the likeliest pairs first, each column once."""
    pairs = []
    for rank, column in enumerate(kind.columns):
        names = _names(kind.name, column.name)
        pairs += [(_likeness(title, names), -rank, column.name, title) for title in titles]
    found: dict[str, str] = {}
    for likeness, _, name, title in sorted(pairs, reverse=True):
        if likeness >= _ALIKE and name not in found and title not in found.values():
            found[name] = title
    return found


def _likeness(title: str, names: Sequence[str]) -> float:
    """1 for a name that is known (earlier ones a little more), less for one that resembles it."""
    plain = _plain(title)
    if plain in names:
        return 1.0 + 0.1 / (1 + names.index(plain))
    if len(plain) < 5 or not plain.isascii():
        return 0.0
    return max((difflib.SequenceMatcher(None, plain, name).ratio() for name in names), default=0.0)


def _plain(title: str) -> str:
    """`Admit Time`, `admitTime` and `ADMIT-TIME` as `admit_time`."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", title)
    return re.sub(r"[\s\-./_]+", "_", folded(split)).strip("_")


@cache
def _names(kind: str, name: str) -> list[str]:
    """What hospitals call a field."""
    known = _known_names()
    return (known.get(f"{kind}.{name}") or known.get(name) or name).split()


@cache
def _known_names() -> dict[str, str]:
    told = tomllib.loads(Path(__file__).with_name("column_names.toml").read_text(encoding="utf-8"))
    return {name: folded(words) for name, words in told.items()}


def _dates(kind: CsvKind, matched: dict[str, str], examples: dict[str, list[str]]) -> list[str]:
    """The order of day and month, where the examples tell; a question where they do not."""
    dated = [x.name for x in kind.columns if x.read in TIMES and x.name in matched]
    texts = [text for name in dated for text in examples[matched[name]] if _is_date(text)]
    if not texts:
        return []
    order = find_order(texts)
    if order:
        return [f"dates = {_quoted(_PATTERNS[order])}"]
    return [f"dates = {_quoted('DD/MM/YYYY')}  # CHECK: {texts[0]!r} may as well be MM/DD/YYYY"]


def _is_date(text: str) -> bool:
    for order in _PATTERNS:
        try:
            read_date(text, order)
        except ValueError:
            continue
        return True
    return False


def _fields(kind: CsvKind, matched: dict[str, str], examples: dict[str, list[str]]) -> list[str]:
    """A line for each field: the column that may be it, or what is missing."""
    lines = []
    for column in kind.columns:
        title = matched.get(column.name)
        if title is None:
            must = "MISSING, needed" if column.required else "none found"
            lines.append(f'# {column.name} = ""  # {must}: {column.means}')
            continue
        texts = examples[title]
        told = _quoted(title)
        different = list(dict.fromkeys(texts))
        if column.name in _LISTED and different and len(different) <= _FEW:
            values = ", ".join(f"{_quoted(text)} = {_quoted(_guess(column.read, text))}" for text in different)
            told = f"{{ column = {_quoted(title)}, values = {{ {values} }} }}"
        lines.append(f"{column.name} = {told}  # {column.means}; e.g. {_shown(texts)}")
    return lines


def _guess(read: object, text: str) -> str:
    """The permitted word for a text, where it is known; else the text, for a person to replace."""
    try:
        return str(read(text)) if callable(read) else text
    except ValueError:
        return text


def _shown(texts: Sequence[str]) -> str:
    return ", ".join(list(dict.fromkeys(text[:30] for text in texts))[:3]).replace("\n", " ") or "always empty"


def _quoted(text: str) -> str:
    """As a TOML string."""
    return json.dumps(text, ensure_ascii=False)
