"""Ground: every number, date, unit and person in an answer must occur in a fact or in a cited passage."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.agent.claims import Claim, Names, claims, figure_key
from assistant.tools.tool import Fact, Source, Value


@dataclass(frozen=True)
class Grounding:
    """What was checked.

    Attributes:
        ok: True if every claim is grounded.
        ungrounded: Claims that occur nowhere.
        claims: Each grounded claim with the fact or source that bears it.
    """

    ok: bool
    ungrounded: tuple[Claim, ...]
    claims: tuple[tuple[Claim, str], ...]

    def to_json(self) -> list[dict[str, Any]]:
        """The claim-to-fact map for the journal."""
        borne = [{"kind": claim.kind, "value": claim.value, "fact": where} for claim, where in self.claims]
        return borne + [{"kind": claim.kind, "value": claim.value, "fact": None} for claim in self.ungrounded]


def ground(text: str, facts: Sequence[Fact], sources: Sequence[Source], names: Names) -> Grounding:
    """Check a text against facts and cited passages.

    Percentages are borne only by percentages, dates only by dates: 14 patients do not ground 14 %.
    """
    bearers: dict[Claim, str] = {}
    for source in sources:
        for claim in claims(f"{source.title} {source.section} {source.version} {source.excerpt}", names):
            bearers.setdefault(claim, source.id)
    for fact in facts:
        for claim in [*claims(fact.text, names), *_typed(fact.values)]:
            bearers[claim] = fact.id
    made = claims(text, names)
    missing = tuple(claim for claim in made if claim not in bearers)
    return Grounding(not missing, missing, tuple((claim, bearers[claim]) for claim in made if claim in bearers))


def _typed(values: Sequence[Value]) -> list[Claim]:
    """The claims that typed values bear."""
    found = []
    for value in values:
        if value.unit in {"unit", "person"}:
            found.append(Claim(value.unit, str(value.value)))
        elif isinstance(value.value, int | float):
            kind = "percent" if value.unit == "%" else "number"
            found.append(Claim(kind, figure_key(float(value.value))))
    return found
