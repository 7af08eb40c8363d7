"""Units of measurement: what exports write, brought to the unit in which the records keep a quantity.

Counts are kept in pieces, volumes in millilitres, masses in grams, times in hours; a rate is one of them per day or
week. Factors are exact by definition (pound: 0.45359237 kg, ounce: a sixteenth of it, US gallon: 231 cubic inches).
"""

from dataclasses import dataclass

_POUND = 453.59237
_NAMES = {
    ("piece", 1.0): "piece pieces pc pcs ea each unit units stück st stk 个 只 件 支 片",
    ("piece", 2.0): "pair pairs paar 双 副",
    ("piece", 12.0): "dozen dz dutzend 打",
    ("piece", 100.0): "hundred 百",
    ("piece", 1000.0): "thousand tsd 千",
    ("ml", 1.0): "ml cc millilitre milliliter 毫升",
    ("ml", 10.0): "cl centilitre",
    ("ml", 1000.0): "l litre liter 升",
    ("ml", 3785.411784): "gal gallon",
    ("g", 0.001): "mg 毫克",
    ("g", 1.0): "g gram gramm 克",
    ("g", 1000.0): "kg 公斤 千克",
    ("g", _POUND): "lb lbs pound pounds",
    ("g", _POUND / 16): "oz ounce ounces",
    ("h", 1 / 3600): "s sec second seconds 秒",
    ("h", 1 / 60): "min minute minutes minuten 分钟 分",
    ("h", 1.0): "h hr hour hours std stunden 小时",
    ("h", 24.0): "d day days tag tage 天 日",
    ("h", 168.0): "week weeks wk woche wochen 周",
    ("h", 365.25 * 2): "month months monat monate 月",
    ("h", 365.25 * 24): "year years jahr 年",
}
_FACTORS = {word: kept for kept, words in _NAMES.items() for word in words.split()}
_PACKS = frozenset(
    {"pack", "packs", "package", "box", "boxes", "case", "carton", "packung", "pck", "karton", "ve", "盒", "箱", "包"}
)
_FULL_TIME = 38.5  # hours per week of one full-time equivalent, where the mapping says no other


@dataclass(frozen=True)
class Measure:
    """A unit of measurement.

    Attributes:
        dimension: `piece`, `ml`, `g`, `h` (the unit the records keep), `fte` for full-time equivalents.
        factor: How many of the kept unit one of it is.
        hours: Of a rate: the time it is per, in hours; None: no rate.
        pack: True if the factor is the size of a pack, which has to be told.
    """

    dimension: str
    factor: float
    hours: float | None = None
    pack: bool = False


def measure_called(name: str) -> Measure:
    """The unit of that name, e.g. `kg`, `lb`, `pack`, `h/week`, `piece/month`, `fte`.

    Raises:
        ValueError: Unknown; says which there are.
    """
    above, slash, below = (part.strip() for part in name.strip().casefold().partition("/"))
    hours = None
    if slash:
        per = _FACTORS.get(below)
        if per is None or per[0] != "h":
            raise ValueError(f"{name!r} is per {below!r}; expected a time such as day, week or month")
        hours = per[1]
    if above in _PACKS:
        return Measure("piece", 1.0, hours, pack=True)
    if above in ("fte", "wte", "vzä", "vk"):
        return Measure("fte", _FULL_TIME)
    if above in ("%", "percent"):
        return Measure("fte", _FULL_TIME / 100)
    if above not in _FACTORS:
        raise ValueError(
            f"unit of measurement {name!r} is not known; known are piece, pair, dozen, pack, ml, l, mg, g, kg, lb, oz, "
            "min, h, day, week, fte, %, and rates such as piece/week"
        )
    dimension, factor = _FACTORS[above]
    return Measure(dimension, factor, hours)


def converted(
    value: float, told: Measure, kept: Measure, pack_size: float | None = None, full_time: float | None = None
) -> float:
    """The value in the kept unit.

    Args:
        value: In the told unit.
        told: What the file writes.
        kept: What the records keep, e.g. `measure_called("h/week")`.
        pack_size: Pieces in a pack, where the unit is one.
        full_time: Hours per week of a full-time equivalent (default 38.5).

    Raises:
        ValueError: The two do not measure the same, or the size of the pack is not told.
    """
    if told.pack and not pack_size:
        raise ValueError("a number of packs needs the size of a pack: say pack_size in the mapping")
    if told.dimension == "fte" and kept.dimension == "h" and kept.hours:
        return value * told.factor * (full_time or _FULL_TIME) / _FULL_TIME
    if told.dimension != kept.dimension or (told.hours is None) != (kept.hours is None):
        raise ValueError(f"a quantity in {told.dimension} cannot become one in {kept.dimension}")
    factor = (pack_size or 1.0) if told.pack else told.factor
    result = value * factor / kept.factor
    return result if told.hours is None or kept.hours is None else result / told.hours * kept.hours
