"""assistant sample: create the simulated hospital and import it like a real one's files."""

import argparse
from dataclasses import replace
from pathlib import Path

from assistant.app import open_app
from assistant.cli.output import print_json, progress_bar
from assistant.sample.create import create_hospital


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "sample",
        help="create the simulated hospital (HL7, FHIR and CSV files) and import it",
        description="Simulate a hospital, write the files a real one would send, and import them.",
    )
    parser.add_argument("--days", type=int, help="days to simulate (default: the setting, a year)")
    parser.add_argument("--seed", type=int, help="seed of the simulation (default: the setting)")
    parser.add_argument("--out", type=Path, help="folder for the files (default: sample in the data folder)")
    parser.add_argument("--no-import", action="store_true", help="only write the files")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Create, import, index; exit code 1 if a file could not be used."""
    app = open_app()
    given = {name: getattr(arguments, name) for name in ("days", "seed") if getattr(arguments, name) is not None}
    settings = replace(app.settings.sample, **given)
    folder = arguments.out or app.home / "sample"
    with progress_bar() as bar:
        task = bar.add_task("simulating days", total=settings.days)
        created = create_hospital(folder, settings, lambda done, total: bar.update(task, completed=done, total=total))
        if not arguments.no_import:
            bar.update(task, description="importing", completed=0, total=None)

            def tell(file: str, done: int) -> None:
                bar.update(task, completed=done, description=f"importing {file}")

            report = app.import_files([created.feed], "sample", tell)
            bar.update(task, description="indexing", completed=0, total=None)
            app.build_index(lambda done, total: bar.update(task, completed=done, total=total))
    if arguments.json:
        print_json({"sample": created.to_json(), "import": None if arguments.no_import else report.to_json()})
    else:
        print("\n".join(created.lines()))
        if not arguments.no_import:
            print("\n".join([*report.fault_lines("en"), *report.lines("en")]))
    return 1 if not arguments.no_import and report.failed else 0
