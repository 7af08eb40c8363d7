"""How vLLM is started: the command line for a language model, the machine found and what the user wants.

Nothing is started here; `serving` does that. vLLM lives in an environment of its own and is only spoken to over
HTTP: its needs (torch, transformers) are pinned to other versions than ours.
"""

import ipaddress
import math
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.errors import SetupError
from assistant.llm.families import OWN, SHARE, WORKING, best_fit, context_of, parsers_for
from assistant.llm.hardware import Gpu, Hardware

LOOPBACK = "127.0.0.1"
# GiB that our own checkpoint may take of a GPU (weights 0.3, key-values of some 250,000 tokens), and of a
# machine's memory without one.
_OWN_GPU_SHARE = 8.0
_OWN_CPU_CACHE = 2
_BFLOAT16 = 8.0
_RAY_PORT = 6379
# No figures about a hospital's server leave it.
_QUIET = {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1", "VLLM_DO_NOT_TRACK": "1"}


@dataclass(frozen=True)
class Wanted:
    """What the user asks for.

    Attributes:
        model: `embedded`, a name at the model hub, or a folder; empty to choose by memory.
        host, port: Where to listen.
        gpus: GPUs of this machine to use; None for all.
        nodes: Machines that share the language model, each with as many GPUs.
        parser: Tool-call parser; empty to know it by the name.
        context: Longest prompt and answer together, in tokens; None to know it by name and memory.
        extra: Arguments for vLLM as they are; they come last, and so win.
    """

    model: str = ""
    host: str = LOOPBACK
    port: int = 8000
    gpus: int | None = None
    nodes: int = 1
    parser: str = ""
    context: int | None = None
    extra: tuple[str, ...] = ()


@dataclass(frozen=True)
class Launch:
    """A server that can be started.

    Attributes:
        model: Name or folder of the language model.
        served_name: Under which it will be offered.
        command: The program with all its arguments.
        environment: What is set for it besides.
        host, port: Where it listens.
        notes: What the user should know, one sentence each.
        join: Commands that join another machine to this one; empty for one machine.
    """

    model: str
    served_name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    host: str
    port: int
    notes: tuple[str, ...] = ()
    join: tuple[str, ...] = ()

    @property
    def base_url(self) -> str:
        """Where clients on this machine reach it."""
        host = LOOPBACK if self.host in {"0.0.0.0", ""} else "[::1]" if self.host == "::" else self.host
        return f"http://{host}:{self.port}/v1"

    def command_line(self) -> str:
        """The command as it can be typed."""
        settings = [f"{name}={shlex.quote(value)}" for name, value in self.environment.items()]
        return " ".join([*settings, shlex.join(self.command)])


@dataclass
class _Draft:
    """A launch while it is put together."""

    flags: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=lambda: dict(_QUIET))
    notes: list[str] = field(default_factory=list)


def plan_launch(wanted: Wanted, hardware: Hardware, program: Sequence[str], checkpoint: Path | None) -> Launch:
    """The launch for what is wanted on this machine.

    Args:
        wanted: What the user asks for.
        hardware: What was found.
        program: How vLLM's OpenAI server is called, without arguments.
        checkpoint: Our own checkpoint's folder; needed for `embedded` only.

    Raises:
        SetupError: More GPUs wanted than found, several machines without a GPU, or no checkpoint.
    """
    gpus = _used_gpus(wanted, hardware)
    model = wanted.model or _default(gpus)
    draft = _Draft()
    if not wanted.model:
        draft.notes.append(f"Language model chosen for the memory found: {model}.")
    if model == OWN:
        target = _own_flags(draft, gpus, checkpoint)
    else:
        target = model
        _named_flags(draft, wanted, model, gpus)
    _machine_flags(draft, wanted, model, gpus)
    _local_only(draft, target)
    _reach_note(draft, wanted.host)
    # `vllm serve` takes the language model as its first argument, the module as an option.
    first = [target] if program[-1] == "serve" else ["--model", target]
    flags = [*first, "--served-model-name", model, "--host", wanted.host, "--port", str(wanted.port)]
    return Launch(
        model=target,
        served_name=model,
        command=(*program, *flags, *draft.flags, *wanted.extra),
        environment=draft.environment,
        host=wanted.host,
        port=wanted.port,
        notes=tuple(draft.notes),
        join=_join(wanted.nodes),
    )


def _used_gpus(wanted: Wanted, hardware: Hardware) -> tuple[Gpu, ...]:
    if wanted.nodes < 1 or (wanted.gpus is not None and wanted.gpus < 0):
        raise SetupError(f"Expected at least 1 machine and 0 GPUs or more, not {wanted.nodes} and {wanted.gpus}.")
    if wanted.gpus is not None and wanted.gpus > len(hardware.gpus):
        raise SetupError(
            f"{wanted.gpus} GPUs were asked for with --gpus; found: {hardware.in_words()}. "
            "Ask for fewer, or look with nvidia-smi at why the others are not seen."
        )
    used = hardware.gpus if wanted.gpus is None else hardware.gpus[: wanted.gpus]
    if wanted.nodes > 1 and not used:
        raise SetupError(f"Several machines share a language model by their GPUs; found: {hardware.in_words()}.")
    return used


def _default(gpus: Sequence[Gpu]) -> str:
    """The language model for these GPUs; ours where there is none, or too little memory."""
    fit = best_fit(_shared_memory(gpus)) if gpus else None
    return fit[0] if fit else OWN


def _shared_memory(gpus: Sequence[Gpu]) -> float:
    """Memory in GiB that the GPUs of one machine have together for one language model."""
    used = gpus[: _parallel(gpus)]
    # Each GPU needs its own working memory; the need of one is counted by the language model's list.
    return min(gpu.free for gpu in used) * len(used) - (len(used) - 1) * WORKING / SHARE


def _parallel(gpus: Sequence[Gpu]) -> int:
    """GPUs that split each layer: a power of two, since the heads of a layer are dealt out evenly."""
    return 1 << (len(gpus).bit_length() - 1)


def _own_flags(draft: _Draft, gpus: Sequence[Gpu], checkpoint: Path | None) -> str:
    """Flags for our own checkpoint; returns its folder."""
    if checkpoint is None:
        raise SetupError("No embedded checkpoint was found. Build it once with `assistant llm build`.")
    # The grammar of each question is in llguidance's dialect, which only this backend reads.
    draft.flags += ["--structured-outputs-config.backend", "guidance", "--enable-prefix-caching"]
    draft.flags += ["--enable-auto-tool-choice", "--tool-call-parser", "hermes"]
    # For clients that send tools: vLLM's own tags for them are in another backend's form, JSON schemas are in both.
    draft.environment["VLLM_ENFORCE_STRICT_TOOL_CALLING"] = "0"
    if gpus:
        share = min(SHARE, max(0.02, _OWN_GPU_SHARE / gpus[0].memory))
        draft.flags += ["--gpu-memory-utilization", f"{min(share, _free_share(gpus[:1])):.2f}"]
    else:
        # Compiling saves little on a language model this small and would make each start a minute longer.
        # In process it is float32 too: bfloat16 rounds otherwise on another processor, and other calls would follow.
        draft.flags += ["--enforce-eager", "--dtype", "float32"]
        draft.environment["VLLM_CPU_KVCACHE_SPACE"] = str(_OWN_CPU_CACHE)
    return str(checkpoint)


def _named_flags(draft: _Draft, wanted: Wanted, model: str, gpus: Sequence[Gpu]) -> None:
    """Flags for a language model by its name."""
    known = parsers_for(model)
    parser = wanted.parser or known.tool_calls
    if parser:
        draft.flags += ["--enable-auto-tool-choice", "--tool-call-parser", parser]
    else:
        draft.notes.append(
            f"No tool-call parser is known for {model}; calls are still constrained, but name it with --parser if "
            "other programs use this server."
        )
    if known.reasoning:
        draft.flags += ["--reasoning-parser", known.reasoning]
    draft.flags += ["--enable-prefix-caching"]
    context = wanted.context or (context_of(model, _shared_memory(gpus)) if gpus else None)
    draft.flags += ["--max-model-len", str(context) if context else "auto"]
    if gpus:
        draft.flags += ["--gpu-memory-utilization", f"{_free_share(gpus[: _parallel(gpus)]):.2f}"]
    else:
        draft.notes.append(f"There is no GPU here: {model} will be slow, if its weights fit into memory at all.")
        draft.environment["VLLM_CPU_KVCACHE_SPACE"] = "4"


def _free_share(gpus: Sequence[Gpu]) -> float:
    """The share of its memory that vLLM may take of each GPU: what is free, at most its own default."""
    return min(SHARE, *(math.floor(100 * (gpu.free - 0.5) / gpu.memory) / 100 for gpu in gpus))


def _machine_flags(draft: _Draft, wanted: Wanted, model: str, gpus: Sequence[Gpu]) -> None:
    """Flags that follow from the number and the age of GPUs, and from the number of machines."""
    if not gpus:
        return
    parallel = 1 if model == OWN else _parallel(gpus)
    if parallel > 1:
        draft.flags += ["--tensor-parallel-size", str(parallel)]
    if parallel < len(gpus):
        draft.notes.append(f"{len(gpus) - parallel} of {len(gpus)} GPUs stay free.")
    if any(gpu.capability < _BFLOAT16 for gpu in gpus[:parallel]):
        draft.flags += ["--dtype", "half"]
        draft.notes.append("This GPU has no bfloat16; the weights are used in half precision.")
    if wanted.nodes > 1 and model != OWN:
        draft.flags += ["--pipeline-parallel-size", str(wanted.nodes), "--distributed-executor-backend", "ray"]
        draft.notes.append(
            "Ray lets whoever reaches its ports run programs: join the machines over a network of their own."
        )


def _local_only(draft: _Draft, target: str) -> None:
    """Weights that lie here are not looked for anywhere else."""
    if Path(target).is_dir():
        draft.environment["HF_HUB_OFFLINE"] = "1"
    else:
        draft.notes.append(f"vLLM takes {target} from its cache, or fetches it from the model hub the first time.")


def _reach_note(draft: _Draft, host: str) -> None:
    try:
        inside = ipaddress.ip_address(host).is_loopback
    except ValueError:
        inside = host == "localhost"
    if not inside:
        draft.notes.append(
            f"It listens on {host}, so others can reach it, and a key protects only some of vLLM's routes: "
            "put a proxy before it that asks who is there."
        )


def _join(nodes: int) -> tuple[str, ...]:
    if nodes == 1:
        return ()
    return (
        f"ray start --head --port={_RAY_PORT}      (on this machine)",
        f"ray start --address=THIS_MACHINE:{_RAY_PORT}      (on each of the {nodes - 1} others)",
    )
