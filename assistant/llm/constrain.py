"""The grammar that holds the embedded language model to the tool catalogue, made anew for each question.

It admits one thing only: one to `max_steps` Hermes calls without white space, tool names and closed choices from the
catalogue, arguments in the catalogue's order, text arguments that are stretches of the question (or of earlier
ones), times and shifts that were named, numbers that were said; a search takes the whole question. What cannot be
filled is left out: an optional argument for which the question offers nothing cannot be written, and a tool whose
required argument cannot be filled cannot be called. So a call may still be the wrong one, but it is always
well-formed, and its arguments are the user's own words.
"""

import json
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.errors import SetupError
from assistant.llm.descriptions import ToolDescription
from assistant.llm.hermes import BETWEEN, CLOSING, OPENING
from assistant.llm.spans import copyable, lengths_said, normal, numbers_for, shifts_in, times_in

COPIED_CHARACTERS = 160
QUERY_CHARACTERS = 400
# Arguments that take any stretch of the question (`bed 12`); the others are names.
FREE_TEXT = frozenset({"subject", "alternative"})
# A name does not consist of these words alone (any of them may be part of one): what is asked, and how.
NEVER_NAMES = (
    "a|an|the|how|many|much|full|busy|is|are|was|were|will|be|been|do|does|did|have|has|had|we|our|us|i|me|you|it|there|this"
    "|that|these|those|which|what|who|when|where|why|should|would|can|could|may|might|must|go|going|get|give|show|list|tell"
    "|make|draft|plan|create|find|need|in|on|of|for|to|at|by|from|with|and|or|over|into|between|now|today|tonight|tomorrow"
    "|yesterday|next|last|past|week|weeks|day|days|month|months|right|currently|moment|please|all|any|anyone|every|still"
    "|patient|patients|bed|beds|free|empty|waiting|wait|occupancy|census|admission|admissions|admitted|discharge|discharges"
    "|discharged|transfer|transfers|arrival|arrivals|nurse|nurses|staff|staffing|stock|roster|rota|schedule|shift|shifts"
    "|january|february|march|april|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday"
    "|friday|saturday|sunday|weekend|noon|midnight|morning|evening|night|ago|since|until|hour|hours|year|coming|recent"
    "|length|stay|average|mean|median|forecast|expected|expect|number|data|quality|hospital|whole|house|left|enough"
)
# Text that is neither copied nor a closed choice: an argument's name, say.
_OTHER_TEXT = "/[a-z][a-z_ ]{0,30}/"

_NEVER = frozenset(NEVER_NAMES.split("|"))
# What copied text begins and ends with: no blank, no stop.
_EDGE = re.compile(r"[^ ,.;:!?'’、，。；：！？()]")


# In the training set these arguments are given in 95 to 100 % of the questions that say a fitting length or day; the
# language model forgets them more often.
_USED_IF_SAID = {
    "forecast_demand": ("days",),
    "forecast_outbreak": ("weeks",),
    "plan_supplies": ("days",),
    "check_forecasts": ("days",),
    "what_if": ("day",),
    "explain": ("day",),
}
# A plan is named by its id.
_PLAN_ID = re.compile(r"[A-Za-z]{1,8}-(?=[0-9A-Za-z-]*\d)[0-9A-Za-z-]{2,40}|[A-Z]\d{3,8}")


@dataclass(frozen=True)
class Shape:
    """A tool with its required closed choice (`show_state`, `occupancy`); empty for a tool that has none."""

    name: str
    choice: str = ""


def calls_grammar(
    tools: Sequence[ToolDescription],
    question: str,
    earlier: Sequence[str] = (),
    max_steps: int = 3,
    shapes: Sequence[Shape] = (),
    min_steps: int = 1,
) -> str:
    """The grammar of all calls of the catalogue, in llguidance's Lark dialect.

    Args:
        tools: What may be called, in order.
        question: The words to copy from.
        earlier: Earlier questions of the conversation, the last first; a follow-up may copy from them as well.
        max_steps: Most calls.
        shapes: Only calls of these shapes; none means all. Where none of them can be filled, all are open again.
        min_steps: Fewest calls.

    Raises:
        SetupError: No tool of the list can be called at all.
    """
    words = _Words([question, *earlier])
    kept = [_narrowed(tool, shapes) for tool in tools] if shapes else list(tools)
    rules = [rule for tool in kept if tool and (rule := _call_rule(tool, words, max_steps == 1))]
    if shapes and not rules:
        return calls_grammar(tools, question, earlier, max_steps, (), min_steps)
    if not rules:
        raise SetupError("The tool catalogue handed to the language model is empty; expected one tool at least.")
    repeats = f" ({_quoted(BETWEEN)} call){{{min_steps - 1},{max_steps - 1}}}" if max_steps > 1 else ""
    names = [f"call_{place}" for place in range(len(rules))]
    named = [f"{name}: {rule}" for name, rule in zip(names, rules, strict=True)]
    lines = [f"start: call{repeats}", f"call: {' | '.join(names)}", *named, *_span_rules(words)]
    return "\n".join([*lines, ""])


def _narrowed(tool: ToolDescription, shapes: Sequence[Shape]) -> ToolDescription | None:
    """The tool with its closed choice held to the shapes'; None if no shape is of this tool.

    A choice that need not be made is made where every shape of the tool makes it.
    """
    choices = [shape.choice for shape in shapes if shape.name == tool.name]
    if not choices:
        return None
    properties, required = dict(tool.parameters["properties"]), list(tool.required)
    for name in properties:
        values = [value for value in properties[name].get("enum", ()) if value in choices]
        if values:
            properties[name] = {**properties[name], "enum": values}
            required += [name] if all(choices) and name not in required else []
    return replace(tool, parameters={**tool.parameters, "properties": properties, "required": required})


def query_of(question: str) -> str:
    """What is searched for: the whole question. Which of its words matter is the search's business."""
    return normal(question)[:QUERY_CHARACTERS].strip()


class _Words:
    """What the question and those before it offer for copying."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = tuple(texts)
        self.spans = copyable(texts)
        self.times = times_in(texts)
        self.shifts = shifts_in(texts)
        self.query = query_of(texts[0])
        every = [piece for cut in self.spans for piece in cut if len(piece) <= COPIED_CHARACTERS]
        # Without any such piece nothing can be copied, and a grammar that lets it begin would end in a dead end.
        self.has_text = any(_EDGE.match(piece[0]) and _EDGE.match(piece[-1]) for piece in every)
        self.has_names = any(self._may_name(piece) for piece in every)

    def says(self, argument: str) -> bool:
        """Whether the question itself, not one before it, says a time for `day`, or a length for `days` and `weeks`."""
        if argument == "day":
            return bool(times_in(self.texts[:1]))
        lengths = lengths_said(self.texts[0])
        return any(days >= 7 for days in lengths) if argument == "weeks" else bool(lengths)

    def _may_name(self, piece: str) -> bool:
        """A piece that could be a name by itself; without any, no name can be copied at all."""
        return piece[0].isalnum() and not (piece.isdigit() or piece.lower() in _NEVER or piece in self.times)


def _call_rule(tool: ToolDescription, words: _Words, alone: bool) -> str:
    """Right-hand side of a call's rule; empty if a required argument cannot be filled.

    In a question with one call, a length of time that was said is used (`_USED_IF_SAID`).
    """
    filled = {
        name: value for name, schema in tool.arguments.items() if (value := _argument_rule(name, schema, tool, words))
    }
    if any(name not in filled for name in tool.required):
        return ""
    ordered = [name for name in tool.ordered if name in filled]
    head = _quoted(f'{OPENING}{{"name":' + json.dumps(tool.name) + ',"arguments":{')
    used = [name for name in ordered if alone and name in _USED_IF_SAID.get(tool.name, ()) and words.says(name)]
    return " ".join([head, *_members(ordered, {*tool.required, *used}, filled), _quoted("}}" + CLOSING)])


def _argument_rule(name: str, schema: Mapping[str, Any], tool: ToolDescription, words: _Words) -> str:
    """Grammar of one argument's value; empty if it is left out."""
    if name == "query":
        return _one_of([words.query]) if words.query else ""
    if name in tool.times:
        return _one_of(words.times)
    if name == "shift":
        return _one_of(words.shifts)
    if name == "plan":
        return _one_of([piece for cut in words.spans for piece in cut if _PLAN_ID.fullmatch(piece)])
    copied = "" if name not in tool.copied else "copied" if name in FREE_TEXT else "name"
    offered = words.has_text if copied == "copied" else words.has_names
    return _value_rule(name, schema, copied, words.texts, offered)


def _one_of(said: Sequence[str]) -> str:
    """Grammar of a text that is one of those; empty if there are none."""
    return f"({' | '.join(_quoted(json.dumps(text, ensure_ascii=False)) for text in said)})" if said else ""


def _members(ordered: Sequence[str], required: Container[str], filled: Mapping[str, str]) -> list[str]:
    """One grammar item per argument; without a required one, any of the optional ones may be the first."""
    if any(name in required for name in ordered):
        return _around_required(ordered, required, filled)
    tails = []
    for place, first in enumerate(ordered):
        rest = " ".join(f"({_quoted(',' + json.dumps(name) + ':')} {filled[name]})?" for name in ordered[place + 1 :])
        tails.append(f"{_quoted(json.dumps(first) + ':')} {filled[first]} {rest}".strip())
    return [f"({' | '.join(tails)})?"] if tails else []


def _around_required(ordered: Sequence[str], required: Container[str], filled: Mapping[str, str]) -> list[str]:
    """The arguments in order, those not required in brackets; the comma goes with the one that can be left out."""
    first = next(place for place, name in enumerate(ordered) if name in required)
    items = []
    for place, name in enumerate(ordered):
        key = json.dumps(name) + ":"
        if place < first:
            items.append(f"({_quoted(key)} {filled[name]} {_quoted(',')})?")
        elif name in required:
            items.append(f"{_quoted((',' if place > first else '') + key)} {filled[name]}")
        else:
            items.append(f"({_quoted(',' + key)} {filled[name]})?")
    return items


def _value_rule(name: str, schema: Mapping[str, Any], copied: str, texts: Sequence[str], has_words: bool) -> str:
    """Grammar of one value; empty if the question offers nothing for it."""
    if "const" in schema:
        return _quoted(json.dumps(schema["const"], ensure_ascii=False))
    if "enum" in schema:
        choices = [_quoted(json.dumps(choice, ensure_ascii=False)) for choice in schema["enum"] if choice is not None]
        return f"({' | '.join(choices)})"
    kind = schema.get("type")
    if kind in {"integer", "number"}:
        said = [n for n in numbers_for(name, texts) if schema.get("minimum", n) <= n <= schema.get("maximum", n)]
        return f"({' | '.join(_quoted(str(n)) for n in said)})" if said else ""
    if kind == "boolean":
        return '("true" | "false")'
    if kind == "string" and copied:
        return copied if has_words else ""
    return f"{_quoted(chr(34))} {_OTHER_TEXT} {_quoted(chr(34))}" if kind == "string" else ""


def _span_rules(words: _Words) -> list[str]:
    """Terminals for copied text: whole pieces in a row, not beginning or ending with a blank or a stop."""
    spans = words.spans
    if not spans:
        return []
    names = [f"WORDS_{place}" for place in range(len(spans))]
    rules = [
        f'{name}: %regex {{ "substring_chunks": {json.dumps(list(cut), ensure_ascii=False)} }}'
        for name, cut in zip(names, spans, strict=True)
    ]
    edge = _EDGE.pattern
    shape = f"/{edge}|{edge}[^\\n]{{0,{COPIED_CHARACTERS}}}{edge}/"
    never = rf"~/(?i:({NEVER_NAMES}|[0-9]+)( ({NEVER_NAMES}|[0-9]+))*)/"
    for said in words.times:
        never += f" & ~/{re.escape(said).replace('/', chr(92) + '/')}/"
    return [
        'copied: "\\"" SPAN "\\""',
        'name: "\\"" NAME "\\""',
        f"SPAN: ({' | '.join(names)}) & {shape}",
        f"NAME: ({' | '.join(names)}) & {shape} & {never}",
        *rules,
    ]


def _quoted(text: str) -> str:
    """The text as a literal of the grammar."""
    return json.dumps(text, ensure_ascii=False)
