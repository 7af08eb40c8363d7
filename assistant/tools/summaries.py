"""A paragraph on each unit from the records, in both languages, so that search finds the state as well as the rules."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.records import state
from assistant.records.store import Store
from assistant.tools.tables import rows_of
from assistant.tools.wording import LANGUAGES, wording


@dataclass(frozen=True)
class UnitSummary:
    """What the records say of one unit, as prose.

    Attributes:
        unit: Code; as_of: ISO time of the records.
    """

    unit: str
    title: str
    text: str
    as_of: str
    language: str


def unit_summaries(store: Store, at: datetime) -> list[UnitSummary]:
    """A summary of each unit and language: patients, beds, stays of the last four weeks, staff; only what is known."""
    present = state.occupancy(store, at)
    patients = dict(zip(present.unit, present.patients, strict=True))
    stays = {row.unit: row for row in rows_of(state.length_of_stay(store, at - timedelta(days=28), at))}
    beds = Counter(bed.unit for bed in store.beds() if bed.open)
    nurses = Counter(person.unit for person in store.people())
    found = []
    for unit in store.units():
        past = stays.get(unit.code)
        for language in LANGUAGES:
            say = wording(language)
            here = say.count("patient", patients.get(unit.code, 0))
            sentences = [say.say("summary.patients", unit=say.unit(unit), patients=here, at=say.moment(at))[0]]
            if beds[unit.code]:
                sentences.append(say.say("summary.beds", beds=say.count("open_bed", beds[unit.code]))[0])
            if past is not None and past.stays:
                ended, mean = say.count("stay", past.stays), say.count("day", past.mean_days)
                sentences.append(say.say("summary.stays", stays=ended, mean=mean)[0])
            if nurses[unit.code]:
                sentences.append(say.say("summary.nurses", nurses=say.count("nurse", nurses[unit.code]))[0])
            title = say.say("summary.title", unit=say.unit(unit))[0]
            text = ("" if language == "zh" else " ").join(sentences)
            found.append(UnitSummary(unit.code, title, text, at.isoformat(timespec="minutes"), language))
    return found
