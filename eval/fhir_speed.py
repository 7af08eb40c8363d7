"""Measures our whole import of FHIR (read, check, resolve, store, rebuild stays) beside `fhir.resources`, which parses.

The peer gets the very same resources in the same run; it checks shapes and resolves no reference. Ours is measured
once more in bulk, on renumbered copies, in a process of its own, whose peak memory for a small and a large file shows
whether memory grows with the file.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError, RecordError
from assistant.records.importing import import_paths
from assistant.records.sources import find_files, open_source
from assistant.records.store import Store

_TYPES = ("Encounter", "Patient", "Location", "Practitioner", "PractitionerRole")


@dataclass(frozen=True)
class FhirSpeed:
    """One measurement.

    Attributes:
        resources: Read; refused: those the parser, or our quarantine, did not take.
        seconds: Wall clock; cpu_seconds: of the process.
        peak_mib: Highest memory of the process in MiB; 0 where it was not its own.
    """

    name: str
    resources: int
    seconds: float
    cpu_seconds: float
    refused: int = 0
    peak_mib: float = 0.0

    @property
    def per_cpu_second(self) -> float:
        """Resources a second of processor time, which other work on the machine does not touch."""
        return self.resources / max(self.cpu_seconds, 1e-9)


def read_lines(feeds: Sequence[Path], most: int) -> list[str]:
    """The first resources of NDJSON files that both sides know, as lines."""
    found: list[str] = []
    for path in find_files(feeds):
        with open_source(path) as stream:
            for raw in stream:
                line = raw.decode("utf-8-sig").strip()
                if line and any(f'"{kind}"' in line[:60] for kind in _TYPES):
                    found.append(line)
                    if len(found) == most:
                        return found
    if not found:
        raise RecordError(f"The feeds hold no NDJSON lines of {', '.join(_TYPES)}; give such files.")
    return found


def renumbered(lines: Sequence[str], copies: int) -> Iterator[str]:
    """Copies of the resources as of other patients and visits."""
    for copy in range(copies):
        for line in lines:
            told = json.loads(line)
            told["id"] = f"{copy}-{told.get('id', '')}"
            for identifier in told.get("identifier", ()):
                identifier["value"] = f"{copy}-{identifier.get('value', '')}"
            reference = told.get("subject", {}).get("reference")
            if reference:
                kind, _, number = reference.rpartition("/")
                told["subject"]["reference"] = f"{kind}/{copy}-{number}"
            yield json.dumps(told, ensure_ascii=False)


def measure_peer(lines: Sequence[str]) -> FhirSpeed:
    """`fhir.resources` (R4B) parsing the lines."""
    from fhir.resources.R4B import get_fhir_model_class  # comes with the development extras only
    from pydantic import ValidationError

    def whole() -> int:
        refused = 0
        for line in lines:
            told: dict[str, Any] = json.loads(line)
            try:
                get_fhir_model_class(told["resourceType"]).model_validate(told)
            except ValidationError:
                refused += 1
        return refused

    get_fhir_model_class("Encounter").model_validate(json.loads(lines[0])) if '"Encounter"' in lines[0] else None
    return _timed("fhir.resources 8 (parse only)", len(lines), whole)


def measure_import(path: Path, name: str) -> FhirSpeed:
    """Our whole import of a file into a fresh SQLite store, stays included."""
    with tempfile.TemporaryDirectory() as home:
        store = Store.open(Path(home))
        counts = [0, 0]

        def whole() -> int:
            file = import_paths(store, [path]).files[0]
            counts[:] = file.read, file.quarantined
            return file.quarantined

        speed = _timed(name, 0, whole)
        store.close()
    return FhirSpeed(name, counts[0], speed.seconds, speed.cpu_seconds, counts[1])


def measure_alone(path: Path, name: str) -> FhirSpeed:
    """The same in a process of its own, with its peak memory."""
    command = [sys.executable, "-m", "eval", "fhir_speed", "--alone", str(path), "--json", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RecordError(f"The import in a process of its own failed: {done.stderr.strip()[-500:]}")
    return FhirSpeed(**{**json.loads(done.stdout), "name": name})


def measure(lines: Sequence[str], bulk: int) -> list[FhirSpeed]:
    """All measurements: the peer, ours on the same lines, ours in bulk on a small and on a ten times larger file."""
    found = [measure_peer(lines)]
    with tempfile.TemporaryDirectory() as folder:
        small, large, same = (Path(folder) / f"{name}.ndjson" for name in ("small", "large", "same"))
        same.write_text("\n".join(lines) + "\n", encoding="utf-8")
        found.append(measure_import(same, "ours (whole import)"))
        for path, count in ((small, bulk // 10), (large, bulk)):
            copies = max(1, -(-count // len(lines)))
            with path.open("w", encoding="utf-8") as out:
                out.writelines(f"{line}\n" for line in renumbered(lines, copies))
            found.append(measure_alone(path, f"ours (whole import, {'a tenth' if path is small else 'bulk'})"))
    return found


def _timed(name: str, count: int, work: Callable[[], int]) -> FhirSpeed:
    wall, cpu = time.perf_counter(), time.process_time()
    refused = work()
    return FhirSpeed(name, count, time.perf_counter() - wall, time.process_time() - cpu, refused)


def main(argv: list[str]) -> int:
    """Entry of `python -m eval fhir_speed`."""
    parser = argparse.ArgumentParser(prog="python -m eval fhir_speed", description=__doc__)
    parser.add_argument("feeds", nargs="+", type=Path, metavar="FEED", help="NDJSON files or folders")
    parser.add_argument("--resources", type=int, default=1_000, help="resources that both get (default 1,000)")
    parser.add_argument("--bulk", type=int, default=20_000, help="resources of the bulk import (default 20,000)")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    try:
        if options.alone:
            alone = asdict(measure_import(options.alone, "alone"))
            print(json.dumps({**alone, "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
            return 0
        speeds = measure(read_lines(options.feeds, options.resources), options.bulk)
    except AssistantError as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        rows = [{**asdict(x), "per_cpu_second": x.per_cpu_second} for x in speeds]
        print(json.dumps({"load": os.getloadavg()[0], "speeds": rows}))
        return 0
    for x in speeds:
        memory = f", peak {x.peak_mib:,.0f} MiB" if x.peak_mib else ""
        print(
            f"{x.name:34} {x.resources:>7,} resources {x.resources / x.seconds:>7,.0f}/s "
            f"({x.per_cpu_second:,.0f} per CPU second, {x.per_cpu_second / speeds[0].per_cpu_second:.1f} x the peer), "
            f"{x.refused} refused{memory}"
        )
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return 0
