"""Write: the answer's text, from facts only.

With a served language model the text is written by it from facts and cited passages (it has no tools here). With
the embedded one the text is the plain rendering of the outcomes, composed by code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.agent.claims import Claim, Names
from assistant.agent.ground import Grounding, composed, ground
from assistant.errors import LanguageModelError
from assistant.llm.descriptions import Writer
from assistant.tools.door import CallRecord, Fault
from assistant.tools.tool import Fact, Source
from assistant.tools.wording import Wording


@dataclass(frozen=True)
class Written:
    """The text to show and how it came about.

    Attributes:
        text: Shown.
        grounding: Of the text shown.
        replaced: The text first written and what was not grounded in it; None if it was shown as written.
        note: Why the language model did not write, if it was meant to.
    """

    text: str
    grounding: Grounding
    replaced: dict[str, Any] | None = None
    note: str = ""


def plain(records: Sequence[CallRecord], wording: Wording, names: Names) -> str:
    """The plain rendering: each outcome's text, each failure with its reason and the near names."""
    parts = [record.outcome.text if record.outcome else failure(record, wording, names) for record in records]
    return "\n\n".join(parts)


def without_citations(text: str, sources: Sequence[Source]) -> str:
    """The text without `[source id]` marks, which are no claims."""
    for source in sources:
        text = text.replace(f"[{source.id}]", "")
    return text


def failure(record: CallRecord, wording: Wording, names: Names) -> str:
    """What a user reads about a step that could not be done, in the user's language where there are words for it."""
    code = record.error_code
    if record.faults:
        joint = "；" if wording.language == "zh" else "; "
        text = joint.join(_fault(fault, wording) for fault in record.faults)
        return wording.say("agent.failed", message=f"{text}{'。' if wording.language == 'zh' else '.'}")[0]
    if code == "not_available":
        return _not_available(record, wording)
    key = f"errors.{code}"
    if key not in wording.sentences:
        return wording.say("agent.failed", message=record.error)[0]
    said = next((str(record.arguments[name]) for name in _SAID.get(code, ()) if name in record.arguments), "")
    text = wording.say(key, name=said)[0]
    if code not in _SAID or code == "unknown_time":
        return text
    return text + wording.word("joint") + _hint(record, wording, names)


def _hint(record: CallRecord, wording: Wording, names: Names) -> str:
    """The near names; without any, the known units, or that there are none."""
    if record.near:
        near = [names.called(name, wording.language) for name in record.near]
        return wording.say("agent.near", names=wording.listed(near, either=True))[0]
    if record.error_code == "unknown_unit" and names.units:
        return wording.say("errors.known", names=wording.listed(list(names.units)))[0]
    known = {"unknown_unit": names.units, "unknown_item": names.items, "unknown_person": names.people}
    return wording.say("errors.no_names" if not known[record.error_code] else "errors.other_name")[0]


def _not_available(record: CallRecord, wording: Wording) -> str:
    """What is not built yet, in words, and what can be asked instead."""
    measure = str(record.arguments.get("measure", ""))
    keys = (f"later_{record.tool}", f"later_{measure}", "later_other")
    what = next(wording.words[key] for key in keys if key in wording.words)
    text = wording.say("errors.not_available", what=what)[0]
    return f"{text}\n{wording.word('lead_next')}{wording.say('decline.out_of_scope_next')[0]}"


def _fault(fault: Fault, wording: Wording) -> str:
    words = wording.words
    choices = [words.get(f"choice_{choice}", choice.replace("_", " ")) for choice in fault.choices]
    return wording.say(
        f"faults.{fault.kind}",
        argument=words.get(f"argument_{fault.argument}", fault.argument),
        limit=fault.limit,
        came=fault.came,
        choices=wording.listed(choices, either=True),
    )[0]


# Which argument holds what was not understood.
_SAID = {
    "unknown_unit": ("unit",),
    "unknown_item": ("item",),
    "unknown_person": ("who", "subject"),
    "unknown_time": ("at", "start", "end", "day"),
}


def write(
    question: str,
    records: Sequence[CallRecord],
    facts: Sequence[Fact],
    sources: Sequence[Source],
    names: Names,
    wording: Wording,
    writer: Writer | None,
) -> Written:
    """Write and ground; what is not grounded is replaced by the plain rendering."""
    rendering = plain(records, wording, names)
    failed = [record for record in records if record.outcome is None]
    # A failure is told in our own words: it may name what the user typed, which no fact bears.
    said = plain([record for record in records if record.outcome], wording, names)
    leads = [wording.word(f"lead_{part}") for part in ("change", "caveat", "next")]
    fallback = composed(said, facts, leads, names) or ground(said, facts, sources, names)
    if writer is None or failed or not facts:
        return Written(rendering, fallback)
    try:
        told = [f"[{fact.source}] {fact.text}" for fact in facts]
        passages = [f"[{source.id}] {source.excerpt}" for source in sources if source.excerpt]
        # Collected whole: nothing may be shown before it is grounded and in the journal.
        text = "".join(writer.write(question, wording.language, told, passages)).strip()
    except LanguageModelError as error:
        return Written(rendering, fallback, note=str(error))
    grounding = ground(without_citations(text, sources), facts, sources, names)
    if text and grounding.ok:
        return Written(text, grounding)
    replaced: dict[str, Any] = {
        "text": text,
        "ungrounded": [_told(claim) for claim in grounding.ungrounded],
    }
    return Written(rendering, fallback, replaced=replaced)


def _told(claim: Claim) -> str:
    """`number 9`; `number 10 (said of unit CCU)`."""
    return f"{claim.kind} {claim.value}" + (f" (said of {claim.about})" if claim.about else "")
