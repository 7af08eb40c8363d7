"""Starts listeners that can be killed: loads the program once, then forks one listener for each line on stdin.

Prints, a line each, the process number of a listener and the address line of `assistant listen --json`.
"""

import os
import sys

from assistant.cli.main import main
from assistant.records import receiving  # noqa: F401  # loaded before the fork, so that a listener starts at once


def serve() -> None:
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            print(os.getpid(), flush=True)
            os._exit(main(["listen", "--port", "0", "--json", "--progress", "1000"]))


if __name__ == "__main__":
    serve()
