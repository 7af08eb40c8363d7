"""Settings of the language models."""

import os
from dataclasses import dataclass
from pathlib import Path

KINDS = ("embedded", "served", "scripted")


@dataclass(frozen=True)
class LanguageModelSettings:
    """Which language model is asked, and how long it may take.

    The key of a served model is no setting: it comes from the environment only (`ASSISTANT_LLM_API_KEY`).

    Attributes:
        kind: `embedded` (in process), `served` (any OpenAI-compatible server) or `scripted` (tests).
        base_url: Of the server, with `/v1`.
        model: Name under which the server offers the language model.
        timeout_seconds: Longest wait for all attempts at one question together.
        attempts: How often an unusable reply is asked for again before it is an error.
        max_steps: Most calls per question.
        earlier_turns: How many earlier turns of the conversation the language model sees.
        question_characters: Longest question that is understood.
        threads: CPU threads of the embedded language model. One by default: with other work on the machine, threads
            that wait for one another were several times slower than a single one.
        sentences: Longest answer of a language model that writes.
        dtype: Number format of the embedded weights: `float32` or `bfloat16`.
        models: Folder for checkpoints; empty: see `models_folder`.
    """

    kind: str = "embedded"
    base_url: str = "http://127.0.0.1:8000/v1"
    model: str = "Qwen/Qwen3-8B"
    timeout_seconds: float = 30
    attempts: int = 3
    max_steps: int = 3
    earlier_turns: int = 2
    question_characters: int = 1000
    threads: int = 1
    sentences: int = 8
    dtype: str = "bfloat16"
    models: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"Language model kind must be one of {', '.join(KINDS)}, not {self.kind!r}.")
        if self.dtype not in {"float32", "bfloat16"}:
            raise ValueError(f"dtype must be float32 or bfloat16, not {self.dtype!r}.")
        for name in ("timeout_seconds", "attempts", "max_steps", "question_characters", "threads", "sentences"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be above 0, not {getattr(self, name)}.")


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
