"""assistant import: read files into the records and say what was done."""

import argparse
import time
from pathlib import Path

from assistant.app import open_app
from assistant.cli import quarantine
from assistant.cli.output import print_error, print_json, progress_bar
from assistant.errors import RecordError
from assistant.records.csv_files import describe_csv
from assistant.records.mapping import read_mapping, shipped
from assistant.records.mapping_suggest import suggest_mapping


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "import",
        help="read HL7 v2, FHIR R4 and CSV files into the records",
        description="Read files or folders into the records: HL7 v2 (files, MLLP dumps), FHIR R4 Encounters and "
        "Patients (NDJSON, Bundle), CSV. Importing the same files again changes nothing. What cannot be used is kept "
        "in quarantine with the reason: see --quarantine.",
        epilog=describe_csv(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="files or folders")
    parser.add_argument("--site", default="main", help="name of the sending site (default: main)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="language of the report")
    how = f"how the columns of your own CSV tables are read: a TOML or JSON file, or one of {', '.join(shipped())}"
    parser.add_argument("--mapping", metavar="FILE", help=f"{how}, which come with the program")
    suggest = "print a mapping for these CSV files, to be checked by a person; nothing is imported"
    parser.add_argument("--suggest-mapping", nargs="+", type=Path, metavar="CSV", help=suggest)
    quarantine.add_arguments(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Import; exit code 1 if a file could not be used (the others are stored all the same)."""
    if arguments.quarantine or arguments.retry or arguments.show is not None:
        return quarantine.run(arguments)
    if arguments.suggest_mapping:
        print(suggest_mapping(_existing(arguments.suggest_mapping)), end="")
        return 0
    if not arguments.paths:
        raise RecordError("Nothing to import: name files or folders, or list what could not be used: --quarantine.")
    paths = _existing(arguments.paths)
    mapping = read_mapping(arguments.mapping) if arguments.mapping else None
    app = open_app()
    began = time.monotonic()
    with progress_bar() as bar:
        task = bar.add_task("reading", total=None)

        def tell(file: str, done: int) -> None:
            bar.update(task, completed=done, description=f"reading {file}")

        report = app.import_files(paths, arguments.site, tell, mapping)
        bar.update(task, description="checking", completed=0, total=None)
        table = app.check_quality(lambda group: bar.update(task, description=f"checking {group}"))
        bar.update(task, description="indexing")
        app.build_index(lambda done, total: bar.update(task, completed=done, total=total))
    if arguments.json:
        quality = {name: value for name, value in table.to_json().items() if name != "checks"}
        print_json({**report.to_json(), "quality": quality, "seconds": round(time.monotonic() - began, 1)})
    else:
        print("\n".join([*report.lines(arguments.lang), f"{table.summary(arguments.lang)} (assistant quality)"]))
    if report.failed:
        print_error("\n".join(report.fault_lines(arguments.lang)))
        print_error("assistant: some files could not be used, for the reasons above. The others are stored.")
    return 1 if report.failed else 0


def _existing(paths: list[Path]) -> list[Path]:
    """The paths, if all exist."""
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise RecordError("These paths do not exist:", [str(path) for path in missing])
    return paths
