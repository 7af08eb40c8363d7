"""Questions for the answers evaluation: the calls of the understanding cases, with the hospital's own names put in."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

from assistant.agent.claims import Names
from assistant.llm.descriptions import RawCall
from eval.cases_understanding import Case


@dataclass(frozen=True)
class Asked:
    """A question with the steps that it should lead to.

    Attributes:
        case: Id of the case that it was made from.
        text: The case's question with the hospital's names in place of the case's.
        steps: The expected steps with the same names.
    """

    case: str
    language: str
    text: str
    steps: tuple[RawCall, ...]


def questions(cases: Sequence[Case], names: Names, count: int, seed: int) -> list[Asked]:
    """`count` questions, the cases in turn and shuffled; asked again, a case gets other names.

    Follow-ups are left out, since they make no sense alone, and so are cases without a step.
    """
    rng = random.Random(seed)
    usable = [case for case in cases if case.expect and not case.earlier]
    rng.shuffle(usable)
    return [_filled(case, names, rng) for case in islice(cycle(usable), count)] if usable else []


def _filled(case: Case, names: Names, rng: random.Random) -> Asked:
    """The case with each name of a unit, item or person replaced, the same one the same way."""
    known: dict[str, Mapping[str, Sequence[str]]] = {"unit": names.units, "item": names.items, "who": names.people}
    text, said = case.question, dict[str, str]()
    steps = []
    for call in case.expect:
        arguments: dict[str, Any] = dict(call.arguments)
        for argument, things in known.items():
            if argument in arguments and things:
                before = str(arguments[argument])
                said.setdefault(before, _spelling(things, case.language, rng))
                arguments[argument] = said[before]
        steps.append(RawCall(call.name, _complete(call.name, arguments)))
    for before, after in said.items():
        text = text.replace(before, after)
    return Asked(case.id, case.language, text, tuple(steps))


def _spelling(things: Mapping[str, Sequence[str]], language: str, rng: random.Random) -> str:
    """A thing by its code or by a name in the language of the question."""
    key = rng.choice(sorted(things))
    fitting = [name for name in things[key] if name and name.isascii() == (language == "en")]
    return rng.choice([key, *fitting])


def _complete(tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Cases list only the arguments that must match; what a tool needs besides is filled with what is plain."""
    needed = {"forecast_demand": {"measure": "occupancy"}, "show_state": {"measure": "occupancy"}}
    return {**needed.get(tool, {}), **arguments}
