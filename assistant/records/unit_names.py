"""Finds the unit that a feed means, and makes one where no file has declared it."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from assistant.records.units import Unit, UnitKind

_ALIAS = re.compile(r"\(([^()]+)\)\s*$|（([^（）]+)）\s*$")
_LONGEST = 120  # characters of a unit's name; what is longer is no name, and too long for an index
_KINDS = (  # first match wins: a neonatal intensive care unit is an ICU, an intermediate one is step-down
    (UnitKind.STEP_DOWN, ("step-down", "stepdown", "step down", "intermediate", "imcu", "过渡")),
    (UnitKind.ICU, ("intensive care", "icu", "critical care", "coronary care", "ccu", "重症", "监护")),
    (UnitKind.EMERGENCY, ("emergency", "casualty", "急诊")),
    (UnitKind.MATERNITY, ("maternity", "obstetric", "labor", "labour", "postpartum", "产科")),
    (UnitKind.PAEDIATRIC, ("pediatric", "paediatric", "children", "nursery", "儿科")),
    (UnitKind.OTHER, ("lounge", "pacu", "recovery", "operating", "unknown")),
)


def folded(name: str) -> str:
    """The name in one spelling: narrow letters, lower case, single blanks, full-width brackets as plain ones."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(plain.split())


def alias_in(name: str) -> str:
    """The abbreviation in brackets at the end of a name, e.g. `MICU`; empty if there is none."""
    match = _ALIAS.search(name)
    return (match.group(1) or match.group(2)).strip() if match else ""


def guess_kind(name: str) -> UnitKind:
    """Kind of a unit of which only the name is known; a guess that `units.csv` can overrule."""
    plain = folded(name)
    for kind, words in _KINDS:
        if any(word in plain for word in words):
            return kind
    return UnitKind.WARD


class UnknownUnitError(ValueError):
    """A feed names a unit that no file has declared, and the site wants only declared ones."""


class UnitBook:
    """Codes of units by the names that feeds write.

    Units that a file declared are found by code, name or alias; units that a feed named, by that name only, so that
    the order of messages does not matter.

    Args:
        units: The units known so far.
        closed: No unit is made; a name that none has is an error.
    """

    def __init__(self, units: Iterable[Unit], closed: bool = False) -> None:
        self._closed = closed
        self._codes: dict[str, str] = {}
        self._written: dict[str, str] = {"": "", '""': ""}
        self.made: dict[str, dict[str, Any]] = {}
        named = sorted(units, key=lambda unit: unit.code)
        for unit in named:
            self._codes[folded(unit.code)] = unit.code
        for unit in named:
            for name in (unit.name, unit.name_zh, *unit.aliases):
                if name and not _only_alias(unit, name):
                    self._codes.setdefault(folded(name), unit.code)

    def code(self, written: str) -> str:
        """Code of the unit; a new one, as written, if no unit is called so.

        Raises:
            UnknownUnitError: No unit is called so, and none may be made.
        """
        found = self._written.get(written)
        if found is None:
            found = self._codes.get(folded(written)) or self._make(" ".join(written.split()))
            self._written[written] = found
        return found

    def known(self, written: str) -> str:
        """Code of the unit if one is called so; empty otherwise, and none is made."""
        return self._codes.get(folded(written), "") if written else ""

    def described(self, code: str, name: str, aliases: Iterable[str] = (), kind: str = "") -> str:
        """Code of a unit that a file describes; it is made, with all its names, if no unit has any of them."""
        names = [code, name, *aliases]
        found = next((self._codes[folded(x)] for x in names if folded(x) in self._codes), "")
        if found or not code:
            return found
        said = "|".join(dict.fromkeys(x for x in (*aliases, alias_in(name)) if x and x not in (code, name)))
        row = {"unit": code, "name": name, "kind": kind or guess_kind(name).value, "aliases": said, "declared": True}
        self.made[code] = {**row, "name_zh": "", "service": ""}
        for x in names:
            self._codes.setdefault(folded(x), code)
        return code

    def _make(self, code: str) -> str:
        code = code[:_LONGEST].strip()
        if not code:
            return ""
        if self._closed:
            near = difflib.get_close_matches(folded(code), self._codes, n=3)
            hint = f"near: {', '.join(self._codes[name] for name in near)}" if near else "none is near"
            raise UnknownUnitError(f"unit {code!r} is in no units.csv ({hint}); add it, or its alias, and import that")
        kind = guess_kind(code).value
        row = {"unit": code, "name": code, "kind": kind, "aliases": alias_in(code), "declared": False}
        self.made[code] = {**row, "name_zh": "", "service": ""}
        self._codes[folded(code)] = code
        return code


def _only_alias(unit: Unit, name: str) -> bool:
    """True for the bracketed alias of a unit that only a feed has named."""
    return unit.code == unit.name and name == alias_in(unit.code)
