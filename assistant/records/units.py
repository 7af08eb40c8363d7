"""Units (wards, ICUs, the emergency department) and their beds."""

from dataclasses import dataclass
from enum import StrEnum


class UnitKind(StrEnum):
    """What a unit is for; decides which patients it may hold and how it is counted."""

    WARD = "ward"
    ICU = "icu"
    STEP_DOWN = "step_down"
    EMERGENCY = "emergency"
    MATERNITY = "maternity"
    PAEDIATRIC = "paediatric"
    OTHER = "other"


class SexRule(StrEnum):
    """Who may share a room: anyone, one sex at a time, or only the named sex."""

    ANY = "any"
    SAME = "same"
    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True)
class Unit:
    """A ward or ICU.

    Attributes:
        code: Short unique name as the feeds write it, e.g. `ICU` or `3B`.
        name: Full English name; name_zh: full Chinese name (may be empty).
        kind: See `UnitKind`.
        service: Clinical service, e.g. `respiratory` (may be empty).
        aliases: Other names people use for it.
        patients_per_nurse_day, patients_per_nurse_night: Highest number of patients for one nurse;
            None where the hospital has not set one.
    """

    code: str
    name: str
    name_zh: str = ""
    kind: UnitKind = UnitKind.WARD
    service: str = ""
    aliases: tuple[str, ...] = ()
    patients_per_nurse_day: float | None = None
    patients_per_nurse_night: float | None = None

    def called(self, language: str) -> str:
        """The unit's name for a reader of `language` (`en` or `zh`), with its code where they differ."""
        name = self.name_zh if language == "zh" and self.name_zh else self.name
        if not name or name == self.code:
            return self.code
        return f"{name}（{self.code}）" if language == "zh" else f"{name} ({self.code})"


@dataclass(frozen=True)
class Bed:
    """One bed place.

    Attributes:
        unit, room, bed: Its address; unique together.
        isolation: The room can isolate (single room; airborne where the hospital says so).
        ventilator: A ventilated patient can be cared for here.
        sex_rule: Who may share the room.
        open: False while the bed is closed (no staff, cleaning, repair).
    """

    unit: str
    room: str
    bed: str
    isolation: bool = False
    ventilator: bool = False
    sex_rule: SexRule = SexRule.SAME
    open: bool = True

    @property
    def address(self) -> str:
        """`unit/room/bed`, unique in the hospital."""
        return f"{self.unit}/{self.room}/{self.bed}"
