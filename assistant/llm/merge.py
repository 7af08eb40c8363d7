"""The tuned checkpoint: the untuned one with the adapter that comes with this package merged into its weights."""

import hashlib
import json
from importlib import metadata
from pathlib import Path
from typing import Any

from assistant.errors import SetupError
from assistant.llm.template import CHAT_TEMPLATE

ADAPTER = Path(__file__).parent / "adapter"
ADAPTER_WEIGHTS, ADAPTER_CARD = "adapter_model.safetensors", "card.json"


def adapter_sha256(adapter: Path = ADAPTER) -> str:
    """Hash of the adapter's weights.

    Raises:
        SetupError: There is no adapter.
    """
    try:
        return hashlib.sha256((adapter / ADAPTER_WEIGHTS).read_bytes()).hexdigest()
    except OSError as missing:
        raise SetupError(
            f"The adapter of the embedded language model was expected in {adapter}. Install the package again "
            "(`make setup`), or make one with `assistant llm tune`."
        ) from missing


def adapter_card(adapter: Path = ADAPTER) -> dict[str, Any]:
    """How the adapter was trained."""
    content: dict[str, Any] = json.loads((adapter / ADAPTER_CARD).read_text(encoding="utf-8"))
    return content


def merge(base: Path, folder: Path, adapter: Path = ADAPTER) -> None:
    """Write the weights of `base` with the adapter merged, and the tokenizer, into `folder`.

    W' = W + (alpha / r) B A for each adapted matrix (Hu et al., LoRA, 2021, section 4.1), computed in float32 and
    rounded to bfloat16.

    Args:
        base: The untuned checkpoint.
        folder: Exists already, empty.
        adapter: As `peft` saves it.
    """
    # Heavy packages: only who builds pays for loading them.
    import torch
    from safetensors.torch import load_file
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    weights = AutoModelForCausalLM.from_pretrained(base, dtype=torch.bfloat16, local_files_only=True)
    config = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    parts = load_file(adapter / ADAPTER_WEIGHTS)
    scale = config["lora_alpha"] / config["r"]
    with torch.no_grad():
        for name in [name for name in parts if ".lora_A." in name]:
            down, up = parts[name].float(), parts[name.replace(".lora_A.", ".lora_B.")].float()
            target = weights.get_parameter(name.removeprefix("base_model.model.").replace(".lora_A.weight", ".weight"))
            target.copy_((target.float() + scale * (up @ down)).to(target.dtype))
    weights.save_pretrained(folder)
    tokenizer: Any = AutoTokenizer.from_pretrained(base, local_files_only=True)
    tokenizer.chat_template = CHAT_TEMPLATE  # the untuned folder may be of an older version
    tokenizer.save_pretrained(folder)


def versions() -> dict[str, str]:
    """Of the packages that made the merged weights."""
    return {name: metadata.version(name) for name in ("torch", "transformers")}
