"""Replays the movements of one visit into stays and waits; pure, and blind to the order in which messages arrived.

Cancels are settled first: each takes back the event it names by its time (EVN-6 carries the cancelled event's time),
or else the latest such event before it. What is left is replayed in the order in which it happened.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from assistant.records import movements as m
from assistant.records.movements import Movement

# Among events of the same second: first arrival, then admission, moves, updates, discharge.
_RANKS = {m.REGISTER: 0, m.ADMIT: 2, m.TO_INPATIENT: 3, m.TO_OUTPATIENT: 3, m.TRANSFER: 4, m.DISCHARGE: 7}
_ENDS_WAIT = m.PLACES_PATIENT | {m.DISCHARGE, m.CANCEL_PENDING_TRANSFER}


@dataclass(frozen=True)
class Stay:
    """A patient in one place for a time; `end` is None while he is there."""

    unit: str
    room: str
    bed: str
    start: int
    end: int | None
    from_unit: str
    ended_by: str
    visit_class: str
    expected_end: int | None
    needs: str
    acuity: int | None


@dataclass(frozen=True)
class Wait:
    """A patient waiting for a bed in another unit; `until` is None while he waits."""

    since: int
    until: int | None
    from_unit: str
    to_unit: str


@dataclass
class VisitHistory:
    """What the movements of one visit come to.

    Attributes:
        problems: Rule and wall-clock second of what does not fit together.
    """

    stays: list[Stay] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    problems: list[tuple[str, int]] = field(default_factory=list)
    patient: str = ""
    sex: str = ""
    birth_year: int | None = None


def replay(movements: Iterable[Movement]) -> VisitHistory:
    """Stays and waits of one visit.

    Args:
        movements: All known movements of the visit, in any order.
    """
    history = VisitHistory()
    state = _State(history)
    for movement in in_order(not_cancelled(list(movements), history.problems)):
        state.take(movement)
    state.finish()
    return history


def in_order(movements: Iterable[Movement]) -> list[Movement]:
    """As they happened; events of one second in the order in which they make sense, then as they were entered."""

    def rank(movement: Movement) -> int:
        if movement.trigger == m.DISCHARGE and movement.visit_class == "E":
            return 1  # leaves the emergency department and is admitted in the same second
        return _rank(movement)

    return sorted(movements, key=lambda x: (x.time, rank(x), x.recorded, _tie(x)))


def _rank(movement: Movement) -> int:
    return _RANKS.get(movement.trigger, 5)


def _tie(movement: Movement) -> tuple[str, ...]:
    """Puts what is otherwise equal in one order, whatever the order of arrival."""
    told = movement.expected_end, movement.needs, movement.acuity, movement.visit_class, movement.pending
    return (movement.source, *movement.place, *map(str, told))


def not_cancelled(movements: Sequence[Movement], problems: list[tuple[str, int]]) -> list[Movement]:
    """The movements without cancels and without what they take back."""
    groups: dict[tuple[int, str, str], list[Movement]] = {}
    for movement in movements:
        if movement.trigger in m.CANCELS or movement.trigger == m.DELETE_VISIT:
            groups.setdefault((movement.time, movement.trigger, movement.source), []).append(movement)
    if not groups:
        return list(movements)
    left = [x for x in movements if x.trigger not in m.CANCELS and x.trigger != m.DELETE_VISIT]
    for _, repeats in sorted(groups.items(), key=lambda group: min(x.recorded for x in group[1])):
        cancel = _Cancel.of(repeats)
        if cancel.trigger == m.DELETE_VISIT:
            left = [x for x in left if x.recorded > cancel.last]
        elif (target := cancel.target(left)) is not None:
            left = [x for x in left if not _same(x, target) or x.recorded > max(cancel.last, target.recorded)]
        else:
            problems.append(("cancel_without_event", cancel.time))
    return left


@dataclass(frozen=True)
class _Cancel:
    """A cancel, sent once or several times.

    Attributes:
        time: What the feed gives as its event time: that of the cancelled event, or its own.
        first, last: When it was entered for the first and for the last time.
    """

    trigger: str
    source: str
    time: int
    first: int
    last: int

    @classmethod
    def of(cls, repeats: Sequence[Movement]) -> "_Cancel":
        """One cancel out of its repeats."""
        entered = [x.recorded for x in repeats]
        return cls(repeats[0].trigger, repeats[0].source, repeats[0].time, min(entered), max(entered))

    def target(self, movements: Sequence[Movement]) -> Movement | None:
        """What it takes back; the ways to name the event are tried from the surest to the weakest."""
        fitting = [x for x in movements if x.trigger in m.CANCELS[self.trigger] and x.source == self.source]
        known = [x for x in fitting if x.recorded <= self.last]
        return (
            self._at([x for x in known if x.time == self.time])
            or self._at([x for x in fitting if x.time == self.time])  # entered later than its own cancel
            or self._at([x for x in known if self.time % 60 == 0 and x.time // 60 == self.time // 60])  # no seconds
            or self._latest([x for x in fitting if x.recorded <= self.first and x.time <= self.time])
            or self._latest([x for x in fitting if x.time <= max(self.time, self.first)])
        )

    def _at(self, candidates: Sequence[Movement]) -> Movement | None:
        """Of several at the named time the last in sense, and of these the one entered nearest to the cancel."""
        key = lambda x: (_rank(x), -abs(x.recorded - self.last), x.place)  # noqa: E731
        return max(candidates, key=key, default=None)

    def _latest(self, candidates: Sequence[Movement]) -> Movement | None:
        return max(candidates, key=lambda x: (x.time, _rank(x), x.recorded, x.place), default=None)


def _same(one: Movement, other: Movement) -> bool:
    """True if both tell the same event; it may have been sent twice."""
    return (one.trigger, one.time, one.place, one.source) == (other.trigger, other.time, other.place, other.source)


class _State:
    """Where the patient is while the movements are replayed.

    Args:
        history: Filled on the way.
    """

    def __init__(self, history: VisitHistory) -> None:
        self._history = history
        self._place: tuple[str, str, str] | None = None
        self._left = ("", "", "")
        self._gave_up: set[str] = set()  # patients on whom the visit was booked wrongly
        self._start = 0
        self._from_unit = ""
        self._discharged = False
        self._away = False
        self._wait: Wait | None = None
        self._visit_class = ""
        self._expected_end: int | None = None
        self._needs = ""
        self._acuity: int | None = None

    def take(self, movement: Movement) -> None:
        """Apply one movement."""
        trigger = movement.trigger
        if trigger in _ENDS_WAIT:
            self._end_wait(movement.time)
        if trigger in m.PLACES_PATIENT and movement.unit:
            self._put(movement)
        elif trigger == m.DISCHARGE:
            self._discharge(movement)
        elif trigger == m.LEAVE and self._place:
            self._add_stay(movement.time, "leave")
            self._from_unit, self._left, self._place, self._away = self._place[0], self._place, None, True
        elif trigger == m.RETURN:
            self._return(movement)
        elif trigger == m.PENDING_TRANSFER and self._place and movement.pending != self._place[0]:
            self._end_wait(movement.time)
            self._wait = Wait(movement.time, None, self._place[0], movement.pending)
        if trigger == m.MOVE_VISIT:
            self._give_to(movement)
        elif self._place or trigger != m.DISCHARGE:
            self._learn(movement)

    def finish(self) -> None:
        """Close the books: who is still there has a stay, and perhaps a wait, without an end."""
        if self._place:
            self._add_stay(None, "")
        if self._wait:
            self._history.waits.append(self._wait)

    def _put(self, movement: Movement) -> None:
        if self._place == movement.place:
            return
        if self._place and self._place[0] == movement.unit and self._adds_nothing(movement):
            return
        told_in_parts = self._place and self._place[0] == movement.unit and self._start == movement.time
        if self._place and not told_in_parts:
            self._add_stay(movement.time, "transfer")
            self._from_unit = self._place[0]
        elif movement.trigger == m.TRANSFER and not self._place and not self._away:
            rule = "transfer_after_discharge" if self._discharged else "transfer_without_admission"
            self._history.problems.append((rule, movement.time))
            if self._discharged:
                return
        self._place, self._start, self._discharged, self._away = movement.place, movement.time, False, False

    def _return(self, movement: Movement) -> None:
        """Back from leave, into the place named, or else into the one that was left."""
        if self._discharged:
            self._history.problems.append(("return_after_discharge", movement.time))
        elif movement.unit or (self._away and not self._place):
            place = movement.place if movement.unit else self._left
            self._put(replace(movement, unit=place[0], room=place[1], bed=place[2]))

    def _give_to(self, movement: Movement) -> None:
        """The visit was booked on the wrong patient; one who never had it cannot give it up."""
        history = self._history
        if movement.pending and history.patient and movement.pending != history.patient:
            history.problems.append(("moved_visit_of_another", movement.time))
            return
        self._gave_up = (self._gave_up | {history.patient}) - {movement.patient}
        history.sex, history.birth_year = movement.sex, movement.birth_year
        self._learn(movement)

    def _adds_nothing(self, movement: Movement) -> bool:
        """True for a FHIR period that names only the unit in which the patient already has a bed."""
        return movement.source != "hl7" and not (movement.room or movement.bed)

    def _discharge(self, movement: Movement) -> None:
        if self._place:
            self._learn(movement)
            self._add_stay(movement.time, "discharge")
            self._place, self._from_unit, self._discharged = None, "", True
        elif not self._discharged:
            self._history.problems.append(("discharge_without_admission", movement.time))

    def _end_wait(self, time: int) -> None:
        if self._wait:
            self._history.waits.append(replace(self._wait, until=time))
            self._wait = None

    def _learn(self, movement: Movement) -> None:
        """Take over what the movement tells about the patient; what it leaves out stays as it was."""
        if movement.patient not in self._gave_up:
            self._learn_who(movement)
        if not movement.source.startswith("fhir") or not self._visit_class:  # one class for the whole encounter
            self._visit_class = movement.visit_class or self._visit_class
        self._acuity = movement.acuity or self._acuity
        if movement.expected_end is not None:
            self._expected_end = movement.expected_end or None
        if movement.needs is not None:
            self._needs = movement.needs

    def _learn_who(self, movement: Movement) -> None:
        history = self._history
        if movement.source == "hl7" or not history.patient:  # FHIR may know the patient only by a reference
            history.patient = movement.patient or history.patient
        history.sex = movement.sex or history.sex
        history.birth_year = movement.birth_year or history.birth_year

    def _add_stay(self, end: int | None, ended_by: str) -> None:
        unit, room, bed = self._place or ("", "", "")
        stay = Stay(
            unit, room, bed, self._start, end, self._from_unit, ended_by,
            self._visit_class, self._expected_end, self._needs, self._acuity,
        )  # fmt: skip
        self._history.stays.append(stay)
