"""A bed plan as HTML: named figures, then who goes where, transfers, surge beds and what stays unplaced, as tables."""

from collections.abc import Sequence
from datetime import datetime

from assistant.plan.beds.plan import BedPlan, Placement
from assistant.plan.beds.problem import BedProblem
from assistant.plan.result import Reason
from assistant.tools.wording import wording
from assistant.ui.roster_view import facts_html, reasons_html, solver_words
from assistant.ui.safe import inert, table, tag
from assistant.ui.words import ScreenWords


def beds_html(plan: BedPlan, problem: BedProblem, words: ScreenWords) -> str:
    """Everything a person needs to decide on a bed plan; a table without rows is left out."""
    parts = [_facts(plan, problem, words)]
    if plan.rule_check:
        parts.append(reasons_html(plan.rule_check, words("roster.broken")))
    if plan.result.conflict:
        parts.append(reasons_html(plan.result.conflict, words("roster.conflict")))
    tables = [
        _placed(plan.assignments, problem, words),
        _moved(plan, words),
        _surge(plan, problem, words),
        _unplaced(plan.unplaced, problem, words),
    ]
    return "".join(parts) + ("".join(tables) or tag("p", inert(words("beds.nothing"))))


def _facts(plan: BedPlan, problem: BedProblem, words: ScreenWords) -> str:
    say = wording(words.language)
    return facts_html(
        [
            (words("beds.fact_at"), say.moment(plan.at)),
            (words("beds.fact_waiting"), f"{len(problem.waiting)}"),
            (words("beds.fact_placed"), f"{len(plan.assignments)}"),
            (words("beds.fact_unplaced"), f"{len(plan.unplaced)}"),
            (words("beds.fact_transfers"), f"{len(plan.transfers)}"),
            (words("beds.fact_surge"), f"{sum(count for _, count in plan.surge)}"),
            (words("roster.fact_rules"), f"{len(plan.rule_check)}"),
            (words("roster.fact_solver"), solver_words(plan.result, words)),
        ]
    )


def _placed(rows: Sequence[Placement], problem: BedProblem, words: ScreenWords) -> str:
    heads = [words(f"beds.{key}") for key in ("visit", "now", "needs", "wanted", "to_bed", "start", "nights", "note")]
    cells = [
        [
            row.visit,
            _now(row.visit, problem),
            _needs(row.visit, problem, words),
            _unit(row.wanted, problem, words),
            row.bed,
            _moment(row.start),
            f"{row.nights}",
            _note(row, words),
        ]
        for row in rows
    ]
    return table(heads, cells, "hda-plain", words("beds.assignments")) if rows else ""


def _note(row: Placement, words: ScreenWords) -> str:
    marks = [words("beds.other_unit")] * row.wrong_unit + [words("beds.surge_bed")] * row.surge
    return ", ".join(marks)


def _moved(plan: BedPlan, words: ScreenWords) -> str:
    heads = [words(f"beds.{key}") for key in ("visit", "from_bed", "to_bed", "start", "nights")]
    cells = [[row.visit, row.from_bed, row.to_bed, _moment(row.start), f"{row.nights}"] for row in plan.transfers]
    return table(heads, cells, "hda-plain", words("beds.transfers")) if cells else ""


def _surge(plan: BedPlan, problem: BedProblem, words: ScreenWords) -> str:
    cells = [[_unit(unit, problem, words), f"{count}"] for unit, count in plan.surge]
    return table([words("beds.unit"), words("beds.beds")], cells, "hda-plain", words("beds.surge")) if cells else ""


def _unplaced(reasons: Sequence[Reason], problem: BedProblem, words: ScreenWords) -> str:
    heads = [words(f"beds.{key}") for key in ("visit", "now", "needs", "wanted", "since", "reason")]
    known = wording(words.language).words
    cells = []
    for reason in reasons:
        patient = problem.patient_by_visit.get(reason.subject)
        cells.append(
            [
                reason.subject,
                _now(reason.subject, problem),
                _needs(reason.subject, problem, words),
                _unit(patient.wants if patient else "", problem, words),
                _moment(patient.since) if patient and patient.since else "",
                known.get(f"reason_{reason.kind}", reason.kind.replace("_", " ")),
            ]
        )
    return table(heads, cells, "hda-plain", words("beds.unplaced")) if cells else ""


def _now(visit: str, problem: BedProblem) -> str:
    """Where staff find the patient, since only a pseudonym is shown."""
    patient = problem.patient_by_visit.get(visit)
    return (patient.bed or patient.unit) if patient else ""


def _needs(visit: str, problem: BedProblem, words: ScreenWords) -> str:
    patient = problem.patient_by_visit.get(visit)
    if patient is None:
        return ""
    needs = [words("beds.isolation")] * patient.isolation + [words("beds.ventilator")] * patient.ventilator
    return ", ".join(needs) or words("beds.no_needs")


def _unit(code: str, problem: BedProblem, words: ScreenWords) -> str:
    unit = problem.unit_by_code.get(code)
    return unit.called(words.language) if unit else code


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
