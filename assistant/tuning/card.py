"""Puts trained adapters into the package, with a card that says what they were trained on, how, and how they did."""

import json
import shutil
from importlib import metadata
from pathlib import Path
from typing import Any

from assistant.errors import SetupError
from assistant.llm.merge import ADAPTER, ADAPTER_CARD, ADAPTER_WEIGHTS
from assistant.tuning.train import BEST, HISTORY, SETTINGS

_PACKAGES = ("torch", "transformers", "peft", "llguidance")


def adopt(folder: Path, target: Path = ADAPTER) -> Path:
    """Copy the best adapters of `folder`/run into the package (`target`) and write their card.

    Raises:
        SetupError: There is no finished look at the validation set yet.
    """
    run = folder / "run"
    if not (run / BEST / ADAPTER_WEIGHTS).is_file():
        raise SetupError(f"No trained adapters in {run}. Run `assistant llm tune run` first.")
    card = _card(folder, target)
    target.mkdir(parents=True, exist_ok=True)
    for name in (ADAPTER_WEIGHTS, "adapter_config.json"):
        shutil.copyfile(run / BEST / name, target / name)
    _without_paths(target / "adapter_config.json")
    (target / ADAPTER_CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    return target


def _card(folder: Path, target: Path) -> dict[str, Any]:
    run = folder / "run"
    history = [json.loads(line) for line in (run / HISTORY).read_text(encoding="utf-8").splitlines()]
    searched = folder / "search" / "search.json"
    settings = json.loads((run / SETTINGS).read_text(encoding="utf-8"))
    # Adapters that went on from those in the package have a past: the card keeps it.
    before = json.loads((target / ADAPTER_CARD).read_text(encoding="utf-8")) if settings.get("adopted") else {}
    return {
        "method": "LoRA, loss on the reply only, AdamW with float32 copies, bfloat16 weights",
        "settings": settings,
        "data": json.loads((folder / "data" / "data.json").read_text(encoding="utf-8")),
        "search": json.loads(searched.read_text(encoding="utf-8")) if searched.is_file() else before.pop("search", []),
        "history": history,
        "best": min(history, key=lambda row: row["loss"]),
        "versions": {name: metadata.version(name) for name in _PACKAGES},
        "before": before,
    }


def _without_paths(config: Path) -> None:
    """The place of the untuned weights on this machine is nobody's business."""
    content = json.loads(config.read_text(encoding="utf-8"))
    content["base_model_name_or_path"] = "SmolLM2-135M-Instruct"
    config.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
