"""A paragraph on each unit from the records, in both languages, so that search finds the state as well as the rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.records import state
from assistant.records.store import Store
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
    """A summary of each unit and language: kind, beds, patients, flow over four weeks, lengths of stay."""
    occupancy = state.occupancy(store, at).set_index("unit")
    start = at - timedelta(days=28)
    stays = state.length_of_stay(store, start, at).set_index("unit")
    people = store.people()
    found = []
    for unit in store.units():
        now = occupancy.loc[unit.code] if unit.code in occupancy.index else None
        past = stays.loc[unit.code] if unit.code in stays.index else None
        nurses = sum(1 for person in people if person.unit == unit.code)
        for language in LANGUAGES:
            say = wording(language)
            text, _ = say.say(
                "summary.unit",
                unit=say.unit(unit),
                patients=say.count("patient", 0 if now is None else now.patients),
                beds=say.count("open_bed", 0 if now is None else now.beds_open),
                at=say.moment(at),
                stays=say.count("stay", 0 if past is None else past.stays),
                mean=say.count("day", 0 if past is None else past.mean_days),
                nurses=say.count("nurse", nurses),
            )
            title = say.say("summary.title", unit=say.unit(unit))[0]
            found.append(UnitSummary(unit.code, title, text, at.isoformat(timespec="minutes"), language))
    return found
