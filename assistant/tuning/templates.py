"""Reads the hand-written wordings (assistant/tuning/wordings/{en,zh}/*.txt): which calls they mean, and their slots.

A file is a row of blocks. `@ CALLS` says what the lines below it mean, as `tool name=value ... ; tool ...`; a value may
hold slots (`{unit}`). `< CALLS` before it gives the calls of the turn before, of which the lines are follow-ups. Every
other line is one wording, in which `[a|b|]` offers alternatives. `#` begins a comment.

`python -m assistant.tuning.templates FILE...` checks files and prints what is wrong.
"""

import re
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.errors import RecordError
from assistant.llm.descriptions import ToolDescription
from assistant.tools.catalogue import tool_descriptions

FOLDER = Path(__file__).parent / "wordings"
LANGUAGES = ("en", "zh")
SLOT = re.compile(r"\{([a-z]+2?)\}")
CHOICE = re.compile(r"\[([^\[\]]*)\]")
SLOTS = frozenset(
    [
        "unit",
        "item",
        "who",
        "disease",
        "region",
        "past",
        "at",
        "day",
        "when",
        "length",
        "lengthadj",
        "horizon",
        "weeks",
        "n",
        "percent",
        "doses",
        "shift",
        "plan",
        "patient",
    ]
)


@dataclass(frozen=True)
class CallPattern:
    """A call whose argument values may hold slots."""

    name: str
    arguments: Mapping[str, str]

    @property
    def shape(self) -> tuple[str, ...]:
        """Tool, closed choices and argument names: what a turn before must agree in."""
        return (self.name, *(f"{k}={v}" if k in _CLOSED else k for k, v in self.arguments.items()))


@dataclass(frozen=True)
class Template:
    """One wording.

    Attributes:
        language: `en` or `zh`.
        topic: File name without its ending.
        line: Number of the line in the file.
        wording: Text with slots and alternatives.
        calls: What it means.
        earlier: The calls of the turns before, oldest first.
    """

    language: str
    topic: str
    line: int
    wording: str
    calls: tuple[CallPattern, ...]
    earlier: tuple[tuple[CallPattern, ...], ...] = ()

    @property
    def name(self) -> str:
        """Where it stands."""
        return f"{self.language}/{self.topic}:{self.line}"


_CLOSED = {"measure", "change", "kind", "goal", "missing", "reason", "source"}


def read_templates(folder: Path = FOLDER) -> list[Template]:
    """All wordings of both languages, in the order of the files.

    Raises:
        RecordError: Lines that cannot be read, each with its place.
    """
    paths = [path for language in LANGUAGES for path in sorted((folder / language).glob("*.txt"))]
    faults: list[str] = []
    templates = [template for path in paths for template in read_file(path, faults)]
    if faults:
        raise RecordError(f"{len(faults)} wordings cannot be read; mend them in {folder}.", faults)
    return templates


def read_file(path: Path, faults: list[str]) -> Iterator[Template]:
    """The wordings of one file (its folder is the language); what cannot be read is added to `faults`."""
    calls: tuple[CallPattern, ...] = ()
    earlier: list[tuple[CallPattern, ...]] = []
    begun = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        try:
            if text[0] == "<":
                earlier = [*(earlier if begun else ()), calls_in(text[1:])]
                begun = True
            elif text[0] == "@":
                calls, earlier, begun = calls_in(text[1:]), earlier if begun else [], False
            else:
                template = Template(path.parent.name, path.stem, number, text, calls, tuple(earlier))
                check(template)
                yield template
        except ValueError as error:
            faults.append(f"{path.parent.name}/{path.name}, line {number}: {error}")


def calls_in(text: str) -> tuple[CallPattern, ...]:
    """The calls of a `@` or `<` line; ValueError says what is wrong with it."""
    calls = []
    for part in text.split(" ; "):
        name, *arguments = shlex.split(part)
        pairs = [argument.partition("=") for argument in arguments]
        if any(not middle or not value for _, middle, value in pairs):
            raise ValueError(f"expected name=value after the tool, found {part.strip()!r}")
        calls.append(CallPattern(name, {key: value for key, _, value in pairs}))
        _check_call(calls[-1])
    return tuple(calls)


@cache
def _catalogue() -> dict[str, ToolDescription]:
    return {tool.name: tool for tool in tool_descriptions()}


def _check_call(call: CallPattern) -> None:
    tool = _catalogue().get(call.name)
    if tool is None:
        raise ValueError(f"there is no tool {call.name!r}; there are {', '.join(_catalogue())}")
    for name, value in call.arguments.items():
        schema = tool.arguments.get(name)
        if schema is None:
            raise ValueError(f"{call.name} has no argument {name!r}; it has {', '.join(tool.ordered)}")
        if "enum" in schema and value not in schema["enum"]:
            raise ValueError(f"{name}={value} is none of {', '.join(map(str, schema['enum']))}")
    missing = [name for name in tool.required if name not in call.arguments and name != "query"]
    if missing:
        raise ValueError(f"{call.name} needs {', '.join(missing)}")


def slots(text: str) -> set[str]:
    """Names of the slots in a text."""
    return set(SLOT.findall(text))


def check(template: Template) -> None:
    """Raise ValueError if the wording lacks a slot of its calls, or has an unknown one."""
    if not template.calls:
        raise ValueError("a wording stands before the first '@' line")
    said = slots(template.wording)
    meant = _slots_of(template.calls)
    before = {slot for calls in template.earlier for slot in _slots_of(calls)}
    unknown = {slot for slot in said | meant if slot.rstrip("2") not in SLOTS}
    if unknown:
        raise ValueError(f"unknown slots {sorted(unknown)}; there are {', '.join(sorted(SLOTS))}")
    missing = meant - said - before
    if missing:
        raise ValueError(f"the calls use {sorted(missing)}, which the wording does not say: {template.wording!r}")
    if _unbalanced(template.wording):
        raise ValueError(f"brackets do not match in {template.wording!r}")


def _slots_of(calls: Sequence[CallPattern]) -> set[str]:
    return {slot for call in calls for value in call.arguments.values() for slot in slots(value)}


def _unbalanced(wording: str) -> bool:
    rest = CHOICE.sub("", wording)
    while rest != wording:
        wording, rest = rest, CHOICE.sub("", rest)
    return bool(re.search(r"[\[\]]|\{(?![a-z]+2?\})", rest))


def main(paths: Sequence[str]) -> int:
    """Check files; prints each mistake, and counts. 1 if there was any."""
    faults: list[str] = []
    for path in map(Path, paths):
        print(f"{path}: {sum(1 for _ in read_file(path, faults))} wordings")
    print("\n".join(faults), file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
