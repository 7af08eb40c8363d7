"""`python -m assistant.tuning` (or `assistant llm tune`): training data, search, training, adoption of the result."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from assistant.errors import AssistantError
from assistant.llm.checkpoint import build_base
from assistant.llm.settings import LanguageModelSettings, models_folder
from assistant.llm.shortlist import FILE
from assistant.tuning.card import adopt
from assistant.tuning.dataset import SEED, make_dataset, read_set
from assistant.tuning.lora import TuneSettings
from assistant.tuning.search import search
from assistant.tuning.shortlist import train_shortlist
from assistant.tuning.train import train


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; 1 with a message on stderr for what the user can mend."""
    options = _options(argv)
    try:
        options.run(options)
    except AssistantError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="assistant llm tune",
        description="Fine-tunes the embedded language model: `data`, `shortlist`, `search` (optional), `run`, `adopt`.",
    )
    parser.add_argument("--folder", type=Path, default=Path(".tuning"), help="where all of it is kept (%(default)s)")
    steps = parser.add_subparsers(metavar="STEP", required=True)
    data = steps.add_parser("data", help="make train, validation and test sets from the hand-written wordings")
    data.add_argument("--fills", type=int, default=SEED, help="seed of the training set's slots (%(default)s)")
    data.set_defaults(run=_data)
    looked = steps.add_parser("search", help="short runs over rank, learning rate and depth; a table")
    looked.add_argument("--at-once", type=int, default=2, help="runs side by side (%(default)s)")
    looked.set_defaults(run=_search)
    run = steps.add_parser("run", help="train; called again, it goes on from its last checkpoint")
    plain = TuneSettings()
    run.add_argument("--rank", type=int, default=plain.rank, help="of the adapters (%(default)s)")
    run.add_argument("--learning-rate", type=float, default=plain.learning_rate, help="highest (%(default)s)")
    run.add_argument("--first-layer", type=int, default=plain.first_layer, help="first adapted block (%(default)s)")
    run.add_argument("--epochs", type=float, default=plain.epochs, help="passes over the training set (%(default)s)")
    run.add_argument("--workers", type=int, default=plain.workers, help="processes, one core each (%(default)s)")
    run.add_argument("--batch-tokens", type=int, default=plain.batch_tokens, help="per worker and step (%(default)s)")
    run.add_argument("--seed", type=int, default=plain.seed, help="of weights, order and draws (%(default)s)")
    run.add_argument("--adopted", action="store_true", help="start from the adapters in the package, not fresh ones")
    run.set_defaults(run=_run)
    short = steps.add_parser("shortlist", help="train the shortlist on the training set, into the package (a minute)")
    short.set_defaults(run=_shortlist)
    taken = steps.add_parser("adopt", help="put the best adapters and their card into the package")
    taken.set_defaults(run=_adopt)
    return parser.parse_args(argv)


def _data(options: argparse.Namespace) -> None:
    report = make_dataset(options.folder / "data", options.fills)
    for name, made in report["sets"].items():
        print(f"{name:10} {made['examples']:6} examples of {made['wordings']:6} wordings  {made['languages']}")


def _base() -> Path:
    return build_base(models_folder(LanguageModelSettings(), Path()), print)


def _search(options: argparse.Namespace) -> None:
    search(_base(), options.folder / "data", options.folder / "search", options.at_once)


def _run(options: argparse.Namespace) -> None:
    settings = TuneSettings(
        rank=options.rank,
        learning_rate=options.learning_rate,
        first_layer=options.first_layer,
        epochs=options.epochs,
        batch_tokens=options.batch_tokens,
        workers=options.workers,
        seed=options.seed,
        adopted=options.adopted,
    )
    train(_base(), options.folder / "data", options.folder / "run", settings)


def _shortlist(options: argparse.Namespace) -> None:
    train_shortlist(read_set(options.folder / "data" / "train.jsonl"), FILE)
    print(f"Written: {FILE}")


def _adopt(options: argparse.Namespace) -> None:
    print(f"Adopted: {adopt(options.folder)}")


if __name__ == "__main__":
    sys.exit(main())
