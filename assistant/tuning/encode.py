"""Examples as tokens: what is read, which tokens count in the loss, and batches of similar length."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.llm.descriptions import ToolDescription
from assistant.llm.embedded import chat_markup, conversation
from assistant.llm.examples import Example
from assistant.llm.hermes import written
from assistant.llm.spans import normal

# What stands in every call; the grammar writes it, so that little of it needs to be learned.
_FIXED = re.compile(r'<tool_call>\{"name":"|","arguments":\{|\}\}</tool_call>|(?<="query":")[^"]*')
END = "<|im_end|>"


@dataclass(frozen=True)
class Encoded:
    """One example as tokens.

    Attributes:
        tokens: Prompt, then reply.
        prompt: Number of tokens of the prompt.
        counts: For each token of the reply, whether it is a choice (not fixed text).
    """

    tokens: tuple[int, ...]
    prompt: int
    counts: tuple[bool, ...]


def prompt_of(example: Example, tools: Sequence[ToolDescription]) -> str:
    """What the language model reads, as `EmbeddedChooser` writes it."""
    return chat_markup(conversation(normal(example.question), example.earlier, tools))


def encode(example: Example, tokenizer: Any, tools: Sequence[ToolDescription]) -> Encoded:
    """An example as tokens; the tokenizer is a fast one, with offsets."""
    prompt = tokenizer.encode(prompt_of(example, tools), add_special_tokens=False)
    reply = written(example.calls, tools)
    fixed = [match.span() for match in _FIXED.finditer(reply)]
    encoded = tokenizer(reply + END, add_special_tokens=False, return_offsets_mapping=True)
    counts = tuple(
        not any(first <= start and end <= last for first, last in fixed) for start, end in encoded["offset_mapping"]
    )
    return Encoded((*prompt, *encoded["input_ids"]), len(prompt), counts)


def batches(examples: Sequence[Encoded], tokens: int, draw: random.Random) -> Iterator[list[Encoded]]:
    """All examples once, in an order drawn, in batches of similar length and at most `tokens` tokens with padding."""
    order = draw.sample(range(len(examples)), len(examples))
    # Sorted within stretches only, so that a batch is still a mixture.
    stretch = 2000
    made: list[list[Encoded]] = []
    for start in range(0, len(order), stretch):
        part = sorted((examples[place] for place in order[start : start + stretch]), key=lambda row: len(row.tokens))
        batch: list[Encoded] = []
        for row in part:
            if batch and (len(batch) + 1) * len(row.tokens) > tokens:
                made.append(batch)
                batch = []
            batch.append(row)
        made.append(batch)
    yield from draw.sample(made, len(made))
