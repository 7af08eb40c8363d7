"""Encoding, loss and the training loop, on a tiny network with the real tokenizer."""

import json
import shutil
from dataclasses import replace

import pytest
import torch

from assistant.errors import SetupError
from assistant.llm.checkpoint import BASE
from assistant.llm.descriptions import EarlierTurn, RawCall
from assistant.llm.examples import Example
from assistant.llm.merge import merge
from assistant.llm.settings import LanguageModelSettings, models_folder
from assistant.tools.catalogue import tool_descriptions
from assistant.tuning.card import adopt
from assistant.tuning.encode import batches, encode
from assistant.tuning.lora import TuneSettings, loss_of, with_adapters
from assistant.tuning.train import BEST, HISTORY, STATE, train

pytestmark = pytest.mark.weights
TOOLS = tool_descriptions()
CALL = RawCall("show_state", {"measure": "occupancy", "unit": "3B"})
QUICK = TuneSettings(
    rank=8, learning_rate=0.05, first_layer=0, epochs=4, batch_tokens=160, workers=1, check_every=2, warm_up=0.1
)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    from transformers import AutoTokenizer

    folder = models_folder(LanguageModelSettings(), tmp_path_factory.mktemp("home")) / BASE
    return AutoTokenizer.from_pretrained(folder, local_files_only=True)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory, tokenizer):
    """A network of two small blocks with the real vocabulary."""
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, tie_word_embeddings=True, initializer_range=0.3,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("tiny")
    LlamaForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    for name, count in (("train", 24), ("validation", 6)):
        rows = [
            {"lang": "en", "earlier": [], "question": f"How full is {n}B?",
             "expect": [{"tool": "show_state", "arguments": {"measure": "occupancy", "unit": f"{n}B"}}]}
            for n in range(1, count + 1)
        ]  # fmt: skip
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "data.json").write_text("{}")
    return folder


def test_only_the_reply_counts_and_of_it_only_what_is_a_choice(tokenizer):
    example = Example("en", "How full is 3B?", (CALL,), (EarlierTurn("And 4A?", (CALL,)),))
    row = encode(example, tokenizer, TOOLS)
    assert len(row.tokens) == row.prompt + len(row.counts)
    text = tokenizer.decode(row.tokens)
    assert text.endswith('"unit":"3B"}}</tool_call><|im_end|>')
    assert text.count("<|im_start|>") == 4
    kept = "".join(tokenizer.decode([t]) for t, c in zip(row.tokens[row.prompt :], row.counts, strict=True) if c)
    assert "show_state" in kept
    assert "3B" in kept
    assert "tool_call" not in kept


def test_batches_hold_every_example_once_and_keep_to_their_size(tokenizer):
    import random

    rows = [encode(Example("en", "bed " * n, (CALL,)), tokenizer, TOOLS) for n in range(1, 40)]
    made = list(batches(rows, 200, random.Random(1)))
    assert sorted(len(row.tokens) for batch in made for row in batch) == sorted(len(row.tokens) for row in rows)
    assert all(len(batch) == 1 or len(batch) * max(len(row.tokens) for row in batch) <= 200 for batch in made)


def test_the_loss_of_a_batch_is_that_of_its_examples_padding_or_not(tiny, tokenizer):
    model = with_adapters(tiny, QUICK)
    texts = "3B?", "How very full is ward 3B today?"
    rows = [encode(Example("en", text, (CALL,)), tokenizer, TOOLS) for text in texts]
    together, counted, _ = loss_of(model, rows, 0.0, 0)
    alone = [loss_of(model, [row], 0.0, 0) for row in rows]
    assert counted == sum(number for _, number, _ in alone)
    assert together.item() == pytest.approx(sum(loss.item() for loss, _, _ in alone), rel=0.02)


def test_training_learns_and_a_finished_run_does_nothing_more(tiny, data, tmp_path):
    train(tiny, data, tmp_path / "run", QUICK)
    lines = (tmp_path / "run" / HISTORY).read_text().splitlines()
    history = [json.loads(line) for line in lines]
    assert min(row["loss"] for row in history) < 0.6 * history[0]["loss"]
    train(tiny, data, tmp_path / "run", QUICK)
    assert (tmp_path / "run" / HISTORY).read_text().splitlines() == lines


def test_a_run_goes_on_from_its_checkpoint(tiny, data, tmp_path, monkeypatch):
    from assistant.tuning import train as training

    whole, broken = tmp_path / "whole", tmp_path / "broken"
    train(tiny, data, whole, QUICK)
    plain, learned = training._Run._learn, []

    def breaks(run, batch):
        if len(learned) == 3:
            raise KeyboardInterrupt
        learned.append(1)
        return plain(run, batch)

    monkeypatch.setattr(training._Run, "_learn", breaks)
    with pytest.raises(KeyboardInterrupt):
        train(tiny, data, broken, QUICK)
    monkeypatch.setattr(training._Run, "_learn", plain)
    assert torch.load(broken / STATE, weights_only=True)["step"] == 2
    train(tiny, data, broken, QUICK)
    ended = [torch.load(folder / STATE, weights_only=True)["masters"] for folder in (whole, broken)]
    assert all(torch.equal(a, b) for a, b in zip(*ended, strict=True))


def test_other_settings_do_not_go_on_with_a_run(tiny, data, tmp_path):
    train(tiny, data, tmp_path / "run", QUICK, steps=2)
    with pytest.raises(SystemExit, match="other settings"):
        train(tiny, data, tmp_path / "run", TuneSettings(rank=4, workers=1), steps=4)


def test_training_goes_on_from_adopted_adapters_and_the_card_keeps_their_past(tiny, data, tmp_path, monkeypatch):
    from assistant.tuning import lora

    train(tiny, data, tmp_path / "run", QUICK)
    adapter = adopt(tmp_path, tmp_path / "adapter")
    first = json.loads((adapter / "card.json").read_text())
    monkeypatch.setattr(lora, "ADAPTER", adapter)
    onward = replace(QUICK, adopted=True, learning_rate=1e-4)
    train(tiny, data, tmp_path / "on" / "run", onward, steps=2)
    shutil.copytree(data, tmp_path / "on" / "data")
    after = json.loads((adopt(tmp_path / "on", adapter) / "card.json").read_text())
    assert after["history"][0]["loss"] < 1.2 * first["best"]["loss"]
    assert after["before"]["history"] == first["history"]
    with pytest.raises(SetupError, match="another rank"):
        with_adapters(tiny, replace(onward, rank=4))


def test_adopted_adapters_merge_to_the_weights_that_were_validated(tiny, data, tmp_path, tokenizer):
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    train(tiny, data, tmp_path / "run", QUICK)
    adapter = adopt(tmp_path, tmp_path / "adapter")
    assert str(tiny) not in (adapter / "adapter_config.json").read_text()
    assert json.loads((adapter / "card.json").read_text())["best"]["loss"] > 0
    merged = tmp_path / "merged"
    merged.mkdir()
    merge(tiny, merged, adapter)
    tokens = torch.tensor([tokenizer.encode("How full is 3B?")])
    untouched = AutoModelForCausalLM.from_pretrained(tiny, dtype=torch.float32)
    adapted = PeftModel.from_pretrained(untouched, tmp_path / "run" / BEST)
    plain = AutoModelForCausalLM.from_pretrained(tiny, dtype=torch.float32)
    ours = AutoModelForCausalLM.from_pretrained(merged, dtype=torch.float32)
    with torch.inference_mode():
        wanted, got, untuned = (model(tokens).logits for model in (adapted, ours, plain))
    assert (got - wanted).abs().max() < 0.1 * (untuned - wanted).abs().max()
