"""Settings of the language models."""

import os
from dataclasses import dataclass
from pathlib import Path

KEY_VARIABLE = "ASSISTANT_LLM_API_KEY"
KINDS = ("embedded", "served", "scripted")
# The last rung of a ladder: no language model; tools are called by hand.
FORMS = "forms"
_LADDERS = {"served": ("served", "embedded", FORMS), "embedded": ("embedded", FORMS), "scripted": ("scripted",)}
_POSITIVE = (
    "timeout_seconds",
    "fallback_seconds",
    "retry_seconds",
    "attempts",
    "max_steps",
    "question_characters",
    "threads",
    "sentences",
)


@dataclass(frozen=True)
class LanguageModelSettings:
    """Which language model is asked, and how long it may take.

    The key of a served model is no setting: it comes from the environment only (`ASSISTANT_LLM_API_KEY`).

    Attributes:
        kind: `embedded` (in process), `served` (any OpenAI-compatible server) or `scripted` (tests).
        ladder: Kinds that are tried in turn, then perhaps `forms` (no language model: the answer says so, and how to
            call a tool by hand); empty: `kind`, below `served` the embedded one, and forms.
        base_url: Of the server, with `/v1`.
        model: Name under which the server offers the language model; `embedded` for our own checkpoint.
        timeout_seconds: Longest wait for all attempts at one question together, on all rungs of the ladder.
        fallback_seconds: What of it is kept for each rung below the first one that is a language model.
        retry_seconds: A server that did not answer is not asked again for so long.
        attempts: How often an unusable reply is asked for again before it is an error.
        max_steps: Most calls per question.
        earlier_turns: How many earlier turns of the conversation the language model sees.
        question_characters: Longest question that is understood.
        threads: CPU threads of the embedded language model. One by default: with other work on the machine, threads
            that wait for one another were several times slower than a single one.
        sentences: Longest answer of a language model that writes.
        dtype: Number format in which the embedded weights are computed: `float32` or `bfloat16`, which is a quarter
            faster, but rounds so coarsely that other processors choose other calls for 2 questions in 100.
        models: Folder for checkpoints; empty: see `models_folder`.
        vllm_python: Python of the environment in which vLLM is installed; empty: ASSISTANT_VLLM_PYTHON, or ours.
    """

    kind: str = "embedded"
    ladder: tuple[str, ...] = ()
    base_url: str = "http://127.0.0.1:8000/v1"
    model: str = "Qwen/Qwen3-8B"
    timeout_seconds: float = 30
    fallback_seconds: float = 10
    retry_seconds: float = 30
    attempts: int = 3
    max_steps: int = 3
    earlier_turns: int = 2
    question_characters: int = 1000
    threads: int = 1
    sentences: int = 8
    dtype: str = "float32"
    models: str = ""
    vllm_python: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"Language model kind must be one of {', '.join(KINDS)}, not {self.kind!r}.")
        if self.dtype not in {"float32", "bfloat16"}:
            raise ValueError(f"dtype must be float32 or bfloat16, not {self.dtype!r}.")
        for name in _POSITIVE:
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be above 0, not {getattr(self, name)}.")
        self._check_ladder()

    def _check_ladder(self) -> None:
        known = (*KINDS, FORMS)
        if wrong := [kind for kind in self.ladder if kind not in known]:
            raise ValueError(f"ladder may name {', '.join(known)}, not {wrong[0]!r}.")
        if len(set(self.ladder)) < len(self.ladder) or FORMS in self.ladder[:-1]:
            raise ValueError(f"ladder must name each kind once, and {FORMS} last; it is {', '.join(self.ladder)}.")

    @property
    def rungs(self) -> tuple[str, ...]:
        """The ladder in force."""
        return self.ladder or _LADDERS[self.kind]


def server_key() -> str:
    """The key of the server, from the environment only; empty for none (vLLM then takes any, clients need one)."""
    return os.environ.get(KEY_VARIABLE, "")


def models_folder(settings: LanguageModelSettings, home: Path) -> Path:
    """Where checkpoints are kept.

    The setting, else `ASSISTANT_MODELS`, else `models` in the data folder if there is one, else the user's cache, so
    that one checkpoint serves every data folder.
    """
    named = settings.models or os.environ.get("ASSISTANT_MODELS")
    if named:
        return Path(named)
    own = home / "models"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return own if own.is_dir() else cache / "hospital-decision-assistant" / "models"
