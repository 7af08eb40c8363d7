"""Write: the answer's text, from facts only.

With a served language model the text is written by it from facts and cited passages (it has no tools here). With
the embedded one the text is the plain rendering of the outcomes, composed by code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.agent.claims import Names
from assistant.agent.ground import Grounding, ground
from assistant.errors import LanguageModelError
from assistant.llm.descriptions import Writer
from assistant.tools.door import CallRecord
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
    key = f"errors.{record.error_code}"
    if key not in wording.sentences:
        return wording.say("agent.failed", message=record.error)[0]
    said = next((str(record.arguments[name]) for name in _SAID[record.error_code] if name in record.arguments), "")
    text = wording.say(key, name=said)[0]
    known = names.units if record.error_code == "unknown_unit" else {}
    if record.near:
        near = wording.listed([names.called(name) for name in record.near], either=True)
        return f"{text} {wording.say('agent.near', names=near)[0]}"
    return f"{text} {wording.say('errors.known', names=', '.join(known))[0]}" if known else text


# Which argument holds what was not understood.
_SAID = {"unknown_unit": ("unit",), "unknown_item": ("item",), "unknown_time": ("at", "start", "end")}


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
    fallback = ground(plain([record for record in records if record.outcome], wording, names), facts, sources, names)
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
        "ungrounded": [f"{claim.kind} {claim.value}" for claim in grounding.ungrounded],
    }
    return Written(rendering, fallback, replaced=replaced)
