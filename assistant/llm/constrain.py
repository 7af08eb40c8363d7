"""The grammar that holds the embedded language model to the tool catalogue, made anew for each question.

It admits one thing only: a JSON array of one to `max_steps` calls without white space, tool names and closed
choices from the catalogue, arguments in the catalogue's order, text arguments that are stretches of the question
(or of earlier ones), and numbers that were said. What cannot be filled is left out: an optional argument for
which the question offers nothing cannot be written, and a tool whose required argument cannot be filled cannot
be called. So a call may still be the wrong one, but it is always well-formed, and its arguments are the user's
own words.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.errors import SetupError
from assistant.llm.descriptions import ToolDescription
from assistant.llm.spans import copyable, numbers_for

COPIED_CHARACTERS = 160
# Text that is neither copied nor a closed choice: an argument's name, say.
_OTHER_TEXT = "/[a-z][a-z_ ]{0,30}/"


def calls_grammar(
    tools: Sequence[ToolDescription], question: str, earlier: Sequence[str] = (), max_steps: int = 3
) -> str:
    """The grammar in llguidance's Lark dialect.

    Args:
        tools: What may be called, in order.
        question: The words to copy from.
        earlier: Earlier questions of the conversation, the last first; a follow-up may copy from them as well.
        max_steps: Most calls.

    Raises:
        SetupError: No tool of the list can be called at all.
    """
    texts = [question, *earlier]
    spans = copyable(texts)
    names, rules = [], []
    for place, tool in enumerate(tools):
        rule = _call_rule(tool, texts, bool(spans))
        if rule:
            names.append(f"call_{place}")
            rules.append(f"call_{place}: {rule}")
    if not names:
        raise SetupError("The tool catalogue handed to the language model is empty; expected one tool at least.")
    repeats = f' ("," call){{0,{max_steps - 1}}}' if max_steps > 1 else ""
    return "\n".join([f'start: "[" call{repeats} "]"', f"call: {' | '.join(names)}", *rules, *_span_rules(spans), ""])


def _call_rule(tool: ToolDescription, texts: Sequence[str], has_words: bool) -> str:
    """Right-hand side of a tool's rule; empty if a required argument cannot be filled."""
    filled = {
        name: value
        for name, schema in tool.arguments.items()
        if (value := _value_rule(name, schema, name in tool.copied, texts, has_words))
    }
    if any(name not in filled for name in tool.required):
        return ""
    ordered = [name for name in tool.ordered if name in filled]
    head = _quoted('{"name":' + json.dumps(tool.name) + ',"arguments":{')
    body = " ".join(_members(ordered, tool.required, filled))
    return f"{head} {body} {_quoted('}}')}".replace("  ", " ")


def _members(ordered: Sequence[str], required: Sequence[str], filled: Mapping[str, str]) -> list[str]:
    """One grammar item per argument; without a required one, any of the optional ones may be the first."""
    if required:
        return [
            f"{_quoted((',' if place else '') + json.dumps(name) + ':')} {filled[name]}"
            if name in required
            else f"({_quoted(',' + json.dumps(name) + ':')} {filled[name]})?"
            for place, name in enumerate(ordered)
        ]
    tails = []
    for place, first in enumerate(ordered):
        rest = " ".join(f"({_quoted(',' + json.dumps(name) + ':')} {filled[name]})?" for name in ordered[place + 1 :])
        tails.append(f"{_quoted(json.dumps(first) + ':')} {filled[first]} {rest}".strip())
    return [f"({' | '.join(tails)})?"] if tails else []


def _value_rule(name: str, schema: Mapping[str, Any], copied: bool, texts: Sequence[str], has_words: bool) -> str:
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
        return "copied" if has_words else ""
    return f"{_quoted(chr(34))} {_OTHER_TEXT} {_quoted(chr(34))}" if kind == "string" else ""


def _span_rules(spans: Sequence[Sequence[str]]) -> list[str]:
    """Terminals for copied text: whole pieces in a row, not beginning or ending with a blank or a stop."""
    if not spans:
        return []
    names = [f"WORDS_{place}" for place in range(len(spans))]
    rules = [
        f'{name}: %regex {{ "substring_chunks": {json.dumps(list(cut), ensure_ascii=False)} }}'
        for name, cut in zip(names, spans, strict=True)
    ]
    edge = r"[^ ,.;:!?'’、，。；：！？()]"
    shape = f"/{edge}|{edge}[^\\n]{{0,{COPIED_CHARACTERS}}}{edge}/"
    return ['copied: "\\"" SPAN "\\""', f"SPAN: ({' | '.join(names)}) & {shape}", *rules]


def _quoted(text: str) -> str:
    """The text as a literal of the grammar."""
    return json.dumps(text, ensure_ascii=False)
