"""The embedded weights in memory, and the reading of tokens with kept key-values."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.llm.faults import OUTPUT_INVALID, TOO_LATE, fault

# A pass over more tokens than this would keep a deadline waiting for seconds.
_TOKENS_PER_PASS = 256


class Network:
    """A causal language model on the CPU that has read some tokens and can read on.

    The unchanged beginning of all prompts is read once and its key-values are kept. It is always a pass of its
    own, so that a question is computed in the same way whether or not another one came before it: the same prompt
    gives the same reply to the last bit.

    Args:
        folder: A Hugging Face folder.
        threads: CPU threads (of the whole process: torch knows no other).
        dtype: `float32` or `bfloat16`.
    """

    def __init__(self, folder: Path, threads: int, dtype: str) -> None:
        began = time.monotonic()
        # Heavy packages, seconds to import: only when the embedded language model is really asked.
        import torch
        from llguidance.hf import from_tokenizer
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()
        torch.set_num_threads(threads)
        self._torch = torch
        self._weights: Any = AutoModelForCausalLM.from_pretrained(
            folder, dtype=getattr(torch, dtype), local_files_only=True
        ).eval()
        tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self.tokenizer = tokenizer
        self.grammar_tokenizer = from_tokenizer(tokenizer, n_vocab=self._weights.config.vocab_size)
        self._beginning: tuple[int, ...] = ()
        self._key_values: Any = None
        self.seconds_to_load = time.monotonic() - began

    def tokens(self, text: str) -> list[int]:
        """The text as tokens."""
        return list(self.tokenizer.encode(text, add_special_tokens=False))

    def start(self, beginning: Sequence[int], deadline: float) -> None:
        """Forget all that was read but `beginning`, the part that all prompts share."""
        if self._key_values is not None and self._beginning == tuple(beginning):
            surplus = self._key_values.get_seq_length() - len(beginning)
            if surplus > 0:
                self._key_values.crop(-surplus)  # transformers 5 takes the number of tokens to forget, negative
            return
        from transformers import DynamicCache  # heavy: see above

        self._beginning = ()
        self._key_values = DynamicCache(config=self._weights.config)
        if beginning:
            self.read(beginning, deadline)
        self._beginning = tuple(beginning)

    def read(self, tokens: Sequence[int], deadline: float) -> np.ndarray:
        """Read on; logits of the token that follows.

        Args:
            tokens: One at least.
            deadline: On the monotonic clock.

        Raises:
            LanguageModelError: `model_too_late`.
        """
        logits = np.empty(0)
        for start in range(0, len(tokens), _TOKENS_PER_PASS):
            if time.monotonic() > deadline:
                raise fault("The embedded language model took longer than its time limit.", TOO_LATE)
            part = self._torch.tensor([list(tokens[start : start + _TOKENS_PER_PASS])])
            with self._torch.inference_mode():
                output = self._weights(part, past_key_values=self._key_values, use_cache=True, logits_to_keep=1)
            logits = output.logits[0, -1].float().numpy()
        return logits


class Guide:
    """The grammar's state while a reply is written; without a grammar everything is admitted.

    Args:
        network: Whose tokens are meant.
        grammar: In llguidance's Lark dialect.
    """

    def __init__(self, network: Network, grammar: str | None) -> None:
        from llguidance import LLMatcher  # its package pulls in torch

        self._matcher = None
        if grammar is not None:
            self._matcher = LLMatcher(network.grammar_tokenizer, LLMatcher.grammar_from_lark(grammar), log_level=0)
            self._check()

    def forced(self) -> list[int]:
        """Tokens that the grammar leaves no choice about, already taken."""
        if self._matcher is None:
            return []
        tokens = list(self._matcher.compute_ff_tokens())
        if tokens:
            self._matcher.consume_tokens(tokens)
            self._check()
        return tokens

    def complete(self) -> bool:
        """Whether the reply may end here."""
        return self._matcher is not None and bool(self._matcher.is_accepting())

    def stopped(self) -> bool:
        """Whether nothing may follow."""
        return self._matcher is not None and bool(self._matcher.is_stopped())

    def best(self, logits: np.ndarray) -> int:
        """The most likely token of those admitted."""
        if self._matcher is None:
            return int(logits.argmax())
        mask = np.unpackbits(np.frombuffer(self._matcher.compute_bitmask(), dtype=np.uint8), bitorder="little")
        self._check()
        return int(np.where(mask[: len(logits)] == 1, logits, -np.inf).argmax())

    def take(self, token: int) -> None:
        """Go on with `token`."""
        if self._matcher is not None:
            self._matcher.consume_token(token)
            self._check()

    def _check(self) -> None:
        if self._matcher is not None and self._matcher.is_error():
            # Its first line says what; the rest is the whole grammar.
            told = str(self._matcher.get_error()).split("\n", 1)[0]
            raise fault(f"The grammar for the tool calls failed: {told}", OUTPUT_INVALID)
