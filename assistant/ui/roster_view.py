"""A roster proposal as HTML: facts, the grid of people by days, cover by shift, fairness.

A shift shows its code and a colour; nights are dark, weekends shaded, and short shifts carry the missing number, so
that nothing rests on colour alone.
"""

from collections.abc import Sequence
from datetime import date

from assistant.plan.result import Reason, Result
from assistant.plan.staffing.plan import CoverRow, FairnessRow, RosterPlan
from assistant.plan.staffing.problem import RosterProblem
from assistant.records.staff import Person, Shift, WishKind
from assistant.tools.wording import wording
from assistant.ui.safe import inert, table, tag
from assistant.ui.words import ScreenWords

DAY_CLASSES = ("hda-s1", "hda-s2", "hda-s3", "hda-s4")
NIGHT_CLASS = "hda-night"
SATURDAY = 5


def roster_html(plan: RosterPlan, problem: RosterProblem, words: ScreenWords) -> str:
    """Everything a person needs to decide on a roster."""
    parts = [_facts(plan, problem, words)]
    if plan.rule_check:
        parts.append(reasons_html(plan.rule_check, words("roster.broken")))
    if plan.result.conflict:
        parts.append(reasons_html(plan.result.conflict, words("roster.conflict")))
    if not plan.assignments:
        return "".join([*parts, tag("p", inert(words("roster.no_assignments")))])
    styles = _shift_styles(problem.shifts)
    return "".join(
        [*parts, _legend(problem, styles, words), _grid(plan, problem, styles, words), _fairness(plan, problem, words)]
    )


def facts_html(facts: Sequence[tuple[str, str]]) -> str:
    """A row of named figures."""
    cells = "".join(tag("div", tag("dt", inert(name)) + tag("dd", inert(value))) for name, value in facts)
    return tag("dl", cells, "hda-facts")


def solver_words(result: Result, words: ScreenWords) -> str:
    """How far the solver got; only a proof is called best."""
    text = words.known("plans", f"solver_{result.status.value}", result.status.value)
    if result.status == "feasible":
        gap = result.gap
        text = (
            words("plans.solver_feasible_bare")
            if gap is None
            else words("plans.solver_feasible", gap=f"{gap:.0%}" if gap >= 0.01 else "1%")
        )
    return f"{text}; {words('plans.seconds', seconds=f'{result.seconds:.1f}')}"


def _facts(plan: RosterPlan, problem: RosterProblem, words: ScreenWords) -> str:
    say = wording(words.language)
    short = sum(row.short > 0 for row in plan.coverage)
    return facts_html(
        [
            (words("roster.fact_unit"), plan.unit),
            (words("roster.fact_period"), f"{say.day(plan.days[0])} – {say.day(plan.days[-1])}" if plan.days else "–"),
            (words("roster.fact_people"), f"{len(problem.people)}"),
            (words("roster.fact_shifts"), f"{len(plan.assignments)}"),
            (words("roster.fact_short"), f"{short} / {len(plan.coverage)}"),
            (words("roster.fact_rules"), f"{len(plan.rule_check)}"),
            (words("roster.fact_solver"), solver_words(plan.result, words)),
        ]
    )


def reasons_html(reasons: Sequence[Reason], title: str) -> str:
    """Broken rules, or rules in the way, as a list."""
    lines = [
        " ".join([reason.kind.replace("_", " "), reason.subject, *(f"{k} {v};" for k, v in reason.values.items())])
        for reason in reasons
    ]
    return tag("div", tag("b", inert(title)) + tag("ul", "".join(tag("li", inert(line)) for line in lines)), "hda-bad")


def _shift_styles(shifts: Sequence[Shift]) -> dict[str, str]:
    """A class for each shift: nights all dark, the others by the time they start."""
    by_day = [shift.shift for shift in sorted(shifts, key=lambda shift: shift.start) if not shift.night]
    styles = {code: DAY_CLASSES[place % len(DAY_CLASSES)] for place, code in enumerate(by_day)}
    return styles | {shift.shift: NIGHT_CLASS for shift in shifts if shift.night}


def _shift_name(shift: Shift, language: str) -> str:
    return shift.name_zh if language == "zh" and shift.name_zh else shift.name


def _legend(problem: RosterProblem, styles: dict[str, str], words: ScreenWords) -> str:
    items = [
        tag("span", inert(shift.shift), f"hda-code {styles[shift.shift]}")
        + inert(f" {_shift_name(shift, words.language)} {shift.start:%H:%M}–{shift.end:%H:%M}")
        for shift in sorted(problem.shifts, key=lambda shift: (shift.night, shift.start))
    ]
    items.append(tag("span", inert(words("roster.away_code")), "hda-code hda-away") + inert(f" {words('roster.away')}"))
    wish = tag("span", "&nbsp;", "hda-code hda-wish")
    items.append(f"{wish} {inert(words('roster.off_wish'))}")
    items.append(tag("span", "&nbsp;", "hda-code hda-we") + inert(f" {words('roster.weekend')}"))
    return tag("div", "".join(tag("span", item) for item in items), "hda-legend", aria_label=words("roster.legend"))


def _grid(plan: RosterPlan, problem: RosterProblem, styles: dict[str, str], words: ScreenWords) -> str:
    say = wording(words.language)
    title = words("roster.grid", unit=plan.unit, start=say.day(plan.days[0]), end=say.day(plan.days[-1]))
    heads = tag("th", inert(words("roster.person")), scope="col") + "".join(_day_head(day, words) for day in plan.days)
    duties = {(duty.staff, duty.day): duty.shift for duty in plan.assignments}
    unmet = _unmet(plan, problem)
    rows = [
        tag(
            "tr",
            tag("th", _person(person, words), scope="row")
            + "".join(_cell(person, day, duties, unmet, problem, styles, words) for day in plan.days),
        )
        for person in problem.people
    ]
    body = tag("tbody", "".join(rows)) + tag("tfoot", _cover(plan, problem, words))
    inner = tag("caption", inert(title)) + tag("thead", tag("tr", heads)) + body
    return tag("div", tag("table", inner, "hda-roster"), "hda-scroll", tabindex="0", role="region", aria_label=title)


def _day_head(day: date, words: ScreenWords) -> str:
    say = wording(words.language).words
    weekday, month = say["weekday"].split("|")[day.weekday()], say["month"].split("|")[day.month - 1]
    number = f"{day.month}/{day.day}" if words.language == "zh" else f"{day.day}"
    below = "" if words.language == "zh" else tag("small", inert(month))
    return tag("th", f"{inert(weekday)}<br>{tag('b', number)}{below}", _weekend(day), scope="col")


def _weekend(day: date) -> str:
    return "hda-we" if day.weekday() >= SATURDAY else ""


def _person(person: Person, words: ScreenWords) -> str:
    name = person.name_zh if words.language == "zh" and person.name_zh else person.name
    return f"{inert(name)} {tag('small', inert(person.staff))}"


def _unmet(plan: RosterPlan, problem: RosterProblem) -> set[tuple[str, date]]:
    """People and days with a wish that the roster does not keep."""
    found = set()
    for reason in plan.result.reasons:
        if reason.kind == WISH_REASON and reason.values.get("wish") != WishKind.WANT.value:
            found.add((reason.subject, date.fromisoformat(str(reason.values["day"]))))
    return found


WISH_REASON = "unmet_wish"


def _cell(
    person: Person,
    day: date,
    duties: dict[tuple[str, date], str],
    unmet: set[tuple[str, date]],
    problem: RosterProblem,
    styles: dict[str, str],
    words: ScreenWords,
) -> str:
    key = (person.staff, day)
    weekend = _weekend(day)
    if key in duties:
        css = f"hda-code {styles.get(duties[key], '')}" + (" hda-wish" if key in unmet else "")
        hint = words("roster.off_wish") if key in unmet else ""
        return tag("td", tag("span", inert(duties[key]), css, title=hint), weekend)
    if key in problem.absent_days:
        mark = tag("span", inert(words("roster.away_code")), "hda-code hda-away", title=words("roster.away"))
        return tag("td", mark, weekend)
    return tag("td", "", weekend, aria_label=words("roster.free"))


def _cover(plan: RosterPlan, problem: RosterProblem, words: ScreenWords) -> str:
    """One row a shift: planned of needed nurses for each day; what is short stands out and says by how many."""
    rows = {(row.day, row.shift): row for row in plan.coverage}
    ordered = sorted(problem.shifts, key=lambda shift: (shift.night, shift.start))
    used = [shift for shift in ordered if any((day, shift.shift) in rows for day in plan.days)]
    return "".join(
        tag(
            "tr",
            tag("th", inert(f"{words('roster.cover')} {shift.shift}"), scope="row")
            + "".join(_cover_cell(rows.get((day, shift.shift)), _weekend(day), words) for day in plan.days),
        )
        for shift in used
    )


def _cover_cell(row: CoverRow | None, weekend: str, words: ScreenWords) -> str:
    if row is None:
        return tag("td", "", weekend, aria_label=words("roster.no_need"))
    numbers = {"planned": row.planned, "need": row.need}
    if row.short:
        hint = words("roster.cover_short", short=row.short, **numbers)
        lack = tag("b", inert(f"{row.planned}/{row.need}")) + tag("small", inert(f"−{row.short}"))
        return tag("td", lack, f"hda-short {weekend}".strip(), title=hint)
    return tag("td", inert(f"{row.planned}/{row.need}"), weekend, title=words("roster.cover_cell", **numbers))


def _fairness(plan: RosterPlan, problem: RosterProblem, words: ScreenWords) -> str:
    if not plan.fairness:
        return ""
    names = {person.staff: person for person in problem.people}
    share = words("roster.nights_fair")
    heads = [
        words("roster.person"),
        words("roster.hours"),
        words("roster.contract"),
        words("roster.shifts"),
        f"{words('roster.nights')} ({share})",
        f"{words('roster.weekend_days')} ({share})",
        words("roster.wishes"),
    ]
    rows = [_fair_row(row, names.get(row.staff), words) for row in plan.fairness]
    return table(heads, rows, "hda-plain hda-numbers", words("roster.fairness"))


def _fair_row(row: FairnessRow, person: Person | None, words: ScreenWords) -> list[str]:
    name = person.name_zh if person and words.language == "zh" and person.name_zh else row.name
    return [
        f"{name} {row.staff}",
        f"{row.hours:.4g}",
        f"{row.contract_hours:.4g}",
        f"{row.shifts}",
        f"{row.nights} ({_or_dash(row.fair_nights)})",
        f"{row.weekend_days} ({_or_dash(row.fair_weekend_days)})",
        f"{row.wishes_met} / {row.wishes}",
    ]


def _or_dash(number: int | None) -> str:
    return "–" if number is None else f"{number}"
