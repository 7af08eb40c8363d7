"""Runtimes for the embedded checkpoint, on a sample of cases: `python -m eval runtimes CASES.jsonl --out R.json`.

Ours (transformers, bfloat16 and float32, held to the grammar by llguidance), CTranslate2 int8 (no grammar: what it
writes is checked afterwards) and OpenVINO GenAI int8 (held to the same grammar by xgrammar). Each is measured in a
process of its own, one after the other: seconds to load, seconds from question to calls (by the clock, and of the
processor, which also count on a busy machine), peak memory, how often it chooses the same calls as ours in float32,
and how often the right ones.

CTranslate2 and OpenVINO are no dependencies of this project. They live in an environment of their own, which is also
used to convert the checkpoint (once):

    python3.11 -m venv RUNTIMES
    RUNTIMES/bin/pip install torch==2.13.0 ctranslate2==4.8.5 openvino==2026.4.0 openvino-genai==2026.4.0 \
        'optimum-intel[openvino]==2.2.0'
    RUNTIMES/bin/pip uninstall -y torchvision    # not used; no build of it fits a torch for the CPU only
    python -m eval runtimes CASES.jsonl --out R.json --environment RUNTIMES

A runtime that is not installed there is left out of the table, with the reason.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from langchain_core.messages import AIMessage, BaseMessage

from assistant.errors import LanguageModelError, SetupError
from assistant.llm import checkpoint
from assistant.llm.choose import EmbeddedChooser
from assistant.llm.descriptions import RawCall
from assistant.llm.embedded import EmbeddedChatModel, chat_markup
from assistant.llm.hermes import tool_calls_from
from assistant.llm.settings import LanguageModelSettings, models_folder
from assistant.llm.shortlist import own_shortlist
from assistant.tools.catalogue import tool_descriptions
from eval.cases_understanding import Case, Outcome, read_cases
from eval.runtime_grammar import ebnf
from eval.runtime_workers import NOT_INSTALLED, RUNTIMES
from eval.understanding_scores import latency

REFERENCE = "transformers-float32"
_ROOT = Path(__file__).resolve().parents[1]
_SECONDS = 3600.0
_END = "<|im_end|>"


def main(argv: Sequence[str]) -> int:
    """Run the command; 0 if the report was written. Raises AssistantError for what the user can mend."""
    options = _options(argv)
    cases, faults = read_cases(options.cases)
    if faults:
        _tell(f"{len(faults)} cases cannot be read and are left out, the first: {faults[0]}")
    cases = random.Random(0).sample(cases, min(options.count, len(cases)))
    folder = options.checkpoint or checkpoint.checkpoint_folder(models_folder(LanguageModelSettings(), options.home))
    job = make_job(cases, folder, options.threads)
    work = options.home / "eval" / f"runtimes-{checkpoint.sha256_of(folder / checkpoint.WEIGHTS)[:12]}"
    work.mkdir(parents=True, exist_ok=True)
    rows = {name: _measured(name, job, work, options.environment) for name in options.only or RUNTIMES}
    result = {
        "cases_file": options.cases.name,
        "cases": len(cases),
        "checkpoint": checkpoint.card(folder).get("name"),
        "weights_sha256": checkpoint.card(folder).get("weights_sha256"),
        "threads": options.threads,
        "cpus": os.cpu_count(),
        "load_average": os.getloadavg()[0],
        "grammar_text_seconds": latency([row["grammar_seconds"] for row in job["questions"]]),
        "runtimes": compared(rows, cases, job),
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print("\n".join(_lines(result)))
    print(f"report: {options.out}")
    return 0


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m eval runtimes", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", type=Path, help="cases as for `python -m eval understanding`")
    parser.add_argument("--out", type=Path, required=True, help="report (JSON)")
    parser.add_argument("--count", type=int, default=60, help="cases drawn (always the same ones; default 60)")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads of each runtime (default 1, as ours)")
    parser.add_argument("--environment", type=Path, help="virtual environment with CTranslate2 and OpenVINO")
    parser.add_argument("--only", nargs="+", choices=list(RUNTIMES), help="only these runtimes")
    parser.add_argument("--checkpoint", type=Path, help="another Hugging Face folder than the built checkpoint")
    parser.add_argument("--home", type=Path, default=Path(".assistant"), help="data folder (checkpoint, conversions)")
    return parser.parse_args(argv)


class StandIn:
    """Takes the place of the language model in our chooser: keeps what it is asked, and says what it is told to.

    Args:
        text: The reply.
    """

    def __init__(self, text: str = "") -> None:
        self._text = text
        self.messages: list[BaseMessage] = []
        self.grammar = ""

    def invoke(self, messages: list[BaseMessage], grammar: str, seconds: float) -> AIMessage:
        """See `EmbeddedChatModel`."""
        self.messages, self.grammar = messages, grammar
        return AIMessage(self._text, tool_calls=tool_calls_from(self._text))


def chosen(case: Case, stand_in: StandIn) -> list[RawCall]:
    """The calls that our chooser reads from the stand-in's reply; none if it cannot be used."""
    chooser = EmbeddedChooser(cast(EmbeddedChatModel, stand_in), LanguageModelSettings(), own_shortlist())
    try:
        return chooser.choose(case.question, case.language, case.earlier, tool_descriptions())
    except LanguageModelError:
        return []


def make_job(cases: Sequence[Case], folder: Path, threads: int) -> dict[str, Any]:
    """What every runtime is given: the questions as messages and as tokens, with their grammars."""
    from transformers import AutoTokenizer  # heavy: only after the options were read

    tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    questions = []
    for case in cases:
        stand_in = StandIn()
        began = time.monotonic()
        chosen(case, stand_in)
        seconds = time.monotonic() - began
        tokens = tokenizer.encode(chat_markup(stand_in.messages), add_special_tokens=False)
        asked = [message.text for message in reversed(stand_in.messages) if message.type == "human"]
        questions.append(
            {
                "messages": [[message.type, message.text] for message in stand_in.messages],
                "tokens": tokens,
                "token_texts": tokenizer.convert_ids_to_tokens(tokens),
                "lark": stand_in.grammar,
                "ebnf": ebnf(stand_in.grammar, asked),
                "grammar_seconds": seconds,
            }
        )
    end = tokenizer.convert_tokens_to_ids(_END)
    return {"folder": str(folder.resolve()), "threads": threads, "end": end, "questions": questions}


def _measured(name: str, job: dict[str, Any], work: Path, environment: Path | None) -> dict[str, Any]:
    """What the worker of a runtime found, or `error`."""
    ours = name.startswith("transformers")
    python = sys.executable if ours else str(environment / "bin" / "python") if environment else ""
    if not python:
        return {"error": "no --environment was given"}
    _tell(f"{name}:")
    try:
        given = job | ({} if ours else _converted(name, job["folder"], work, environment or Path()))
        return _worked(name, python, given, work)
    except (SetupError, OSError, subprocess.TimeoutExpired) as wrong:
        _tell(f"  {wrong}")
        return {"error": str(wrong)}


def _worked(name: str, python: str, job: dict[str, Any], work: Path) -> dict[str, Any]:
    job_file, result_file = work / f"{name}-job.json", work / f"{name}-result.json"
    job_file.write_text(json.dumps(job, ensure_ascii=False), encoding="utf-8")
    result_file.unlink(missing_ok=True)
    command = [python, str(_ROOT / "eval" / "runtime_workers.py"), name, str(job_file), str(result_file)]
    ours = python == sys.executable
    environment = {**os.environ, "OMP_NUM_THREADS": str(job["threads"]), "TOKENIZERS_PARALLELISM": "false"}
    environment["PYTHONPATH"] = str(_ROOT) if ours else ""
    done = subprocess.run(command, env=environment, stderr=subprocess.PIPE, text=True, timeout=_SECONDS)
    if done.returncode == NOT_INSTALLED:
        raise SetupError(f"not installed in its environment: {done.stderr.strip()[-300:]}")
    if done.returncode:
        raise SetupError(f"stopped with status {done.returncode}: {done.stderr.strip()[-600:]}")
    found: dict[str, Any] = json.loads(result_file.read_text(encoding="utf-8"))
    return found


def _converted(name: str, folder: str, work: Path, environment: Path) -> dict[str, str]:
    """The checkpoint in the runtime's own format, made at the first run.

    Raises:
        SetupError: The converter is not installed, or failed.
    """
    kind = name.partition("-")[0]
    target = work / kind
    commands = {
        "ctranslate2": ["ct2-transformers-converter", "--model", folder, "--output_dir", str(target),
                        "--quantization", "int8", "--copy_files", "tokenizer.json"],
        "openvino": ["optimum-cli", "export", "openvino", "--model", folder, "--task", "text-generation-with-past",
                     "--weight-format", "int8", str(target)],
    }  # fmt: skip
    if not (target / "converted").is_file():
        _tell("  converting the checkpoint")
        program, *rest = commands[kind]
        converter = environment / "bin" / program
        if not converter.is_file():
            raise SetupError(f"{program} is not installed in {environment}")
        force = ["--force"] if kind == "ctranslate2" else []
        offline = {**os.environ, "HF_HUB_OFFLINE": "1"}
        done = subprocess.run([str(converter), *rest, *force], env=offline, capture_output=True, text=True)
        if done.returncode:
            raise SetupError(f"{program} failed: {done.stderr.strip()[-600:]}")
        (target / "converted").touch()
    return {kind: str(target)}


def compared(rows: dict[str, dict[str, Any]], cases: Sequence[Case], job: dict[str, Any]) -> dict[str, Any]:
    """For each runtime its figures, the agreement with the reference, and the share of right calls."""
    read = {name: _calls(row, cases, job) for name, row in rows.items() if "error" not in row}
    reference = read.get(REFERENCE)
    return {
        name: row if "error" in row else _figures(row, read[name], reference, cases, job) for name, row in rows.items()
    }


def _calls(row: dict[str, Any], cases: Sequence[Case], job: dict[str, Any]) -> list[list[RawCall]]:
    """The calls of each reply; none where it cannot be used."""
    texts = row["replies"]
    if texts and not isinstance(texts[0], str):
        from transformers import AutoTokenizer

        tokenizer: Any = AutoTokenizer.from_pretrained(job["folder"], local_files_only=True)
        texts = [tokenizer.decode(ids, skip_special_tokens=True) for ids in texts]
    row["texts"] = texts
    return [chosen(case, StandIn(text)) for case, text in zip(cases, texts, strict=True)]


def _figures(
    row: dict[str, Any],
    calls: list[list[RawCall]],
    reference: list[list[RawCall]] | None,
    cases: Sequence[Case],
    job: dict[str, Any],
) -> dict[str, Any]:
    count = len(cases)
    outcomes = [Outcome(case, tuple(said), 0.0) for case, said in zip(cases, calls, strict=True)]
    same = [one == other for one, other in zip(calls, reference, strict=True)] if reference else []
    return {
        "version": row["version"],
        "seconds_to_load": round(row["seconds_to_load"], 2),
        "first_question_seconds": round(row["first_question_seconds"], 3),
        "latency_seconds": latency(row["seconds"]),
        "latency_cpu_seconds": latency(row["cpu_seconds"]),
        "peak_memory_mb": round(row["peak_memory_mb"]),
        "admitted": round(sum(map(_admitted, row["texts"], job["questions"])) / count, 4),
        "same_calls_as_reference": round(sum(same) / count, 4) if same else None,
        "tool_accuracy": round(sum(outcome.tools for outcome in outcomes) / count, 4),
        "all_arguments_accuracy": round(sum(outcome.arguments for outcome in outcomes) / count, 4),
        "different": [
            {"id": case.id, "question": case.question, "said": text}
            for case, text, agrees in zip(cases, row["texts"], same, strict=False)
            if not agrees
        ],
    }


def _admitted(text: str, question: dict[str, Any]) -> bool:
    """Whether our grammar admits the reply as it was written."""
    from llguidance import LLMatcher, LLTokenizer

    matcher = LLMatcher(LLTokenizer("byte"), LLMatcher.grammar_from_lark(question["lark"]), log_level=0)
    data = list(text.encode())
    return bool(matcher.try_consume_tokens(data) == len(data) and matcher.is_accepting())


def _lines(result: dict[str, Any]) -> list[str]:
    took, load = result["grammar_text_seconds"], result["load_average"]
    lines = [
        f"{result['cases']} cases of {result['cases_file']}, threads: {result['threads']}, load average {load:.1f}",
        f"making the grammar's text (in none of the rows): median {took['median']} s, 90 % under {took['p90']} s",
        f"{'runtime':22} {'load s':>7} {'median s':>9} {'p90 s':>7} {'cpu s':>7} {'MB':>6}   admitted     same    tools"
        "      all",
    ]
    for name, row in result["runtimes"].items():
        if "error" in row:
            lines.append(f"{name:22} {row['error']}")
            continue
        speed = row["latency_seconds"]
        shares = [row["admitted"], row["same_calls_as_reference"], row["tool_accuracy"], row["all_arguments_accuracy"]]
        told = "  ".join("      -" if share is None else f"{100 * share:5.1f} %" for share in shares)
        lines.append(
            f"{name:22} {row['seconds_to_load']:7.2f} {speed['median']:9.3f} {speed['p90']:7.3f} "
            f"{row['latency_cpu_seconds']['median']:7.3f} {row['peak_memory_mb']:6}   {told}"
        )
    return lines


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
