"""The training loop: LoRA on one or more processes, validated, stopped early, resumable from its last checkpoint."""

import json
import math
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import torch.distributed as peers
import torch.multiprocessing as processes

from assistant.llm.serving import end_with_parent
from assistant.tools.catalogue import tool_descriptions
from assistant.tuning.dataset import read_set
from assistant.tuning.encode import Encoded, batches, encode
from assistant.tuning.lora import TuneSettings, loss_of, with_adapters

STATE, BEST, HISTORY, SETTINGS = "state.pt", "best", "history.jsonl", "settings.json"


def train(
    base: Path, data: Path, out: Path, settings: TuneSettings, only: int | None = None, steps: int | None = None
) -> None:
    """Train adapters; the best ones by validation loss stand in `out`/best, the course in `out`/history.jsonl.

    A run that was broken off goes on from its last checkpoint when called again with the same arguments.

    Args:
        base: The untuned checkpoint.
        data: Folder of `make_dataset`.
        out: Folder of this run; made when missing.
        settings: How.
        only: Train on this many examples only (the search over settings does).
        steps: Stop after this many steps (the learning rate still falls to zero by then).
    """
    out.mkdir(parents=True, exist_ok=True)
    if not (out / STATE).is_file():
        (out / SETTINGS).write_text(json.dumps(settings.as_dict()) + "\n", encoding="utf-8")
    arguments = (base, data, out, settings, only, steps)
    if settings.workers == 1:
        _worker(0, *arguments)
    else:
        processes.spawn(_worker, args=arguments, nprocs=settings.workers, join=True)


def _worker(
    rank: int, base: Path, data: Path, out: Path, settings: TuneSettings, only: int | None, steps: int | None
) -> None:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu":
        torch.set_num_threads(1)
    if settings.workers > 1:
        end_with_parent()  # or they would go on for hours, unseen
        meeting = f"file://{(out / 'meeting').absolute()}"
        if rank == 0:
            (out / "meeting").unlink(missing_ok=True)
        time.sleep(0 if rank == 0 else 1)
        peers.init_process_group("gloo", init_method=meeting, rank=rank, world_size=settings.workers)
    run = _Run(rank, base, data, out, settings, device, only, steps)
    run.go()
    if settings.workers > 1:
        peers.destroy_process_group()


class _Run:
    """One worker's part of a training run."""

    def __init__(
        self, rank: int, base: Path, data: Path, out: Path, settings: TuneSettings, device: str, only: int | None,
        steps: int | None,
    ) -> None:  # fmt: skip
        from transformers import AutoTokenizer

        self.rank, self.out, self.settings = rank, out, settings
        tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True)
        tools = tool_descriptions()
        self.training = [encode(row, tokenizer, tools) for row in read_set(data / "train.jsonl")]
        self.validation = [encode(row, tokenizer, tools) for row in read_set(data / "validation.jsonl")]
        if only:
            self.training = random.Random(settings.seed).sample(self.training, only)
        self.model = with_adapters(base, settings, device)
        self.weights = [weight for weight in self.model.parameters() if weight.requires_grad]
        # Steps are smaller than bfloat16 can tell apart: the optimiser works on copies in float32.
        self.masters = [weight.detach().float().clone().requires_grad_() for weight in self.weights]
        self.optimiser = torch.optim.AdamW(self.masters, lr=settings.learning_rate, weight_decay=0.0, betas=(0.9, 0.98))
        self.steps = steps or int(len(self._plan(0)) * settings.epochs)
        self.step, self.best, self.worse, self.seen, self.seconds = 0, math.inf, 0, 0, 0.0

    def _plan(self, epoch: int) -> list[list[Encoded]]:
        """This worker's batches of an epoch; all workers draw the same order and take turns."""
        drawn = list(batches(self.training, self.settings.batch_tokens, random.Random(f"{self.settings.seed} {epoch}")))
        share = len(drawn) // self.settings.workers
        return drawn[self.rank :: self.settings.workers][:share]

    def go(self) -> None:
        """All steps, from the last checkpoint on."""
        self._resume()
        per_epoch = len(self._plan(0))
        plan, planned = self._plan(self.step // per_epoch), self.step // per_epoch
        while self.step < self.steps and self.worse < self.settings.patience:
            if self.step // per_epoch != planned:
                planned = self.step // per_epoch
                plan = self._plan(planned)
            began = time.monotonic()
            batch = plan[self.step % per_epoch]
            loss = self._learn(batch)
            self.step += 1
            self.seconds += time.monotonic() - began
            self.seen += sum(len(row.tokens) for row in batch) * self.settings.workers
            if self.step % 10 == 0 and self.rank == 0:
                self._tell(loss)
            if self.step % self.settings.check_every == 0 or self.step == self.steps:
                self._check(loss)

    def _learn(self, batch: Sequence[Encoded]) -> float:
        loss, counted, _ = loss_of(self.model, batch, self.settings.fixed_share, self.step)
        (loss / counted).backward()
        gradients = [weight.grad.float() for weight in self.weights if weight.grad is not None]
        if self.settings.workers > 1:
            flat = torch.cat([gradient.reshape(-1) for gradient in gradients]) / self.settings.workers
            peers.all_reduce(flat)
            gradients = list(flat.split([gradient.numel() for gradient in gradients]))
        for master, gradient, weight in zip(self.masters, gradients, self.weights, strict=True):
            master.grad = gradient.view_as(master)
            weight.grad = None
        torch.nn.utils.clip_grad_norm_(self.masters, 1.0)
        self.optimiser.param_groups[0]["lr"] = self.settings.learning_rate * self._share()
        self.optimiser.step()
        with torch.no_grad():
            for master, weight in zip(self.masters, self.weights, strict=True):
                weight.copy_(master)
        return float(loss.detach()) / counted

    def _share(self) -> float:
        """Share of the highest learning rate at this step."""
        rise = max(1, int(self.steps * self.settings.warm_up))
        if self.step < rise:
            return (self.step + 1) / rise
        return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (self.step - rise) / max(1, self.steps - rise)))

    @torch.no_grad()
    def _score(self) -> tuple[float, float]:
        """Validation loss per token, and the share of replies that are all right."""
        loss = counted = right = 0.0
        for batch in batches(self.validation, self.settings.batch_tokens, random.Random(0)):
            part, number, fine = loss_of(self.model, batch, 0.0, 0)
            loss, counted, right = loss + float(part), counted + number, right + fine
        return loss / counted, right / len(self.validation)

    def _check(self, training_loss: float) -> None:
        """Look at the validation set, keep the best adapters, write a checkpoint."""
        loss, right = self._score()
        self.worse = 0 if loss < self.best else self.worse + 1
        self.best = min(loss, self.best)
        if self.rank:
            return
        if not self.worse:
            self.model.save_pretrained(self.out / BEST)
        row = {"step": self.step, "of": self.steps, "training_loss": round(training_loss, 4), "loss": round(loss, 4),
               "right": round(right, 4), "seconds": round(self.seconds), "tokens": self.seen}  # fmt: skip
        with (self.out / HISTORY).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        state = {"step": self.step, "best": self.best, "worse": self.worse, "seen": self.seen, "seconds": self.seconds,
                 "masters": [master.detach() for master in self.masters], "optimiser": self.optimiser.state_dict(),
                 "settings": self.settings.as_dict()}  # fmt: skip
        unfinished = self.out / f"{STATE}.new"
        torch.save(state, unfinished)
        unfinished.rename(self.out / STATE)
        print(f"  checkpoint at step {self.step}: validation loss {loss:.4f}, all right {right:.1%}", flush=True)

    def _resume(self) -> None:
        path = self.out / STATE
        if not path.is_file():
            return
        state: dict[str, Any] = torch.load(path, weights_only=True)
        if state["settings"] != self.settings.as_dict():
            raise SystemExit(f"{self.out} holds a run with other settings. Choose another folder, or delete it.")
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.best, self.worse = state["step"], state["best"], state["worse"]
        self.seen, self.seconds = state["seen"], state["seconds"]
        with torch.no_grad():
            for master, weight, kept in zip(self.masters, self.weights, state["masters"], strict=True):
                master.copy_(kept)
                weight.copy_(kept)

    def _tell(self, loss: float) -> None:
        left = self.seconds / self.step * (self.steps - self.step)
        speed = self.seen / self.seconds
        print(
            f"step {self.step} of {self.steps}, loss {loss:.3f}, {speed:.0f} tokens/s, {left / 60:.0f} min left",
            flush=True,
        )
