"""The bed board of the simulated hospital: which bed a patient may take, who waits, and cleaning between patients."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import simpy

from assistant.records.units import Bed, SexRule
from assistant.sample.casemix import CRITICAL_UNITS
from assistant.sample.hospital import OUTLIER_WARDS
from assistant.sample.patients import Visit

# From leaving to ready: a published programme cut the mean from 75 to 45 minutes; isolation rooms take longer.
CLEANING_MINUTES, ISOLATION_CLEANING_MINUTES = 50, 85


@dataclass(eq=False)
class Request:
    """A patient who needs a bed in `unit`.

    Attributes:
        since: Simulation second of the request.
        priority: Smaller goes first; then who has waited longer.
        granted: Happens when `bed` is reserved.
        wide: Wards of the same group are taken too.
    """

    visit: Visit
    unit: str
    since: float
    priority: int
    granted: simpy.Event
    bed: Bed | None = None
    wide: bool = False

    def units(self) -> Iterator[str]:
        """Units to try, best first: the wished one, then its group, then (from critical care) the next stage's."""
        yield self.unit
        if not self.wide:
            return
        here = self.visit.bed.unit if self.visit.bed else ""
        yield from (unit for unit in OUTLIER_WARDS.get(self.unit, ()) if unit != here)
        if here in CRITICAL_UNITS and len(self.visit.stages) > 1:
            yield self.visit.stages[1][0]


class BedBoard:
    """Beds with who lies in them, and the queue for them."""

    def __init__(
        self, env: simpy.Environment, beds: list[Bed], random: Random, pause: Callable[[float], simpy.Timeout]
    ) -> None:
        """All open beds start clean and empty; `pause` waits seconds and ends off the full minute."""
        self._env, self._random, self._pause = env, random, pause
        self.free: dict[str, list[Bed]] = {}
        self.open_beds: dict[str, int] = {}
        for bed in beds:
            self.free.setdefault(bed.unit, [])
            self.open_beds[bed.unit] = self.open_beds.get(bed.unit, 0) + bed.open
            if bed.open:
                self.free[bed.unit].append(bed)
        self.present: dict[str, int] = dict.fromkeys(self.free, 0)
        self._sexes: dict[tuple[str, str], list[str]] = {(bed.unit, bed.room): [] for bed in beds}
        self.waiting: list[Request] = []

    def request(self, visit: Visit, unit: str, priority: int) -> Request:
        """Ask for a bed; `granted` happens at once if there is a suitable one."""
        request = Request(visit, unit, self._env.now, priority, self._env.event())
        self.waiting.append(request)
        self._try(request)
        return request

    def withdraw(self, request: Request) -> None:
        """The patient no longer needs the bed; one already reserved becomes free again."""
        if request in self.waiting:
            self.waiting.remove(request)
        elif request.bed:
            self._sexes[request.bed.unit, request.bed.room].remove(request.visit.patient.sex)
            self._make_ready(request.bed)

    def enter(self, request: Request) -> None:
        """The patient lies down in the bed reserved before; the one left behind is cleaned."""
        visit, bed = request.visit, request.bed
        assert bed is not None, "a patient enters a bed that was granted"
        if visit.bed is not None:
            self._vacate(visit)
        visit.bed = bed
        self.present[bed.unit] += 1

    def leave(self, visit: Visit) -> None:
        """The patient leaves the hospital."""
        self._vacate(visit)
        visit.bed = None

    def waiting_longer_than(self, seconds: float) -> list[Request]:
        """Open requests of this age, in the order of their turn."""
        return [request for request in sorted(self.waiting, key=_turn) if self._env.now - request.since > seconds]

    def widen(self, seconds: float) -> None:
        """Let those who have waited longer than this take a bed in another ward of the group."""
        for request in self.waiting_longer_than(seconds):
            request.wide = True
            self._try(request)

    def crowding(self, unit: str) -> float:
        """Share of the unit's open beds with a patient."""
        return self.present[unit] / self.open_beds[unit]

    def _vacate(self, visit: Visit) -> None:
        bed = visit.bed
        assert bed is not None, "a patient without a bed cannot vacate one"
        self.present[bed.unit] -= 1
        self._sexes[bed.unit, bed.room].remove(visit.patient.sex)
        self._env.process(self._clean(bed))

    def _clean(self, bed: Bed) -> Generator[simpy.Event, Any, None]:
        minutes = ISOLATION_CLEANING_MINUTES if bed.isolation else CLEANING_MINUTES
        yield self._pause(60 * minutes * self._random.uniform(0.6, 1.6))
        self._make_ready(bed)

    def _make_ready(self, bed: Bed) -> None:
        self.free[bed.unit].append(bed)
        for request in sorted(self.waiting, key=_turn):
            if request.unit == bed.unit or (request.wide and bed.unit in request.units()):
                self._try(request)

    def _try(self, request: Request) -> None:
        for unit in request.units():
            bed = self._best_bed(request.visit, unit)
            if bed is None:
                continue
            self.free[unit].remove(bed)
            self._sexes[unit, bed.room].append(request.visit.patient.sex)
            self.waiting.remove(request)
            request.bed = bed
            request.granted.succeed()
            return

    def _best_bed(self, visit: Visit, unit: str) -> Bed | None:
        suitable = [bed for bed in self.free[unit] if self._suits(visit, bed)]
        return min(suitable, key=lambda bed: self._waste(visit, bed), default=None)

    def _suits(self, visit: Visit, bed: Bed) -> bool:
        """Hard rules; in the emergency department every bay must do."""
        if bed.unit == "ED":
            return True
        if (visit.isolation and not bed.isolation) or (visit.ventilator and not bed.ventilator):
            return False
        others = self._sexes[bed.unit, bed.room]
        return bed.sex_rule is not SexRule.SAME or visit.patient.sex in others or not others

    def _waste(self, visit: Visit, bed: Bed) -> tuple[int, str, str]:
        """What the choice wastes: scarce beds for patients who do not need them, and empty rooms."""
        isolation = 8 * (bed.isolation != visit.isolation)
        ventilator = 4 * (bed.ventilator != (visit.ventilator or visit.acuity == 1))
        opens_room = 2 * (not self._sexes[bed.unit, bed.room])
        return isolation + ventilator + opens_room, bed.room, bed.bed


def _turn(request: Request) -> tuple[int, float]:
    return request.priority, request.since
