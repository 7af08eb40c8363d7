"""The packaged encoder against its reference, and what it does without its package."""

import numpy as np
import pytest

from assistant.errors import SetupError
from assistant.retrieval import encoder as encoder_module
from assistant.retrieval.encoder import MiniLM, weights_folder

TEXTS = ["How full is the ICU?", "Eleven hours of rest lie between two shifts. " * 60, "N95 masks", ""]


@pytest.mark.weights
def test_vectors_agree_with_transformers() -> None:
    """The forward pass written in numpy is the same network as transformers' AutoModel, long texts cut alike."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(weights_folder(), local_files_only=True)
    network = AutoModel.from_pretrained(weights_folder(), local_files_only=True).eval()
    batch = tokenizer(TEXTS, padding=True, truncation=True, max_length=256, return_tensors="pt")
    with torch.no_grad():
        states = network(**batch).last_hidden_state
    mask = batch["attention_mask"][..., None].float()
    expected = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1)).numpy()
    assert np.abs(MiniLM().encode(TEXTS) - expected).max() < 1e-5


@pytest.mark.weights
def test_long_texts_are_split_without_loss() -> None:
    """Each piece can be read whole, and the pieces together hold every word."""
    text = " ".join(f"word{n}" for n in range(300))
    pieces = MiniLM(max_tokens=128).split(text, parts=20)
    assert len(pieces) > 1 and "".join("".join(pieces).split()) == "".join(text.split())


def test_a_missing_package_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to run, not which module is missing."""
    monkeypatch.setattr(encoder_module, "PACKAGE", "no_such_package_of_weights")
    with pytest.raises(SetupError, match="make setup"):
        weights_folder()
