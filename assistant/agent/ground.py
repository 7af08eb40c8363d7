"""Ground: every figure, date, unit, person and code in an answer must stand in a fact or a cited passage.

It must also be said of the same thing: a number that the facts hold for one unit does not ground the same number
said of another, nor one of beds the same one of patients.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.agent.claims import WHOLE, Claim, Mention, Names, mentions, normal
from assistant.agent.ground_bearers import Bearer, Bearers, bearers_of
from assistant.agent.ground_clauses import Clauses, direction
from assistant.tools.tool import Fact, Source

FIGURES = frozenset({"number", "percent"})
# What a claim is held against: a figure with all that it may be said of, a code or a person with where and when.
_SUBJECTS = {
    "number": ("unit", "item", "person", "date", "weekday", "identifier"),
    "percent": ("unit", "item", "person", "date", "weekday", "identifier"),
    "identifier": ("unit", "person", "date", "identifier"),
    "person": ("unit", "date"),
    "date": ("unit", "item"),
}
_MADE_OF_LEADS = frozenset(" \n\t-*#:：.。")


@dataclass(frozen=True)
class Grounding:
    """What was checked.

    Attributes:
        ok: True if every claim is grounded.
        ungrounded: Claims that occur nowhere, or are said of something else than the facts say them of.
        claims: Each grounded claim with the fact or source that bears it.
    """

    ok: bool
    ungrounded: tuple[Claim, ...]
    claims: tuple[tuple[Claim, str], ...]

    def to_json(self) -> list[dict[str, Any]]:
        """The claim-to-fact map for the journal."""
        borne = [{"kind": claim.kind, "value": claim.value, "fact": where} for claim, where in self.claims]
        return borne + [{**_named(claim), "fact": None} for claim in self.ungrounded]


def _named(claim: Claim) -> dict[str, str]:
    named = {"kind": claim.kind, "value": claim.value}
    return {**named, "about": claim.about} if claim.about else named


def ground(text: str, facts: Sequence[Fact], sources: Sequence[Source], names: Names) -> Grounding:
    """Check a text against facts and cited passages.

    Percentages are borne only by percentages, dates only by dates: 14 patients do not ground 14 %. A figure has to
    stand in a fact about the unit, item, person, date or code that it is said of, counting the same thing.
    """
    return ground_in(text, bearers_of(facts, sources, names), names)


def ground_in(text: str, bearers: Bearers, names: Names) -> Grounding:
    """`ground` for many texts over the same facts, which are read once."""
    plain = normal(text)
    found = mentions(plain, names)
    clauses = Clauses(plain, found)
    missing: list[Claim] = []
    borne: list[tuple[Claim, str]] = []
    for mention in found:
        if mention.value == WHOLE:
            continue
        bearer, fault = _bearer(mention, clauses, bearers)
        if bearer is not None:
            borne.append((mention.claim, bearer.id))
        elif fault is not None:
            missing.append(fault)
    missing += [Claim("deed", deed) for deed in clauses.deeds() if not bearers.says(deed)]
    ungrounded = tuple(dict.fromkeys(missing))
    wrong = {(claim.kind, claim.value) for claim in ungrounded}
    kept = {claim: where for claim, where in borne if (claim.kind, claim.value) not in wrong}
    return Grounding(not ungrounded, ungrounded, tuple(kept.items()))


def composed(text: str, facts: Sequence[Fact], leads: Sequence[str], names: Names) -> Grounding | None:
    """The grounding of a text that consists of the facts themselves, in their order; None if it does not.

    Such a text needs no search: each sentence is borne by itself. Anything between the facts has to be a lead word
    (`Next: `), a bullet or white space.
    """
    at, between = 0, []
    for fact in facts:
        start = text.find(fact.text, at)
        if start < 0:
            return None
        between.append(text[at:start])
        at = start + len(fact.text)
    rest = "".join([*between, text[at:]])
    for lead in leads:
        rest = rest.replace(lead, "")
    if set(rest) - _MADE_OF_LEADS:
        return None
    found: dict[Claim, str] = {}
    for fact in facts:
        for mention in mentions(normal(fact.text), names):
            if not mention.soft and mention.value != WHOLE:
                found.setdefault(mention.claim, fact.id)
    return Grounding(True, (), tuple(found.items()))


def _bearer(mention: Mention, clauses: Clauses, bearers: Bearers) -> tuple[Bearer | None, Claim | None]:
    """What bears a mention, or the claim that nothing does; neither for words that need no bearer."""
    if mention.kind in {"name", "relative"}:
        return None, None if bearers.knows(mention) else mention.claim
    holding = [bearer for bearer in bearers if bearer.holds(mention)]
    if not holding or not _weekday_fits(mention, clauses, bearers):
        return None, None if mention.soft else mention.claim
    subjects = clauses.subjects(mention, _SUBJECTS.get(mention.kind, ()))
    about = [bearer for bearer in holding if all(bearer.is_about(subject, mention) for subject in subjects)]
    carried = (
        clauses.carried(mention) if not any(s.kind in {"unit", "identifier", "person"} for s in subjects) else None
    )
    if carried is not None:
        # "The ICU ... 41 patients are due to leave": the unit named before, or the hospital; "It has ..." the unit.
        strict = clauses.refers_back(mention)
        about = [b for b in about if b.is_about(carried, mention) or (b.is_general() and not strict)]
        subjects = [*subjects, carried]
    if not about:
        return None, Claim(mention.kind, mention.value, _said_of(subjects))
    if mention.kind not in FIGURES:
        return about[0], None
    counting = [bearer for bearer in about if bearer.counts(mention)]
    if not counting:
        return None, Claim(mention.kind, mention.value, mention.noun)
    way = direction(clauses.around(mention))
    agreeing = [bearer for bearer in counting if bearer.agrees(mention, way)]
    if not agreeing:
        return None, Claim(mention.kind, mention.value, "direction")
    return agreeing[0], None


def _weekday_fits(mention: Mention, clauses: Clauses, bearers: Bearers) -> bool:
    """A weekday beside a date has to be that date's."""
    if mention.kind != "weekday":
        return True
    beside = clauses.beside(mention, "date")
    return beside is None or bearers.is_weekday(beside.value[-5:], mention.value)


def _said_of(subjects: Sequence[Mention]) -> str:
    return ", ".join(f"{subject.kind} {subject.value}" for subject in subjects)
