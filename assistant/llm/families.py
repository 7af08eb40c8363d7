"""What vLLM must be told about a language model by its name, and which one a GPU's memory holds.

A wrong tool-call parser fails silently (the calls come back as plain text), so it is looked up here and never
guessed by a user. Names of parsers: those that vLLM 0.32 registers.
"""

import re
from dataclasses import dataclass

OWN = "embedded"
_GIB = 2**30
CONTEXTS = (16384, 8192)
# Of a GPU's memory, in GiB, for what is neither weights nor key-values: activations, CUDA graphs, the runtime.
WORKING = 2.0
# vLLM's own default share of a GPU's memory.
SHARE = 0.9


@dataclass(frozen=True)
class Parsers:
    """How vLLM reads a language model's output.

    Attributes:
        tool_calls: For `--tool-call-parser`; empty if none is known for the name.
        reasoning: For `--reasoning-parser`; empty if the language model does not think aloud.
    """

    tool_calls: str
    reasoning: str = ""


# The first pattern that is found in the name (lower case, without its owner) decides.
_FAMILIES: tuple[tuple[str, Parsers], ...] = (
    (r"qwen-?3-?coder", Parsers("qwen3_xml")),
    (r"qwen-?3\.[5-9]", Parsers("qwen3_xml", "qwen3")),
    (r"qwen-?3", Parsers("hermes", "qwen3")),
    (r"qwen-?2(?!.*coder)|hermes|smollm", Parsers("hermes")),
    (r"llama-?4", Parsers("llama4_pythonic")),
    (r"llama-?3", Parsers("llama3_json")),
    (r"functiongemma", Parsers("functiongemma")),
    (r"gemma-?4", Parsers("gemma4", "gemma4")),
    (r"gpt-oss", Parsers("openai", "openai_gptoss")),
    (r"mistral|mixtral|ministral|magistral|devstral", Parsers("mistral")),
    (r"glm-?4\.7", Parsers("glm47", "glm47")),
    (r"glm-?4\.[56]", Parsers("glm45", "glm45")),
    (r"granite-?4", Parsers("granite4")),
    (r"granite-?3", Parsers("granite")),
    (r"deepseek-?v3\.1", Parsers("deepseek_v31")),
    (r"deepseek-?v3", Parsers("deepseek_v3")),
    (r"phi-?4-?mini", Parsers("phi4_mini_json")),
    (r"lfm2", Parsers("lfm2")),
    (r"olmo-?3", Parsers("olmo3", "olmo3")),
)


def parsers_for(model: str) -> Parsers:
    """The parsers for a language model by its name or folder; empty where none is known."""
    name = model.rstrip("/").rsplit("/", 1)[-1].lower()
    return next((parsers for pattern, parsers in _FAMILIES if re.search(pattern, name)), Parsers(""))


@dataclass(frozen=True)
class Offered:
    """A language model that is chosen by memory.

    Attributes:
        name: At the model hub.
        weights: In GiB, as bfloat16.
        token: Bytes of key-values per token: layers x heads x 128 x 2 (keys, values) x 2 bytes.
    """

    name: str
    weights: float
    token: int

    def needs(self, context: int) -> float:
        """Memory in GiB for the weights, one conversation of `context` tokens, and the work."""
        return self.weights + context * self.token / _GIB + WORKING


# Best first. The largest stays the default however much memory there is: it is what this project is measured with.
OFFERED = (
    Offered("Qwen/Qwen3-8B", 15.3, 36 * 8 * 128 * 4),
    Offered("Qwen/Qwen3-4B", 7.5, 36 * 8 * 128 * 4),
    Offered("Qwen/Qwen3-1.7B", 3.8, 28 * 8 * 128 * 4),
    Offered("Qwen/Qwen3-0.6B", 1.4, 28 * 8 * 128 * 4),
)


def best_fit(memory: float) -> tuple[str, int] | None:
    """(name, context in tokens) of the best language model for `memory` GiB of free GPU memory; None if none fits."""
    usable = memory * SHARE
    for offered in OFFERED:
        for context in CONTEXTS:
            if offered.needs(context) <= usable:
                return offered.name, context
    return None


def context_of(model: str, memory: float) -> int | None:
    """The longest of our contexts that fits a language model of the list above; None for any other name."""
    offered = next((one for one in OFFERED if one.name == model), None)
    if offered is None:
        return None
    return next((tokens for tokens in CONTEXTS if offered.needs(tokens) <= memory * SHARE), CONTEXTS[-1])
