"""A question's grammar in the EBNF of xgrammar (OpenVINO GenAI), made from the one in llguidance's Lark dialect.

Calls, closed choices, times and numbers are the same rules, written otherwise. Copied text is a chain of one rule per
piece. It is a little laxer: a name only must hold one piece that could be a name, and may be of any length.
"""

import json
import re
from collections.abc import Sequence

from assistant.llm.constrain import NEVER_NAMES
from assistant.llm.spans import copyable

_OURS = re.compile(r"(?:copied|name|SPAN|NAME|WORDS_\d+):")
_LETTERS = re.compile(r"/\[a-z\]\[a-z_ \]\{0,30\}/")
_NEVER = frozenset(NEVER_NAMES.split("|"))


def ebnf(lark: str, texts: Sequence[str]) -> str:
    """The EBNF of a grammar.

    Args:
        lark: By `calls_grammar`.
        texts: The question and the ones before, as given to it.
    """
    rules = [line for line in lark.splitlines() if line and not _OURS.match(line)]
    named = [rule.partition(": ") for rule in rules]
    lines = [f"{'root' if name == 'start' else name} ::= {_translated(body)}" for name, _, body in named]
    return "\n".join([*lines, *_copied(copyable(texts)), ""])


def _translated(body: str) -> str:
    return _LETTERS.sub("[a-z] [a-z_ ]{0,30}", body)


def _copied(texts: Sequence[Sequence[str]]) -> list[str]:
    """Rules `copied` (any stretch of a text) and `name` (one that holds a piece that could be a name)."""
    any_starts: list[str] = []
    name_starts: list[str] = []
    rules: list[str] = []
    for number, pieces in enumerate(texts):
        for place, piece in enumerate(pieces):
            label, after = f"{number}_{place}", f"{number}_{place + 1}"
            here, ends, more = json.dumps(piece, ensure_ascii=False), piece[-1].isalnum(), place + 1 < len(pieces)
            rules.append(f"any_{label} ::= {_either(here, ends, f'any_{after}' if more else '')}")
            if _could_name(piece):
                rules.append(f"name_{label} ::= {_either(here, ends, f'any_{after}' if more else '')}")
            else:
                rules.append(f"name_{label} ::= {_either(here, False, f'name_{after}' if more else '')}")
            if piece[0].isalnum():
                any_starts.append(f"any_{label}")
                name_starts.append(f"name_{label}")
    quote = json.dumps('"')
    return [
        f"copied ::= {quote} ({' | '.join(any_starts) or quote}) {quote}",
        f"name ::= {quote} ({' | '.join(name_starts) or quote}) {quote}",
        *rules,
    ]


def _either(here: str, ends: bool, then: str) -> str:
    """The piece, alone or with what follows; one that may neither end nor go on cannot be written."""
    choices = [here] if ends else []
    choices += [f"{here} {then}"] if then else []
    return " | ".join(choices) or json.dumps("\x7f")


def _could_name(piece: str) -> bool:
    return piece[0].isalnum() and not piece.isdigit() and piece.lower() not in _NEVER
