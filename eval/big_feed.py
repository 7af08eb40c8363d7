"""Writes the ADT feed of a hospital of any length, message by message in the order of time."""

import heapq
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

UNITS = [f"W{number:02}" for number in range(1, 28)] + ["ICU", "MICU", "ED"]
_START = datetime(2021, 1, 1)
_MINUTES_BETWEEN = 10.0  # admissions; with four days' stay, some 580 patients are in the house
_MOST_DAYS = 30.0


def write_feed(path: Path, messages: int, seed: int = 1) -> None:
    """Write so many messages; memory stays flat.

    Args:
        path: File to write; HL7 v2, segments ended by CR.
        messages: A visit has four on average: arrival, moves, discharge.
        seed: The same number gives the same file.
    """
    with path.open("wb", buffering=1 << 20) as file:
        for number, message in enumerate(_messages(seed), start=1):
            file.write(message)
            if number == messages:
                return


def _messages(seed: int) -> Iterator[bytes]:
    """Events of all visits, merged by time, without end."""
    chance = random.Random(seed)
    waiting: list[tuple[datetime, int, str, str]] = []
    now, visit, control = _START, 0, 0
    while True:
        now += timedelta(minutes=chance.expovariate(1 / _MINUTES_BETWEEN))
        visit += 1
        for moment, trigger, unit in _visit(chance, now):
            heapq.heappush(waiting, (moment, visit, trigger, unit))
        while waiting and waiting[0][0] <= now:
            control += 1
            yield _message(control, *heapq.heappop(waiting))


def _visit(chance: random.Random, start: datetime) -> Iterator[tuple[datetime, str, str]]:
    """Arrival in the emergency department or a ward, up to three moves, discharge."""
    unit, now = chance.choice(UNITS), start
    yield now, "A04" if unit == "ED" else "A01", unit
    for _ in range(chance.choice((1, 1, 2, 3))):
        now += timedelta(days=min(chance.expovariate(0.6), _MOST_DAYS))
        unit = chance.choice(UNITS[:-1])
        yield now, "A02", unit
    yield now + timedelta(days=min(chance.expovariate(0.6), _MOST_DAYS)), "A03", unit


def _message(control: int, moment: datetime, visit: int, trigger: str, unit: str) -> bytes:
    at = f"{moment:%Y%m%d%H%M%S}"
    bed = f"{unit}^{visit % 20 + 1}^{'AB'[visit % 2]}"
    return (
        f"MSH|^~\\&|ADT|HOSP|HDA|SITE|{at}||ADT^{trigger}|C{control}|P|2.5\r"
        f"EVN|{trigger}|{at}||||{at}\r"
        f"PID|1||{visit % 90_000}^^^HOSP^MR||NAME^OF||19{visit % 90 + 10}0102|{'FM'[visit % 2]}\r"
        f"PV1|1|I|{bed}||||||||||||||||{visit}\r"
    ).encode()
