"""`python -m eval NAME ...`: run one evaluation; each is one file with a `main(argv) -> int`."""

import importlib
import sys

from assistant.errors import AssistantError

EVALUATIONS = {
    "census": "import feeds, then compare the census cell by cell with the truth",
    "understanding": "tool and argument accuracy of the language model on cases",
    "retrieval": "nDCG@10, recall@10 and latency of search on a judged set",
    "answers": "is every figure of an answer grounded; do false statements pass",
    "gpu": "throughput and time to first token behind vLLM by number of users, speed of training",
    "runtimes": "runtimes for the embedded checkpoint: speed, memory, agreement",
    "latency": "seconds from question to answer, by step, and peak memory",
    "hospital": "the integrated hospital problem of the 2024 competition: patients, rooms, theatres, nurses",
    "plans": "plans of a whole hospital against the clock; the risk they promise and what is seen",
    "explanations": "times of explanations and what-if questions on a hospital's own plans",
    "demand": "forecast methods on public daily series",
    "forecasting": "a season of a public forecast hub from what was known then, scored beside other teams",
    "operations": "hospital demand against seasonal naive, empirical week, AutoETS, AutoARIMA: hourly and daily",
    "demand_scale": "how long demand forecasts take: one unit, a thousand units",
    "recalibration": "do adaptive intervals win their coverage back after a shift: COVID-19, simulated",
    "import_speed": "messages a second beside hl7apy and plain hl7",
    "records_load": "imports of growing length: messages a second, peak memory, milliseconds of show_state",
    "mllp": "messages acknowledged a second through the listener, seconds until the census has moved on",
    "fhir_speed": "FHIR resources a second beside fhir.resources, and memory by size of file",
    "quality": "data quality: planted faults found by the rules, or the table of checks of given files",
    "roster": "public shift-scheduling instances: cost, bound, gap to the best known",
    "screenshots": "take the screenshots of the README",
}
LATER = ("vaccination", "injections")


def main(argv: list[str]) -> int:
    """Dispatch; 2 for an unknown name, 1 for an error told to the user."""
    name = argv[0] if argv else "--help"
    if name in {"-h", "--help"}:
        print("usage: python -m eval NAME ...   (python -m eval NAME --help shows its options)\n")
        print("\n".join(f"  {known:15s} {text}" for known, text in EVALUATIONS.items()))
        return 0
    if name not in EVALUATIONS:
        known = ", ".join(EVALUATIONS)
        why = "is not available yet in this version" if name in LATER else "is not known"
        print(f"eval: '{name}' {why}. Evaluations: {known}.", file=sys.stderr)
        return 2
    try:
        return int(importlib.import_module(f"eval.{name}").main(argv[1:]))
    except AssistantError as error:
        print(f"eval: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
