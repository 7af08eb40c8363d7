"""Finds the unit, item or person that somebody means by a name, in either language, or says which are near."""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from assistant.errors import ToolError
from assistant.records.staff import Person
from assistant.records.stock import StockLevel
from assistant.records.store import Store
from assistant.records.unit_names import alias_in, folded
from assistant.records.units import Unit

Thing = TypeVar("Thing")
_FILLERS = re.compile(r"^(?:the|our|unit|ward)\s+|\s+(?:ward|unit|department|dept\.?|floor)$|(?:病房|病区|科室|科)$")
_SHORT = 2  # characters; so short a name must match exactly, for "3A" and "3B" are near and not the same
_SHOWN = 5


def find_unit(units: Store | Iterable[Unit], name: str) -> Unit:
    """The unit called so: by code, name, Chinese name, alias or the abbreviation in brackets.

    Upper and lower case and full-width letters are the same; "the ICU" and "ICU ward" are the ICU.

    Raises:
        ToolError: `unknown_unit`, with the near codes, if none or more than one is called so.
    """
    known = units.units() if isinstance(units, Store) else list(units)
    return _find(name, {unit.code: unit for unit in known}, _unit_labels, "unit")


def find_item(items: Store | Iterable[StockLevel], name: str) -> StockLevel:
    """The latest count of the item called so, by code or by name in either language.

    Raises:
        ToolError: `unknown_item`, with the near codes.
    """
    known = items.stock() if isinstance(items, Store) else list(items)
    latest = {level.item: level for level in sorted(known, key=lambda level: level.as_of)}
    return _find(name, latest, lambda level: [level.item, level.name, level.name_zh, alias_in(level.name)], "item")


def find_person(people: Store | Iterable[Person], name: str) -> Person:
    """The person called so, by staff id, full name, or a part of the name that only one person has.

    Raises:
        ToolError: `unknown_person`, with the near staff ids.
    """
    known = people.people() if isinstance(people, Store) else list(people)
    by_id = {person.staff: person for person in known}
    try:
        return _find(name, by_id, lambda person: [person.staff, person.name, person.name_zh], "person")
    except ToolError:
        word = folded(name)
        sharing = [person for person in known if word and _has_part(person, word)]
        if len(sharing) == 1:
            return sharing[0]
        if sharing:
            raise _unknown(name, "person", [person.staff for person in sharing], by_id) from None
        raise


def find_by_labels(name: str, labels: Mapping[str, list[str]], what: str) -> str:
    """The key that has the name among its labels (names in either language), by the same rules as units and items.

    Raises:
        ToolError: `unknown_` and `what`, with the near keys.
    """
    return _find(name, {key: key for key in labels}, lambda key: labels[key], what)


def _has_part(person: Person, word: str) -> bool:
    """True if the word is one of the parts of the name, or the Chinese family name."""
    return word in folded(person.name).split() or (len(word) == 1 and person.name_zh.startswith(word))


def _find(name: str, things: Mapping[str, Thing], labels: Callable[[Thing], list[str]], what: str) -> Thing:
    """The one thing with the label; codes go before names, whole names before names without fillers."""
    wanted, bare = folded(name), _bare(name)
    named = {code: {folded(label) for label in labels(thing) if label} for code, thing in things.items()}
    exact = [code for code in things if folded(code) == wanted] or [c for c in named if wanted in named[c]]
    found = exact or [c for c in named if bare and bare in {_bare(label) for label in named[c]}]
    # A part of a name is enough where only one thing has it; the answer names the thing in full.
    found = found or [c for c in named if any(_is_part(wanted, label) for label in named[c])]
    if len(found) == 1:
        return things[found[0]]
    raise _unknown(name, what, found or _near(wanted, named), things)


def _is_part(wanted: str, label: str) -> bool:
    """Two Chinese characters out of a longer label, or Latin words that all stand in it (`N95 masks`)."""
    if not wanted.isascii():
        return len(wanted) >= 2 and wanted in label
    return len(wanted) >= 5 and _words(wanted) <= _words(label)


def _words(text: str) -> set[str]:
    """Its Latin words without a plural s."""
    return {word[:-1] if len(word) > 3 and word.endswith("s") else word for word in re.findall(r"[\w-]+", text)}


def _near(wanted: str, named: Mapping[str, set[str]]) -> list[str]:
    """Codes of the things whose labels resemble the name, best first."""
    if len(wanted) <= _SHORT:
        alike = [code for code, labels in named.items() if any(wanted[:1] and wanted[:1] in x for x in labels)]
        return sorted(alike, key=len)[:_SHOWN]

    def likeness(labels: set[str]) -> float:
        best = max((difflib.SequenceMatcher(None, wanted, label).ratio() for label in labels), default=0.0)
        inside = any(wanted in label or (len(label) > _SHORT and label in wanted) for label in labels)
        return max(best, 0.9 if inside else 0.0)

    rated = sorted(((likeness(labels), code) for code, labels in named.items()), key=lambda x: (-x[0], x[1]))
    return [code for value, code in rated if value >= 0.5][:_SHOWN]


def _unknown(name: str, what: str, near: list[str], things: Mapping[str, Thing]) -> ToolError:
    if near:
        hint = f"Did you mean {', '.join(near)}?"
    elif things:
        hint = f"Known: {', '.join(list(things)[:20])}."
    else:
        hint = f"No {what} is known yet; import records first: assistant import PATH."
    return ToolError(f"Unknown {what} '{name}'. {hint}", code=f"unknown_{what}", near=near)


def _bare(name: str) -> str:
    """The name without `the`, `ward`, `unit`, `病房` and the like, and without a bracketed abbreviation."""
    text = re.sub(r"\s*\([^()]*\)$", "", folded(name))
    while (shorter := _FILLERS.sub("", text).strip()) != text and shorter:
        text = shorter
    return text


def _unit_labels(unit: Unit) -> list[str]:
    return [unit.code, unit.name, unit.name_zh, *unit.aliases, alias_in(unit.name), alias_in(unit.name_zh)]
