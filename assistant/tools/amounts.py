"""An amount as it may be given: a number, or a percentage as text (`20%`, `-15 %`)."""

import math
import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

_TEXT = re.compile(r"([+\-\u2212]?)\s*(\d+(?:[.,]\d+)?)\s*(%|\uff05|per ?cent|percent)?", re.IGNORECASE)


@dataclass(frozen=True)
class Quantity:
    """A figure, and whether it is a percentage."""

    value: float
    percent: bool = False


def _canonical(given: Any) -> Any:
    """`20 %` as `20%`; text that is a plain number as the number; everything else as it came, to be refused."""
    if isinstance(given, float) and not math.isfinite(given):
        raise ValueError("expected a finite number")
    if not isinstance(given, str):
        return given
    found = _TEXT.fullmatch(given.strip())
    if found is None:
        raise ValueError("expected a number or a percentage such as 20%")
    value = float(found[2].replace(",", ".")) * (-1 if found[1] in {"-", "\u2212"} else 1)
    return f"{value:g}%" if found[3] else value


Amount = Annotated[
    float | str,
    BeforeValidator(_canonical),
    # For language models it is a number, as they have learned it; the sign of percent is added by code.
    WithJsonSchema({"type": "number"}),
]
"""Type of an `amount` argument."""


def quantity(amount: float | str) -> Quantity:
    """The amount as figure and unit."""
    if isinstance(amount, str):
        return Quantity(float(amount.removesuffix("%")), percent=True)
    return Quantity(amount)
