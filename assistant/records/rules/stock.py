"""Stock: lots past their day, more than can be, counts of one item in two measures, use that leaps."""

from collections import defaultdict
from collections.abc import Iterator

from assistant.records.rules.kinds import ohdsi, own
from assistant.records.rules.outliers import outside
from assistant.records.rules.records import Records
from assistant.records.rules.rule import Case, Category, Checked, Severity
from assistant.records.stock import StockLevel
from assistant.records.supplies import latest_lots

EXPIRED = own("expired_lot", Category.PLAUSIBILITY, Severity.ERROR)
TOO_MUCH = ohdsi("stock_outlier", "plausibleValueHigh", Severity.WARNING)
TWO_MEASURES = ohdsi("two_units_of_measure", "plausibleUnitConceptIds", Severity.ERROR, threshold=0)
USE_OUTLIER = own("use_outlier", Category.PLAUSIBILITY, Severity.NOTE, threshold=5)
RULES = (EXPIRED, TOO_MUCH, TWO_MEASURES, USE_OUTLIER)


def check(records: Records) -> Iterator[Checked]:
    """All of it, from one reading of the counts."""
    by_item: dict[str, list[StockLevel]] = defaultdict(list)
    for level in records.store.stock():
        by_item[level.item].append(level)
    lots = [lot for levels in by_item.values() for lot in latest_lots(levels)]
    yield _expired(records, lots)
    most = 365 * records.limits.years_of_stock
    rated = [lot for lot in lots if lot.used_per_day and lot.used_per_day > 0]
    much = [lot for lot in rated if lot.on_hand > (lot.used_per_day or 0) * most]
    yield Checked(TOO_MUCH, "stock.on_hand", len(rated), len(much), tuple(_case(x, f"{x.on_hand:g}") for x in much))
    yield _measures(by_item)
    yield _use(records, by_item)


def _expired(records: Records, lots: list[StockLevel]) -> Checked:
    """Lots that are counted as there although their last day of use is over."""
    dated = [lot for lot in lots if lot.expiry]
    clock = records.clock
    old = [x for x in dated if x.on_hand > 0 and x.expiry and x.expiry < (clock.date() if clock else x.as_of)]
    old.sort(key=lambda lot: (-lot.on_hand, lot.item, lot.lot))
    return Checked(EXPIRED, "stock.expiry", len(dated), len(old), tuple(_case(x, str(x.expiry)) for x in old))


def _measures(by_item: dict[str, list[StockLevel]]) -> Checked:
    """Items of which one count says pieces and another says boxes."""
    used = {item: sorted({level.unit_of_measure for level in levels}) for item, levels in by_item.items()}
    mixed = tuple(Case(f"stock {item}", " and ".join(names)) for item, names in used.items() if len(names) > 1)
    return Checked(TWO_MEASURES, "stock.unit_of_measure", len(used), len(mixed), mixed)


def _use(records: Records, by_item: dict[str, list[StockLevel]]) -> Checked:
    """Daily use far from that of the counts around it, by the site's rule for outliers."""
    rows, cases = 0, []
    for item, levels in by_item.items():
        by_day = {level.as_of: level.used_per_day for level in levels if level.used_per_day is not None}
        days = sorted(by_day)
        rows += len(days)
        far = [days[at] for at in outside([by_day[day] for day in days], records.limits.quality)]
        cases += [Case(f"stock {item} {day}", f"used_per_day={by_day[day]:g}") for day in far]
    return Checked(USE_OUTLIER, "stock.used_per_day", rows, len(cases), tuple(cases))


def _case(lot: StockLevel, value: str) -> Case:
    return Case(f"stock {lot.item} {lot.lot}".strip(), value)
