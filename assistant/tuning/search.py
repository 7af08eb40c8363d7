"""A small search over rank, learning rate and depth of the adapters: short runs side by side, one table."""

import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from assistant.tuning.lora import TuneSettings
from assistant.tuning.train import HISTORY, train

# The same work for each: with all blocks adapted a step costs about a third more, so there are fewer.
STEPS, STEPS_ALL_BLOCKS = 48, 36
GRID: tuple[tuple[int, float, int], ...] = (
    (16, 1e-3, 10),
    (16, 2e-3, 10),
    (16, 4e-3, 10),
    (16, 2e-3, 0),
    (32, 2e-3, 10),
    (8, 2e-3, 10),
)


def search(base: Path, data: Path, out: Path, at_once: int = 2, grid: Sequence[tuple[int, float, int]] = GRID) -> None:
    """Train each point of the grid for a few steps; the validation losses stand in `out`/search.json, best first.

    Args:
        base: The untuned checkpoint.
        data: Folder of `make_dataset`.
        out: Folder for the runs; finished ones are not run again.
        at_once: Runs side by side, one thread each.
        grid: Rank, learning rate, first adapted block.
    """
    with ProcessPoolExecutor(at_once, mp_context=get_context("spawn")) as pool:
        rows = list(pool.map(_point, [(base, data, out, *point) for point in grid]))
    rows.sort(key=lambda row: row["loss"])
    (out / "search.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    for row in rows:
        print(row)


def _point(arguments: tuple[Path, Path, Path, int, float, int]) -> dict[str, Any]:
    base, data, out, rank, rate, first_layer = arguments
    steps = STEPS if first_layer else STEPS_ALL_BLOCKS
    settings = replace(
        TuneSettings(), rank=rank, learning_rate=rate, first_layer=first_layer, workers=1, check_every=10**6
    )
    folder = out / f"rank{rank}-rate{rate:g}-from{first_layer}"
    if not (folder / HISTORY).is_file():
        train(base, data, folder, settings, steps=steps)
    last = json.loads((folder / HISTORY).read_text(encoding="utf-8").splitlines()[-1])
    return {"rank": rank, "learning_rate": rate, "first_layer": first_layer, **last}
