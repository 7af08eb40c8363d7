"""Train, validation and test sets, split by wording: none is in two sets, however its slots are filled."""

import hashlib
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from assistant.llm.descriptions import ToolDescription
from assistant.llm.examples import Example, read_examples
from assistant.tuning.admit import Admitter
from assistant.tuning.examples import Maker
from assistant.tuning.templates import CHOICE, FOLDER, Template

SETS = ("train", "validation", "test")
# Where a wording's hash, as a share of the largest, belongs: below the first it is for the test set, below the second
# for validation. Shares and not counts: a new wording moves no other one. They left 560 and 130 when they were set.
SHARES = {"en": (0.0952, 0.115825), "zh": (0.1086, 0.1370)}
SALT = 20261122
# Share of the training set's first questions that are given once more after a question about something else.
AFTER_ANOTHER = 0.6
# Read beside the wordings, for training only: they were shown to the untuned language model, and are written by hand.
SHOWN_BEFORE = FOLDER / "examples.jsonl"


@dataclass(frozen=True)
class Made:
    """An example and the wording it was made from.

    Attributes:
        example: The example.
        source: Where the wording stands (`en/plans:12`).
    """

    example: Example
    source: str


def split(templates: Sequence[Template]) -> dict[str, list[Template]]:
    """The templates of each set; the same wording, however bracketed or spelled, is never in two."""
    sets: dict[str, list[Template]] = {name: [] for name in SETS}
    for place, template in sorted(((_place(each), each) for each in templates), key=itemgetter(0)):
        test, validation = SHARES[template.language]
        sets["test" if place < test else "validation" if place < validation else "train"].append(template)
    return sets


def _place(template: Template) -> float:
    """Hash of the wording as a share of the largest."""
    return int.from_bytes(hashlib.sha256(f"{SALT} {skeleton(template.wording)}".encode()).digest()[:8]) / 2**64


def skeleton(wording: str) -> str:
    """What is left of a wording without alternatives, case, blanks and stops; the kind of a slot does not matter."""
    plain = wording
    while CHOICE.search(plain):
        plain = CHOICE.sub("", plain)
    return re.sub(r"[^\w{}]+", "", re.sub(r"\{[a-z]+2?\}", "{}", plain)).lower()


def made(
    name: str, templates: Sequence[Template], all_templates: Sequence[Template], tools: Sequence[ToolDescription],
    each: int, seed: int,
) -> Iterator[Made]:  # fmt: skip
    """Examples of one set: up to `each` of every wording, those only that the grammar admits.

    A follow-up's question before is drawn from `all_templates`: pass those of the training set for it, and those of
    the test set for it.
    """
    maker, admitter, draw = Maker(all_templates, tools, seed), Admitter(tools), random.Random(seed)
    for template in templates:
        # A wording without slots has little to vary: typing only.
        count = each if "{" in template.wording or template.earlier else max(1, each - 1)
        for example in maker.examples(template, count):
            if not admitter.admits(example):
                continue
            yield Made(example, template.name)
            if name == "train" and draw.random() < AFTER_ANOTHER:
                later = maker.after_another(example, template.name)
                if later and admitter.admits(later):
                    yield Made(later, template.name)
    if name == "train":
        for number, example in enumerate(read_examples(SHOWN_BEFORE.read_text(encoding="utf-8")), start=1):
            if admitter.admits(example):
                yield Made(example, f"examples:{number}")


def shuffled(examples: Sequence[Made], seed: int) -> list[Made]:
    """The examples in an order that the seed decides."""
    return random.Random(seed).sample(list(examples), len(examples))
