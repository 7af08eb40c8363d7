"""Words for bed plans: beds, who is placed differently, differences in named units; whom a question means."""

import re
from collections.abc import Sequence

from assistant.errors import ToolError
from assistant.plan.beds.plan import BedPlan
from assistant.plan.beds.problem import SURGE_ROOM, BedProblem, Choice, Patient
from assistant.plan.explain.beds_measures import BedChange, BedMeasures, places
from assistant.records.names import find_unit
from assistant.tools.page import Page
from assistant.tools.services import Services
from assistant.tools.wording import Wording

_VISIT = re.compile(r"[A-Za-z]{1,8}-?[0-9A-Za-z]{2,}")
_BED = re.compile(r"(?:bed|床)\s*([0-9A-Za-z/-]+)|([0-9A-Za-z-]+)\s*(?:号?床)", re.IGNORECASE)


def bed_name(say: Wording, services: Services, address: str) -> str:
    """A bed as staff say it; an empty address is waiting on."""
    if not address:
        return say.word("no_bed")
    parts = address.split("/")
    unit = say.unit_short(services.unit_by_code(parts[0]))
    if len(parts) < 3:
        return unit
    if parts[1] == SURGE_ROOM:
        return say.say("bedwhy.surge_bed", unit=unit)[0]
    return say.say("bedwhy.bed", unit=unit, room=parts[1], bed=parts[2])[0]


def say_bed_changes(page: Page, services: Services, problem: BedProblem, changes: Sequence[BedChange]) -> None:
    """Who is placed differently, one line each; beyond the limit their number."""
    say, limit = page.wording, services.tools.max_rows
    lies = {patient.visit: patient.bed for patient in problem.present}  # whom the plan does not move, stays there
    for change in changes[:limit]:
        page.row(
            "bedwhy.change",
            patient=change.visit,
            before=_with_night(say, services, change.before or lies.get(change.visit, ""), change.night_before),
            after=_with_night(say, services, change.after or lies.get(change.visit, ""), change.night_after),
        )
    if len(changes) > limit:
        page.row("bedwhy.more_changes", patients=say.count("patient", len(changes) - limit))


def _with_night(say: Wording, services: Services, bed: str, night: int) -> str:
    name = bed_name(say, services, bed)
    return say.say("bedwhy.later", bed=name, nights=say.count("night", night))[0] if bed and night else name


def bed_difference_words(say: Wording, extra: BedMeasures, worse: bool) -> str:
    """What gets worse (or better) and by how much, in named units."""
    found = extra.worse() if worse else extra.better()
    prefix = "more" if worse else "fewer"
    return say.listed([say.count(f"{prefix}_{name}", amount) for name, amount in found.items()])


def patient_in(problem: BedProblem, said: str | None) -> Patient | None:
    """The patient who is meant: by pseudonym, or by the bed where somebody lies; None where none is named."""
    if not said:
        return None
    known = {visit.casefold(): patient for visit, patient in problem.patient_by_visit.items()}
    for word in (said, *_VISIT.findall(said)):
        if word.casefold() in known:
            return known[word.casefold()]
    address = bed_in(problem, said)
    return next((patient for patient in known.values() if address and patient.bed == address), None)


def bed_in(problem: BedProblem, said: str | None) -> str:
    """The address of the bed that is meant (`bed 3A-07`, `3A/12/3A-07`); empty where none is."""
    if not said:
        return ""
    beds = {bed.address.casefold(): bed.address for bed in problem.beds}
    if said.casefold() in beds:
        return beds[said.casefold()]
    words = {part.casefold() for match in _BED.finditer(said) for part in match.groups() if part}
    named = [bed.address for bed in problem.beds if bed.bed.casefold() in words]
    return named[0] if len(named) == 1 else ""


def place_in(services: Services, problem: BedProblem, said: str) -> str:
    """The place that is meant: a bed's address or a unit's code.

    Raises:
        ToolError: `unknown_unit`.
    """
    return bed_in(problem, said) or find_unit(services.store, said).code


def choice_for(problem: BedProblem, plan: BedPlan, patient: Patient, place: str) -> Choice:
    """Patient and place; a waiting patient's own unit where no place is named."""
    if not place and patient.visit not in places(plan.assignments, plan.transfers):
        return Choice(patient.visit, patient.wants)
    return Choice(patient.visit, place)


def no_such_patient(problem: BedProblem, said: str) -> ToolError:
    """The refusal where nobody of the plan is meant."""
    near = [patient.visit for patient in problem.waiting][:5]
    return ToolError(
        f"Nobody in this bed plan is called '{said}'. Name a patient by the pseudonym of the plan, e.g. "
        f"{', '.join(near) or 'none waits'}, or a unit.",
        code="unknown_patient",
        near=near,
    )
