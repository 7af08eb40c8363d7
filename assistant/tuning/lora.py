"""The language model with LoRA adapters (Hu et al., 2021) on the linear layers of its upper blocks, and their loss."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from assistant.errors import SetupError
from assistant.llm.merge import ADAPTER, ADAPTER_CARD, ADAPTER_WEIGHTS
from assistant.tuning.encode import Encoded

LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


@dataclass(frozen=True)
class TuneSettings:
    """What a training run is made of.

    Attributes:
        rank: Of the adapters; their scale alpha is twice that.
        learning_rate: Highest, after the warm-up; it falls as a cosine.
        first_layer: Blocks below this one are left as they are. Their gradients need not be computed.
        epochs: Passes over the training set.
        batch_tokens: Tokens of one batch of one worker, padding counted.
        workers: Processes, each with one thread; their gradients are averaged.
        fixed_share: Share of the fixed tokens of a reply that count in the loss.
        warm_up: Share of the steps in which the learning rate rises.
        check_every: Steps between two looks at the validation set, each with a checkpoint.
        patience: Looks without a better loss after which training stops.
        seed: Of initial weights, order and draws.
        adopted: Whether training starts from the adapters in the package. Rank and layers must be theirs.
    """

    rank: int = 16
    learning_rate: float = 1.5e-3
    first_layer: int = 10
    epochs: float = 2.0
    batch_tokens: int = 1400
    workers: int = 2
    fixed_share: float = 0.15
    warm_up: float = 0.04
    check_every: int = 100
    patience: int = 6
    seed: int = 1
    adopted: bool = False

    def as_dict(self) -> dict[str, Any]:
        """As JSON types."""
        return asdict(self)


def with_adapters(folder: Path, settings: TuneSettings, device: str = "cpu") -> Any:
    """The checkpoint in bfloat16 with adapters, fresh ones or those in the package, as a peft model.

    Args:
        folder: The untuned checkpoint.
        settings: Rank and layers.
        device: `cpu` or `cuda`.

    Raises:
        SetupError: The adapters in the package have another rank or other layers.
    """
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    torch.manual_seed(settings.seed)
    # Attention written out: with sequences this short it is faster on a CPU than the fused one.
    weights = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.bfloat16, attn_implementation="eager" if device == "cpu" else "sdpa", local_files_only=True
    )
    config = LoraConfig(
        r=settings.rank,
        lora_alpha=2 * settings.rank,
        target_modules=LINEAR,
        layers_to_transform=list(range(settings.first_layer, weights.config.num_hidden_layers)),
        task_type="CAUSAL_LM",
    )
    adapted = get_peft_model(weights, config, autocast_adapter_dtype=False)
    if settings.adopted:
        _load_adopted(adapted)
    return adapted.to(device)


def _load_adopted(adapted: Any) -> None:
    from peft import set_peft_model_state_dict
    from safetensors.torch import load_file

    kept = load_file(ADAPTER / ADAPTER_WEIGHTS)
    wanted = {name.replace(".default", ""): tuple(weight.shape) for name, weight in adapted.named_parameters()
              if "lora_" in name}  # fmt: skip
    if wanted != {name: tuple(weight.shape) for name, weight in kept.items()}:
        raise SetupError(
            "The adapters in the package have another rank or other layers than asked for. Give the rank and first "
            f"layer of {ADAPTER / ADAPTER_CARD}, or start from fresh adapters (without --adopted)."
        )
    set_peft_model_state_dict(adapted, kept)


def loss_of(language_model: Any, batch: Sequence[Encoded], fixed_share: float, seed: int) -> tuple[Any, int, int]:
    """Summed cross-entropy of the tokens that count, their number, and how many replies were all right.

    A reply is all right if every token that is a choice is the most likely one.

    Args:
        language_model: With adapters.
        batch: The examples.
        fixed_share: Share of fixed tokens that count as well.
        seed: Of which ones.
    """
    device = next(language_model.parameters()).device
    width = max(len(row.tokens) for row in batch)
    tokens = torch.zeros((len(batch), width), dtype=torch.long)
    rows, places, choices = [], [], []
    draw = torch.Generator().manual_seed(seed)
    for number, row in enumerate(batch):
        tokens[number, : len(row.tokens)] = torch.tensor(row.tokens)
        also = torch.rand(len(row.counts), generator=draw) < fixed_share
        for place, choice in enumerate(row.counts):
            if choice or also[place]:
                rows.append(number)
                places.append(row.prompt + place)
                choices.append(choice)
    tokens, at, to = tokens.to(device), torch.tensor(rows, device=device), torch.tensor(places, device=device)
    # Padding stands behind the text and attention looks back only: no mask is needed.
    inner = language_model.base_model.model
    hidden = inner.model(input_ids=tokens, use_cache=False).last_hidden_state
    logits = functional.linear(hidden[at, to - 1], inner.lm_head.weight).float()
    wanted = tokens[at, to]
    loss = functional.cross_entropy(logits, wanted, reduction="sum")
    wrong = (logits.detach().argmax(-1) != wanted) & torch.tensor(choices, device=device)
    return loss, len(rows), len(batch) - len(set(at[wrong].tolist()))
