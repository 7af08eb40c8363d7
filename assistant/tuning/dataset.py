"""The data of a training run: made once from the wordings into a folder, with its hash, and read from there."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant.llm.descriptions import EarlierTurn
from assistant.llm.examples import Example, calls_from
from assistant.tools.catalogue import tool_descriptions
from assistant.tuning.split import SETS, Made, made, split
from assistant.tuning.templates import read_templates

# Examples per wording in each set: a wording of the test set counts once.
EACH = {"train": 2, "validation": 1, "test": 1}
SEED = 20261122


def make_dataset(folder: Path, fills: int = SEED, tell: Callable[[str], None] = print) -> dict[str, Any]:
    """Write `train.jsonl`, `validation.jsonl`, `test.jsonl` and `data.json` (counts and sha256) into `folder`.

    `test.jsonl` is in the format of `python -m eval understanding`.

    Args:
        folder: Made when missing.
        fills: Seed of the training set's draws: another one gives the same wordings with other names, times and slips
            of the keyboard. Which wordings are for training, and the other two sets, do not change with it.
        tell: Called with each step.

    Returns:
        The content of `data.json`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    templates, tools = read_templates(), tool_descriptions()
    sets = split(templates)
    report: dict[str, Any] = {"seed": SEED, "fills": fills, "wordings": len(templates), "sets": {}}
    for name in SETS:
        tell(f"Making the {name} set from {len(sets[name])} wordings")
        # A question before a follow-up may be any of the same set, or, where that has none, of the training set.
        pool = sets["train"] if name == "train" else [*sets[name], *sets["train"]]
        examples = list(made(name, sets[name], pool, tools, EACH[name], fills if name == "train" else SEED))
        path = folder / f"{name}.jsonl"
        rows = [as_case(f"{name}-{place}", row) for place, row in enumerate(examples)]
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        report["sets"][name] = _counts(sets[name], examples) | {"sha256": _sha256(path)}
    (folder / "data.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def as_case(name: str, row: Made) -> dict[str, Any]:
    """An example as a case of the evaluation."""
    steps = [{"tool": call.name, "arguments": dict(call.arguments)} for call in row.example.calls]
    return {
        "id": name,
        "lang": row.example.language,
        "earlier": [
            {
                "question": turn.question,
                "steps": [{"tool": call.name, "arguments": dict(call.arguments)} for call in turn.calls],
            }
            for turn in row.example.earlier
        ],
        "question": row.example.question,
        "expect": steps,
        "source": row.source,
    }


def read_set(path: Path) -> list[Example]:
    """The examples of one set."""
    return [_example(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _example(row: dict[str, Any]) -> Example:
    turns = tuple(EarlierTurn(turn["question"], _calls(turn["steps"])) for turn in row["earlier"])
    return Example(row["lang"], row["question"], _calls(row["expect"]), turns)


def _calls(steps: Sequence[dict[str, Any]]) -> Any:
    return calls_from([{"name": step["tool"], "arguments": step["arguments"]} for step in steps])


def _counts(templates: Sequence[Any], examples: Sequence[Made]) -> dict[str, Any]:
    tools = Counter(call.name for row in examples for call in row.example.calls)
    languages = Counter(row.example.language for row in examples)
    return {
        "wordings": len(templates),
        "examples": len(examples),
        "languages": dict(sorted(languages.items())),
        "tools": dict(sorted(tools.items())),
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
