"""Which plan a follow-up is about, and whom, which day and which shift of it, from the words of the question."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from assistant.errors import ToolError
from assistant.journal.entry import digest
from assistant.plan.beds.plan import BedPlan
from assistant.plan.proposals import StoredProposal
from assistant.plan.result import Result
from assistant.plan.settings import BedWeights, PlanSettings, RosterWeights
from assistant.plan.staffing.plan import RosterPlan
from assistant.plan.staffing.problem import RosterProblem
from assistant.records.names import find_person, find_unit
from assistant.records.staff import Person, Shift
from assistant.records.times import resolve
from assistant.records.unit_names import folded
from assistant.tools.services import Services
from assistant.tools.tool import Context

BEDS, STAFFING = "beds", "staffing"


@dataclass(frozen=True)
class AskedRoster:
    """A stored roster with what it was computed from."""

    proposal: StoredProposal
    problem: RosterProblem
    plan: RosterPlan

    @property
    def bound(self) -> float:
        """No roster costs less by the weights of the plan, as far as was proven; 0 where these are not known."""
        known = _kept_weights(RosterWeights, self.plan.result)
        return (self.plan.result.bound or 0.0) if known else 0.0

    def weighed(self, settings: PlanSettings) -> PlanSettings:
        """The settings with the weights that the plan was made by, as far as they are known."""
        known = _kept_weights(RosterWeights, self.plan.result)
        return replace(settings, roster_weights=known) if known else settings


def bed_settings(settings: PlanSettings, plan: BedPlan) -> PlanSettings:
    """The settings with the weights that a bed plan was made by, as far as they are known."""
    known = _kept_weights(BedWeights, plan.result)
    return replace(settings, bed_weights=known) if known else settings


Weights = TypeVar("Weights", RosterWeights, BedWeights)


def _kept_weights(kind: type[Weights], result: Result) -> Weights | None:
    """None in plans kept before their weights were noted, or with other soft rules than today's."""
    names = {item.name for item in fields(kind)}
    return kind(**result.weights) if set(result.weights) == names else None


def find_plan(
    services: Services,
    context: Context,
    name: str | None,
    fits: Callable[[StoredProposal], bool] = lambda _: True,
    attempts: bool = False,
    about: Sequence[str | None] = (),
) -> StoredProposal:
    """The plan called `name`; without one the newest that fits, of this conversation if it has any.

    Of several rosters, as of a whole hospital, the one that the people or units named in `about` are part of.
    With `attempts` also one that could not be found: what stands in its way is the question then.

    Raises:
        ToolError: `no_proposal` for an unknown id, `no_plan` where nothing was planned yet.
    """
    if services.proposals is None:
        raise ToolError("Plans are not kept here, so none can be asked about.", code="no_plan")
    if name:
        letter, dash, digits = name.strip().partition("-")
        return services.proposals.get(f"{letter.upper()}{dash}{digits.lower()}")
    every = [proposal for proposal in services.proposals.all(attempts) if fits(proposal)]
    own = [p for p in every if (p.made.get("user"), p.made.get("thread")) == (context.user, context.thread)]
    if not every:
        raise ToolError(
            "There is no plan of that kind yet to ask about. Ask for a roster or a bed plan first.", code="no_plan"
        )
    pool = own or every
    return next((proposal for proposal in pool if _is_about(services, proposal, about)), pool[0])


def _is_about(services: Services, proposal: StoredProposal, about: Sequence[str | None]) -> bool:
    """Whether every unit and person named is part of the plan; what names neither does not matter."""
    people = {str(person["staff"]) for person in proposal.inputs.get("people", ())}
    for said in filter(None, about):
        if is_unit(services, said):
            if proposal.kind == STAFFING and find_unit(services.store, said).code != proposal.inputs.get("unit"):
                return False
        elif proposal.kind == STAFFING and not people & _called(services, said):
            return False
    return True


def _called(services: Services, said: str) -> set[str]:
    """Staff ids of those who may be meant: the one called so, or all who share the name."""
    try:
        return {find_person(services.store, said).staff}
    except ToolError as error:
        return set(error.near)


def as_roster(proposal: StoredProposal) -> AskedRoster:
    """A stored roster as its types."""
    return AskedRoster(proposal, RosterProblem.from_json(proposal.inputs), RosterPlan.from_json(proposal.plan))


def has_changed(proposal: StoredProposal, inputs_now: Callable[[StoredProposal], dict]) -> bool:
    """Whether the records would give other inputs today; True also where they cannot be read the same way any more."""
    try:
        return digest(inputs_now(proposal)) != proposal.inputs_sha256
    except ToolError:
        return True


def person_in(services: Services, problem: RosterProblem, said: str) -> Person:
    """The person of the plan who is meant.

    Raises:
        ToolError: `unknown_person`, or `not_in_plan` for somebody of another unit.
    """
    try:
        return find_person(problem.people, said)
    except ToolError as unknown:
        try:
            other = find_person(services.store, said)
        except ToolError:
            raise unknown from None
    raise ToolError(
        f"{other.name} ({other.staff}) is not planned in this roster of {problem.unit}; "
        f"home unit: {other.unit}. Name somebody of {problem.unit}, or ask about a plan of {other.unit}.",
        code="not_in_plan",
    )


def is_person(services: Services, problem: RosterProblem | None, said: str) -> bool:
    """Whether somebody on the staff is called so."""
    everybody = (*(problem.people if problem else ()), *services.store.people())
    try:
        find_person({person.staff: person for person in everybody}.values(), said)
    except ToolError as error:
        return len(error.near) > 1 and _exact_part(everybody, said)
    return True


def _exact_part(people: Sequence[Person], said: str) -> bool:
    """Several people share this part of a name: it is a person, though it is not said which."""
    word = folded(said)
    return any(word in folded(person.name).split() or person.name_zh.startswith(word) for person in people if word)


def is_unit(services: Services, said: str) -> bool:
    """Whether a unit is called so."""
    try:
        find_unit(services.store, said)
    except ToolError:
        return False
    return True


_EARLY = frozenset(["early", "earlies", "morning", "mornings", "day", "days", "早班", "早", "白班", "白", "日班"])
_LATE = frozenset(["late", "lates", "evening", "evenings", "afternoon", "中班", "晚班", "晚", "小夜", "小夜班", "前夜"])
_NIGHT = frozenset(["night", "nights", "graveyard", "夜班", "夜", "大夜", "大夜班", "后夜", "通宵", "通宵班"])


def shift_in(shifts: Sequence[Shift], said: str) -> Shift:
    """The shift that is meant: by code, by name, or by when it is worked.

    Raises:
        ToolError: `unknown_shift`, with the names there are.
    """
    wanted = folded(said).removesuffix(" shifts").removesuffix(" shift").strip()
    named = [s for s in shifts if wanted in {folded(s.shift), folded(s.name), folded(s.name_zh)} - {""}]
    if not named and wanted in _NIGHT:
        named = [shift for shift in shifts if shift.night]
    days = sorted((shift for shift in shifts if not shift.night), key=lambda shift: shift.start)
    if not named and wanted in _EARLY:
        named = days[:1]
    if not named and wanted in _LATE:
        named = days[-1:]
    if len(named) == 1:
        return named[0]
    names = [shift.name for shift in shifts]
    raise ToolError(f"Unknown shift '{said}'. This plan has {', '.join(names)}.", code="unknown_shift", near=names)


_SATURDAY = 5
_WEEKEND = frozenset(["weekend", "the weekend", "weekends", "at the weekend", "周末", "这周末", "这个周末", "双休日"])


def _is_weekday(said: str, at: datetime) -> bool:
    """A day of the week and not a day counted from now: another clock gives another date, but the same weekday."""
    later = [resolve(said, at + timedelta(days=step)).start.date() for step in (0, 1, 2)]
    return len({day.weekday() for day in later}) == 1


def days_in(window: Sequence[date], said: str, at: datetime, every: bool = False) -> tuple[date, ...]:
    """The days of a plan that are meant; a bare weekday or weekend means those of the plan, wherever the clock stands.

    With `every` a bare weekday means each such day of the plan, not only the next.

    Raises:
        ToolError: `unknown_time`, or `day_outside` where the plan has no such day.
    """
    span = resolve(said, at)
    # A night belongs to the day on which it begins.
    one = span.end - span.start <= timedelta(days=1)
    last = span.start.date() if one else (span.end - timedelta(microseconds=1)).date()
    found = tuple(day for day in window if span.start.date() <= day <= max(last, span.start.date()))
    bare = not any(sign.isdigit() for sign in said)
    if bare and folded(said) in _WEEKEND and (every or not found):
        found = tuple(day for day in window if day.weekday() >= _SATURDAY)
    elif bare and last == span.start.date() and (not found or (every and _is_weekday(said, at))):
        found = tuple(day for day in window if day.weekday() == last.weekday())
    if not found:
        raise ToolError(
            f"The plan covers {window[0].isoformat()} to {window[-1].isoformat()}; '{said}' "
            f"({span.start.date().isoformat()}) lies outside. Name one of its days, or another plan.",
            code="day_outside",
        )
    return found
