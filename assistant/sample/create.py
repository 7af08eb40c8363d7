"""Creates the sample hospital: simulates it and writes the files a real one would send, beside the truth."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from assistant.records.staff import Absence, Person, RosterEntry
from assistant.sample import write_csv
from assistant.sample.census import CensusWriter, census_times
from assistant.sample.dirt import Dirt
from assistant.sample.flow import Flow
from assistant.sample.hl7_feed import Hl7Feed
from assistant.sample.hospital import PLACES, UNITS, all_beds
from assistant.sample.leave import make_absences, make_wishes
from assistant.sample.outbox import Outbox
from assistant.sample.patients import PatientBook
from assistant.sample.recording import FeedRecorder
from assistant.sample.rostering import make_roster
from assistant.sample.settings import SampleSettings
from assistant.sample.staffing import SHIFTS, make_people
from assistant.sample.stock import make_stock, spoil_stock
from assistant.sample.surveillance import surveillance_rows
from assistant.sample.write_fhir import FhirFeed

Progress = Callable[[int, int], None]

# Every second unit has its coming weeks published; the others, intensive care among them, still need a roster.
PUBLISHED_AHEAD = ("ED", "AMU", "3A", "4A", "5A", "MAT", "PAED")
_USUAL_PATIENTS_SHARE = 0.87  # of open beds; decides how much of the stock a day uses
_MISSING_BIRTHS_PER_DIRT = 2.5  # missing birth dates are commoner than spoilt messages


@dataclass(frozen=True)
class SampleReport:
    """What was written.

    Attributes:
        feed: Folder of the files to import.
        census: The truth, every six hours; layout `time, units, TOTAL`.
        files: Every file to import.
        days, messages, encounters, visits: How much there is; encounters are lines of the NDJSON file.
        waiting: Patients who wait for a bed in another unit when the files end.
        present: Patients in the house when the files end.
        occupancy: Mean share of open beds with a patient, by unit, over the census times.
        planted: How many faults of each kind were planted.
        diverted, postponed: Emergency patients sent elsewhere for lack of beds; booked patients put off.
        people, roster_entries: Nurses and their shifts.
    """

    feed: Path
    census: Path
    files: tuple[Path, ...]
    days: int
    messages: int
    encounters: int
    visits: int
    waiting: int
    present: int
    occupancy: dict[str, float]
    planted: dict[str, int]
    diverted: int
    postponed: int
    people: int
    roster_entries: int

    def to_json(self) -> dict[str, Any]:
        """The report in JSON types."""
        body = {name: getattr(self, name) for name in self.__dataclass_fields__}
        body |= {"feed": str(self.feed), "census": str(self.census), "files": [str(path) for path in self.files]}
        return body | {"occupancy": {unit: round(share, 3) for unit, share in self.occupancy.items()}}

    def lines(self) -> list[str]:
        """The report in plain sentences."""
        planted = ", ".join(f"{count} {kind}" for kind, count in sorted(self.planted.items())) or "none"
        return [
            f"Simulated {self.days} days: {self.visits:,} visits, {self.messages:,} HL7 messages, "
            f"{self.encounters:,} FHIR encounters, {self.people} nurses; {self.present} patients present at the end, "
            f"{self.waiting} waiting for a bed.",
            f"Faults planted on purpose, for the import to find: {planted}.",
            f"The files are in {self.feed}; the true census to compare with is {self.census}.",
        ]


@dataclass
class _Folder:
    """Where things go, and what was planted so far."""

    feed: Path
    truth: Path
    planted: Counter[str] = field(default_factory=Counter)

    def path(self, name: str) -> Path:
        """A file of the feed."""
        return self.feed / name


def create_hospital(
    folder: Path, settings: SampleSettings | None = None, progress: Progress | None = None
) -> SampleReport:
    """Write a sample hospital into `folder`: `feed/` to import, `truth/census.csv` to check the import.

    Args:
        folder: Made if missing; files of an earlier sample in it are replaced.
        settings: Size, length, dirt and seed; the same settings give the same bytes.
        progress: Called with days done and days in all, after every day.
    """
    settings = settings or SampleSettings()
    place = _Folder(folder / "feed", folder / "truth")
    _clear(place)
    _write_house(place, settings)
    people, roster = _write_staff(place, settings)
    _write_stock(place, settings)
    rows = surveillance_rows(settings.end.date(), settings.seed, settings.dirt)
    write_csv.write_surveillance(place.path("surveillance.csv"), rows)
    return _write_movements(place, settings, progress or (lambda done, total: None), len(people), len(roster))


def _clear(place: _Folder) -> None:
    """Make the folders and remove an earlier sample's feed, so that no month of it is left over."""
    for path in (place.feed, place.truth):
        path.mkdir(parents=True, exist_ok=True)
    for old in place.feed.glob("adt_*.hl7"):
        old.unlink()


def _write_house(place: _Folder, settings: SampleSettings) -> None:
    write_csv.write_units(place.path("units.csv"), UNITS)
    write_csv.write_beds(place.path("beds.csv"), all_beds(settings.scale))
    write_csv.write_shifts(place.path("shifts.csv"), SHIFTS)


def _write_staff(place: _Folder, settings: SampleSettings) -> tuple[list[Person], list[RosterEntry]]:
    people = make_people(Random(f"{settings.seed}/staff"), settings.scale)
    today = settings.end.date()
    absences = make_absences(people, today, settings.roster_back_days // 7 + 2, Random(f"{settings.seed}/absences"))
    wishes = make_wishes(people, absences, today, Random(f"{settings.seed}/wishes"))
    roster = _rosters(people, absences, today, settings)
    write_csv.write_staff(place.path("staff.csv"), people)
    write_csv.write_absences(place.path("absences.csv"), absences)
    write_csv.write_wishes(place.path("wishes.csv"), wishes)
    write_csv.write_roster(place.path("roster.csv"), roster)
    return people, roster


def _rosters(people: list[Person], absences: list[Absence], today: date, settings: SampleSettings) -> list[RosterEntry]:
    random = Random(f"{settings.seed}/roster")
    entries: list[RosterEntry] = []
    for place in PLACES:
        ahead = settings.roster_ahead_days if place.unit.code in PUBLISHED_AHEAD else 0
        days = [today + timedelta(days=offset) for offset in range(1 - settings.roster_back_days, ahead + 1)]
        own = [person for person in people if person.unit == place.unit.code]
        entries += make_roster(place, own, absences, days, random, settings.scale)
    return entries


def _write_stock(place: _Folder, settings: SampleSettings) -> None:
    random = Random(f"{settings.seed}/stock")
    patients = _USUAL_PATIENTS_SHARE * sum(bed.open for bed in all_beds(settings.scale))
    levels = make_stock(settings.end.date(), patients, random)
    rows = spoil_stock(levels, settings.dirt, Random(f"{settings.seed}/stock dirt"), place.planted)
    write_csv.write_stock(place.path("stock.csv"), rows)


def _write_movements(
    place: _Folder, settings: SampleSettings, progress: Progress, people: int, roster_entries: int
) -> SampleReport:
    """Simulate, and stream what happens to the files."""
    book = PatientBook(Random(f"{settings.seed}/patients"), missing_births=_MISSING_BIRTHS_PER_DIRT * settings.dirt)
    dirt = Dirt(settings.dirt, Random(f"{settings.seed}/dirt"), all_beds(settings.scale))
    census = CensusWriter([unit.code for unit in UNITS])
    with ExitStack() as stack:
        outbox = stack.enter_context(Outbox(place.feed, settings.end))
        fhir = stack.enter_context(FhirFeed(place.feed, settings.dirt, Random(f"{settings.seed}/fhir dirt")))
        recorder = FeedRecorder(Hl7Feed(outbox, dirt, Random(f"{settings.seed}/sending")), fhir)
        flow = Flow(settings, book, recorder)
        flow.run_until(settings.start)
        recorder.go_live(flow.visits.values(), settings.start)
        _run(flow, census, settings, progress)
        fhir.finish(settings.end)
    census.write(place.truth / "census.csv")
    place.planted.update(dirt.planted)
    place.planted.update(fhir.planted)
    place.planted["missing birth date"] += book.unknown_births
    means = census.means()
    return SampleReport(
        feed=place.feed,
        census=place.truth / "census.csv",
        files=tuple(sorted([*place.feed.glob("*.csv"), *outbox.paths, fhir.encounters_path, fhir.patients_path])),
        days=settings.days,
        messages=outbox.messages,
        encounters=fhir.lines,
        visits=recorder.visits,
        waiting=sum(visit.pending != "" for visit in flow.visits.values()),
        present=len(flow.visits),
        occupancy={unit: means[unit] / beds for unit, beds in flow.board.open_beds.items()},
        planted={str(kind): count for kind, count in sorted(place.planted.items())},
        diverted=flow.diverted,
        postponed=flow.postponed,
        people=people,
        roster_entries=roster_entries,
    )


def _run(flow: Flow, census: CensusWriter, settings: SampleSettings, progress: Progress) -> None:
    """Let the days go by, counting every unit's patients every six hours."""
    times = census_times(settings.start, settings.end)
    day_ends = [settings.start + timedelta(days=day) for day in range(1, settings.days + 1)]
    stops: list[tuple[datetime, int]] = [(at, 0) for at in times] + [(at, day) for day, at in enumerate(day_ends, 1)]
    for at, day in sorted(stops):
        flow.run_until(at)
        if day:
            progress(day, settings.days)
        else:
            census.note(at, flow.board.present)
