"""Reads the public shift-scheduling instances (Curtois and Qu 2014, text form) and writes rosters beside them."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

from assistant.errors import RecordError
from assistant.plan.roster.problem import FREE, Cover, Person, Request, Roster, RosterProblem, Shift

_SECTIONS = {
    "HORIZON": 1,
    "SHIFTS": 2,
    "STAFF": 8,
    "DAYS_OFF": 1,
    "SHIFT_ON_REQUESTS": 4,
    "SHIFT_OFF_REQUESTS": 4,
    "COVER": 5,
}
"""Fewest fields of a line of each section."""

_Lines = dict[str, list[list[str]]]


def read_instance(path: Path) -> RosterProblem:
    """Reads one instance.

    Raises:
        RecordError: The file is missing or has lines that cannot be read; all faults at once.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(f"{path} cannot be read as an instance of shift scheduling: {error}") from error
    faults: list[str] = []
    lines = _lines_by_section(text, faults)
    faults += [f"SECTION_{name} is missing or empty." for name in ("HORIZON", "SHIFTS", "STAFF") if not lines[name]]
    if faults:
        raise RecordError(f"{path} is not an instance of shift scheduling", faults[:20])
    try:
        return _problem(lines, path.stem)
    except ValueError as error:
        raise RecordError(f"{path}: a whole number was expected: {error}") from error


def _lines_by_section(text: str, faults: list[str]) -> _Lines:
    lines: _Lines = {name: [] for name in _SECTIONS}
    section = ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("SECTION_"):
            section = line.removeprefix("SECTION_")
            if section not in _SECTIONS:
                faults.append(f"line {number}: section {section} is not known; known: {', '.join(_SECTIONS)}.")
            continue
        fields = [part.strip() for part in line.split(",")]
        if section not in _SECTIONS or len(fields) < _SECTIONS[section]:
            faults.append(f"line {number}: {line!r} does not fit section {section or '(none yet)'}.")
            continue
        lines[section].append(fields)
    return lines


def _problem(lines: _Lines, name: str) -> RosterProblem:
    off: dict[str, set[int]] = {}
    for fields in lines["DAYS_OFF"]:
        off.setdefault(fields[0], set()).update(int(day) for day in fields[1:] if day)
    unknown = sorted(off.keys() - {fields[0] for fields in lines["STAFF"]})
    if unknown:
        raise RecordError(f"{name}: days off for people who are not staff: {', '.join(unknown[:5])}")
    return RosterProblem(
        days=int(lines["HORIZON"][0][0]),
        shifts=[Shift(f[0], int(f[1]), frozenset(_parts("|".join(f[2:3])))) for f in lines["SHIFTS"]],
        people=[_person(fields, frozenset(off.get(fields[0], ()))) for fields in lines["STAFF"]],
        requests=[
            Request(f[0], int(f[1]), f[2], int(f[3]), wanted)
            for section, wanted in (("SHIFT_ON_REQUESTS", True), ("SHIFT_OFF_REQUESTS", False))
            for f in lines[section]
        ],
        cover=[Cover(int(f[0]), f[1], int(f[2]), int(f[3]), int(f[4])) for f in lines["COVER"]],
        name=name,
    )


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


def _person(fields: list[str], off: frozenset[int]) -> Person:
    most = {}
    for part in _parts(fields[1]):
        kind, _, number = part.partition("=")
        most[kind.strip()] = int(number)
    longest, least, in_row, least_in_row, least_off, weekends = (int(field) for field in fields[2:8])
    return Person(fields[0], most, longest, least, in_row, least_in_row, least_off, weekends, off)


def _as_text(problem: RosterProblem, rows: dict[str, list[str]]) -> str:
    return "".join(f"{name} {' '.join(cell or '-' for cell in row)}\n" for name, row in rows.items())


def _as_json(problem: RosterProblem, rows: dict[str, list[str]]) -> str:
    return json.dumps(rows) + "\n"


def _as_xml(problem: RosterProblem, rows: dict[str, list[str]]) -> str:
    root = ElementTree.Element("Roster")
    for name, row in rows.items():
        person = ElementTree.SubElement(root, "Employee", ID=name)
        for day, cell in enumerate(row):
            if cell:
                given = ElementTree.SubElement(person, "Assign")
                ElementTree.SubElement(given, "Day").text = str(day)
                ElementTree.SubElement(given, "Shift").text = cell
    return ElementTree.tostring(root, encoding="unicode") + "\n"


_FORMS: dict[str, Callable[[RosterProblem, dict[str, list[str]]], str]] = {
    ".csv": _as_text,  # the benchmark's scorer reads cells parted by blanks, whatever the ending
    ".txt": _as_text,
    ".json": _as_json,
    ".roster": _as_xml,
    ".xml": _as_xml,
}


def check_form(path: Path) -> None:
    """Raises RecordError unless the ending of `path` is one that `write_roster` knows."""
    if path.suffix.lower() not in _FORMS:
        raise RecordError(f"--out needs a file ending in {', '.join(_FORMS)}; got {path}")


def write_roster(problem: RosterProblem, roster: Roster, path: Path) -> None:
    """Writes a roster whole or not at all: a line of cells per person, a JSON object of lists, or Roster XML.

    Args:
        problem: What the roster is for.
        roster: Shift numbers, people x days.
        path: Its ending says the form: `.csv` and `.txt` cells parted by blanks, `.json`, `.roster` or `.xml`.
    """
    check_form(path)
    names = [shift.name for shift in problem.shifts]
    rows = {
        person.name: ["" if shift == FREE else names[shift] for shift in roster[number]]
        for number, person in enumerate(problem.people)
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    draft.write_text(_FORMS[path.suffix.lower()](problem, rows), encoding="utf-8")
    draft.replace(path)
