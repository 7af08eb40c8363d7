"""Patients and their visits: who they are, what they need, and who comes back."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from assistant.records.units import Bed
from assistant.sample.casemix import HOME, Route, draw_stages

_REMEMBERED = 5000  # former patients who may come back, newest kept


@dataclass(frozen=True, slots=True)
class Patient:
    """A pseudonymous patient; `born` is None where the hospital never learned the birth date."""

    patient: str
    sex: str
    born: date | None
    age: int


@dataclass(slots=True)
class Visit:
    """One visit from arrival to discharge; changes as the patient moves.

    Attributes:
        number: Visit number, unique in the hospital.
        stages: Units still to come with days in each; the first is the present or next one.
        bed: Where the patient lies; None before arrival and after leaving.
        inpatient: Admitted to a bed (in the emergency department not yet).
        pending: Code of the unit waited for; empty while none is.
        arrived, admitted, expected: Clock times.
        recorded: Time of the visit's latest message; told: the needs it told.
    """

    number: str
    patient: Patient
    route: Route
    stages: list[tuple[str, float]]
    acuity: int
    isolation: bool
    ventilator: bool
    bed: Bed | None = None
    inpatient: bool = False
    pending: str = ""
    arrived: datetime = datetime.min
    admitted: datetime | None = None
    expected: datetime | None = None
    recorded: datetime | None = None
    told: str = ""


@dataclass
class PatientBook:
    """Gives out patients and visits; some patients are known from before.

    Args:
        random: The stream for people and their needs.
        missing_births: Share of new patients whose birth date is not known.
    """

    random: Random
    missing_births: float = 0.0
    unknown_births: int = 0
    _patients: int = 0
    _visits: int = 0
    _former: dict[tuple[int, int], list[Patient]] = field(default_factory=dict)

    def new_visit(self, route: Route, day: date) -> Visit:
        """A visit on this route, by a new or a known patient."""
        self._visits += 1
        patient = self._returning(route) or self._new_patient(route, day)
        critical = bool(route.ventilator) and self.random.random() < route.ventilator
        return Visit(
            number=f"V{self._visits:07d}",
            patient=patient,
            route=route,
            stages=draw_stages(route, self.random),
            acuity=self.random.choices((1, 2, 3, 4), route.acuity)[0],
            isolation=self.random.random() < route.isolation,
            ventilator=critical,
        )

    def remember(self, visit: Visit) -> None:
        """The patient has left and may come back."""
        former = self._former.setdefault(visit.route.ages, [])
        if len(former) < _REMEMBERED:
            former.append(visit.patient)
        else:
            former[self.random.randrange(_REMEMBERED)] = visit.patient

    def _returning(self, route: Route) -> Patient | None:
        former = self._former.get(route.ages, [])
        if not former or self.random.random() >= route.returning:
            return None
        # Taken out of the list: nobody is in the hospital twice at once.
        position = self.random.randrange(len(former))
        former[position], former[-1] = former[-1], former[position]
        return former.pop()

    def _new_patient(self, route: Route, day: date) -> Patient:
        self._patients += 1
        youngest, oldest = route.ages
        # The mean of two draws gathers ages in the middle; to the emergency department all ages come alike.
        spread = self.random.random() if route is HOME else (self.random.random() + self.random.random()) / 2
        days = round((youngest + spread * (oldest - youngest)) * 365.25) + 1
        born: date | None = day - timedelta(days=days)
        if self.random.random() < self.missing_births:
            born = None
            self.unknown_births += 1
        sex = "F" if route.service == "maternity" else self.random.choice("FM")
        return Patient(f"P{self._patients:07d}", sex, born, days // 365)
