"""A first bed plan to start the search from, and what it says about options that are not worth searching."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from assistant.plan.beds.fit import sex_group
from assistant.plan.beds.give_out import give_out
from assistant.plan.beds.options import Option, option_cost, unplaced_cost
from assistant.plan.beds.priority import priority
from assistant.plan.beds.problem import BedProblem
from assistant.plan.beds.score import costs_of
from assistant.plan.settings import BedWeights
from assistant.records.units import SexRule


def first_plan(problem: BedProblem, options: Sequence[Option], weights: BedWeights) -> list[Option]:
    """The plan of a bed manager who takes the most urgent first, each to the best free bed, and moves nobody.

    Forced choices are not looked at.
    """
    taken = _Taken(problem, options)
    ways: dict[str, list[Option]] = defaultdict(list)
    for option in options:
        ways[option.patient.visit].append(option)
    chosen = []
    for patient in sorted(problem.waiting, key=lambda p: (-priority(p, problem.at), p.visit)):
        best_first = sorted(ways[patient.visit], key=lambda o: (option_cost(problem, o, weights), o.group.name))
        best = next((option for option in best_first if taken.allows(option)), None)
        if best is not None:
            taken.add(best)
            chosen.append(best)
    return chosen


def worth_searching(
    problem: BedProblem, options: Sequence[Option], first: Sequence[Option], weights: BedWeights
) -> list[Option]:
    """The options that could be part of a plan at least as good as the first one.

    No plan costs less than everybody's cheapest option together. An option that alone costs so much more than its
    patient's cheapest that this sum rises above the first plan's cost can be left out without losing the best plan.
    """
    if problem.forced:
        return list(options)  # the first plan may break what is forced, so its cost says nothing
    cost = {option: option_cost(problem, option, weights) for option in options}
    cheapest = {patient.visit: unplaced_cost(problem, patient, weights) for patient in problem.waiting}
    for option in options:
        if option.patient.wants:
            cheapest[option.patient.visit] = min(cheapest[option.patient.visit], cost[option])
    spare = sum(costs_of(problem, *give_out(problem, first), weights).values()) - sum(cheapest.values())
    return [option for option in options if cost[option] - cheapest.get(option.patient.visit, 0) <= spare]


class _Taken:
    """Beds in use by group and night, and sexes by room and night."""

    def __init__(self, problem: BedProblem, options: Sequence[Option]) -> None:
        self._beds: Counter[tuple[str, int]] = Counter()
        self._sexes: dict[tuple[str, int], set[str]] = defaultdict(set)
        self._overfull = {patient.unit for patient in problem.present if not patient.bed}
        group_of = {bed.address: group.name for group in {option.group for option in options} for bed in group.beds}
        for patient in [patient for patient in problem.patient_by_visit.values() if patient.bed]:
            for night in range(problem.stays_until(patient)):
                self._beds[group_of.get(patient.bed, ""), night] += 1
                self._sexes[patient.bed.rsplit("/", 1)[0], night].add(sex_group(patient))

    def allows(self, option: Option) -> bool:
        """There is a bed in every night of the stay, and nobody of the other sex where that matters."""
        if option.group.like.unit in self._overfull:
            return False
        one_sex = option.group.like.sex_rule is SexRule.SAME
        mine = {sex_group(option.patient)}
        return all(
            self._beds[option.group.name, night] < len(option.group.beds)
            and not (one_sex and self._sexes[option.group.room, night] - mine)
            for night in range(option.start, option.end)
        )

    def add(self, option: Option) -> None:
        """The option is taken."""
        for night in range(option.start, option.end):
            self._beds[option.group.name, night] += 1
            self._sexes[option.group.room, night].add(sex_group(option.patient))
