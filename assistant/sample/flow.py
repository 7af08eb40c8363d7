"""How patients move through the sample hospital, as processes in simulated time.

Every process is told as a patient's story: an emergency patient takes a bay, is treated, goes home or waits for a bed,
moves from unit to unit as the route says, and leaves. Time in the simulation runs in whole seconds from the settings'
origin. No movement falls on the first seconds of a minute, so that a census on the hour is never ambiguous.
"""

import math
from collections.abc import Generator
from datetime import datetime, timedelta
from random import Random
from typing import Any, Protocol

import simpy

from assistant.sample.arrivals import Calendar
from assistant.sample.bed_board import BedBoard, Request
from assistant.sample.casemix import CRITICAL_UNITS, Route, Source
from assistant.sample.hospital import all_beds
from assistant.sample.patients import PatientBook, Visit
from assistant.sample.rounds import leave_time, revise_expectation
from assistant.sample.settings import SampleSettings

HOUR, DAY = 3600, 86400
Story = Generator[simpy.Event, Any, None]

# Who gets a free bed first: worsened and critical patients, then those in the emergency department and booked ones,
# then moves between wards.
_FIRST, _USUAL, _LATER = 0, 1, 2
_EARLIEST_SECOND = 5
# A wait for an isolation bed as long as this gives the laboratory time to clear the patient.
_ISOLATION_REVIEW_HOURS = 18.0


class Recorder(Protocol):
    """Hears of every movement, at the moment it happens."""

    def record(self, trigger: str, visit: Visit, at: datetime, prior: str = "") -> None:
        """`trigger` as in HL7 (`A01`); `prior` is the address (unit/room/bed) left behind, for A01 and A02."""


class Flow:
    """The running hospital: arrivals, beds, and the processes of all visits."""

    def __init__(self, settings: SampleSettings, book: PatientBook, recorder: Recorder) -> None:
        """Build an empty hospital at the settings' origin."""
        self.settings, self.book, self._recorder = settings, book, recorder
        self._origin = settings.origin
        self.env = simpy.Environment()
        self._random = Random(f"{settings.seed}/flow")
        self._calendar = Calendar(Random(f"{settings.seed}/arrivals"), settings.scale)
        self.board = BedBoard(self.env, all_beds(settings.scale), Random(f"{settings.seed}/beds"), self.pause)
        self.visits: dict[str, Visit] = {}
        self.boarders = 0
        self.diverted = 0
        self.postponed = 0
        self.env.process(self._arrive())
        self.env.process(self._widen())

    def run_until(self, at: datetime) -> None:
        """Let everything up to this clock time happen."""
        self.env.run(until=(at - self._origin).total_seconds())

    @property
    def now(self) -> datetime:
        """The simulation's clock."""
        return self._origin + timedelta(seconds=int(self.env.now))

    def pause(self, seconds: float) -> simpy.Timeout:
        """Wait about this long; ends on seconds 5 to 59 of a minute."""
        target = int(self.env.now + max(60.0, seconds))
        target += max(0, _EARLIEST_SECOND - target % 60)
        return self.env.timeout(target - self.env.now)

    def _pause_until(self, at: datetime) -> simpy.Timeout:
        return self.pause((at - self.now).total_seconds())

    def _arrive(self) -> Story:
        """Each midnight, send the coming day's patients on their way."""
        first = self._origin.date() + timedelta(days=1)
        yield self.env.timeout((datetime.combine(first, datetime.min.time()) - self._origin).total_seconds())
        while True:
            today = self.now.date()
            for at, route in self._calendar.day(today):
                self.env.process(self._come(route, at))
            yield self.env.timeout(DAY)

    def _come(self, route: Route, at: datetime) -> Story:
        yield self._pause_until(at)
        visit = self.book.new_visit(route, at.date())
        story = {Source.EMERGENCY: self._emergency, Source.ELECTIVE: self._booked, Source.DIRECT: self._birth}
        yield from story[route.source](visit)

    def _widen(self) -> Story:
        """Every half hour: review isolation of those who have waited long, and look for their beds in other wards."""
        while True:
            yield self.pause(HOUR / 2)
            for request in self.board.waiting_longer_than(_ISOLATION_REVIEW_HOURS * HOUR):
                if request.visit.isolation and request.visit.pending:
                    request.visit.isolation = False
                    self._record("A08", request.visit)
            self.board.widen(self.settings.outlier_hours * HOUR)

    # --- ways in -------------------------------------------------------------------------------------------------

    def _emergency(self, visit: Visit) -> Story:
        """Bay, treatment, then home or a bed in the house."""
        request = self.board.request(visit, "ED", _FIRST if visit.acuity == 1 else _USUAL)
        if not (yield from self._granted_within(request, 3 * HOUR)):
            return  # left the waiting room unseen; never registered
        self._enter(request)
        visit.arrived = visit.admitted = self.now
        self._record("A04", visit)
        yield self.pause(self._treatment_seconds(visit))
        if not visit.stages or self._send_elsewhere(visit):
            self._leave(visit)
            return
        self.boarders += 1
        decided = yield from self._move_on(visit, "A01", handover_minutes=70)
        self.boarders -= 1
        if decided:
            yield from self._stay(visit)

    def _booked(self, visit: Visit) -> Story:
        """A booked patient comes when a bed is free the same day; otherwise the operation is put off."""
        yield from self._straight_in(visit, wait=9 * HOUR, priority=_USUAL, handover_minutes=35)

    def _birth(self, visit: Visit) -> Story:
        """A mother comes straight to maternity, or goes to another hospital when it is full for long."""
        yield from self._straight_in(visit, wait=4 * HOUR, priority=_FIRST, handover_minutes=10)

    def _straight_in(self, visit: Visit, wait: float, priority: int, handover_minutes: float) -> Story:
        request = self.board.request(visit, visit.stages[0][0], priority)
        if not (yield from self._granted_within(request, wait)):
            self.postponed += 1
            return
        yield self.pause(60 * handover_minutes * self._random.uniform(0.5, 1.6))
        self._enter(request)
        visit.arrived = self.now
        self._admit(visit)
        self._record("A01", visit)
        yield from self._stay(visit)

    def _granted_within(self, request: Request, seconds: float) -> Generator[simpy.Event, Any, bool]:
        if not request.granted.triggered:
            yield request.granted | self.pause(seconds)
        if request.granted.triggered:
            return True
        self.board.withdraw(request)
        return False

    def _treatment_seconds(self, visit: Visit) -> float:
        """Time in the bay until the decision: about 2.5 h, longer for those who stay, shorter for the lightest."""
        median = (1.9, 2.5, 2.3, 1.5)[visit.acuity - 1] + (0.6 if visit.stages else 0.0)
        return HOUR * median * self._random.lognormvariate(0, 0.45)

    def _send_elsewhere(self, visit: Visit) -> bool:
        """With too many waiting already, patients who can travel go to another hospital."""
        too_many = self.boarders >= self.settings.boarder_limit * self.settings.scale
        if not too_many or visit.acuity == 1:
            return False
        self.diverted += 1
        return True

    # --- inside --------------------------------------------------------------------------------------------------

    def _stay(self, visit: Visit) -> Story:
        """Unit after unit, until the last one is over."""
        while visit.stages:
            _, days = visit.stages.pop(0)
            yield from self._lie(visit, days)
            if visit.stages and visit.bed and visit.bed.unit != visit.stages[0][0]:
                yield from self._move_on(visit, "A02", handover_minutes=55)
        self._leave(visit)

    def _lie(self, visit: Visit, days: float) -> Story:
        """The days in one unit, with rounds each morning; full wards discharge earlier."""
        assert visit.bed is not None, "a patient who lies has a bed"
        shorter = 1 - 0.22 * min(1.0, max(0.0, (self.board.crowding(visit.bed.unit) - 0.90) / 0.08))
        end = self.now + timedelta(days=days * shorter)
        if not visit.stages and visit.bed.unit not in CRITICAL_UNITS:
            end = leave_time(self.now, end, self._random)
        while (round_at := self._next_round()) < end:
            yield self._pause_until(round_at)
            if revise_expectation(visit, self.now, end, self._random):
                self._record("A08", visit)
        yield self._pause_until(end)

    def _next_round(self) -> datetime:
        nine = self.now.replace(hour=8, minute=0, second=0) + timedelta(days=self.now.hour >= 8)
        return nine + timedelta(seconds=self._random.randrange(45 * 60, 4 * HOUR))

    def _move_on(self, visit: Visit, trigger: str, handover_minutes: float) -> Generator[simpy.Event, Any, bool]:
        """Wait in place for a bed in the next unit, then go; False if plans changed and the patient went home."""
        unit = visit.stages[0][0]
        visit.pending = unit
        self._change_needs(visit, unit)
        self._record("A15", visit)
        worse = unit in CRITICAL_UNITS
        request = self.board.request(visit, unit, _FIRST if worse else _USUAL if trigger == "A01" else _LATER)
        if not worse and trigger == "A01" and self._random.random() < 0.02:
            yield self.pause(HOUR * self._random.uniform(0.5, 3))
            self.board.withdraw(request)
            visit.pending = ""
            self._record("A26", visit)
            yield self.pause(HOUR * self._random.uniform(0.2, 1))
            self._leave(visit)
            return False
        if not request.granted.triggered:
            yield request.granted
        yield self.pause(60 * handover_minutes * self._random.lognormvariate(0, 0.45))
        prior = visit.bed.address if visit.bed else ""
        self._enter(request)
        visit.pending = ""
        if trigger == "A01":
            self._admit(visit)
        self._record(trigger, visit, prior)
        return True

    def _change_needs(self, visit: Visit, unit: str) -> None:
        """Leaving critical care, a patient breathes alone and is one step better; going there, one is urgent."""
        here = visit.bed.unit if visit.bed else ""
        if here in CRITICAL_UNITS:
            visit.ventilator = False
            visit.acuity = min(4, visit.acuity + 1)
        elif unit in CRITICAL_UNITS:
            visit.acuity = 1 if unit != "HDU" else min(2, visit.acuity)
            visit.ventilator = visit.ventilator or (here != "ED" and unit == "ICU" and self._random.random() < 0.4)

    # --- changes of place, each with its message -----------------------------------------------------------------

    def _enter(self, request: Request) -> None:
        self.board.enter(request)
        self.visits[request.visit.number] = request.visit

    def _admit(self, visit: Visit) -> None:
        """From now on an inpatient, with a first guess of the end (about 30 % off)."""
        visit.inpatient = True
        visit.admitted = self.now
        days = sum(days for _, days in visit.stages) * math.exp(self._random.gauss(0, 0.3))
        visit.expected = leave_time(self.now, self.now + timedelta(days=days), self._random).replace(minute=0, second=0)

    def _leave(self, visit: Visit) -> None:
        self._record("A03", visit)
        self.board.leave(visit)
        del self.visits[visit.number]
        self.book.remember(visit)

    def _record(self, trigger: str, visit: Visit, prior: str = "") -> None:
        self._recorder.record(trigger, visit, self.now, prior)
