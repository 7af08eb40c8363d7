"""A PostgreSQL of the tests' own: made in a folder, reached over a socket in it, gone afterwards."""

import ctypes
import getpass
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import OperationalError

_READY_SECONDS = 60


class Server:
    """A running server.

    Args:
        folder: Holds its data and its socket; belongs to the user it runs as.
        programs: Where `initdb` and `postgres` are.
        user: Whom it runs as; None for the present user.
    """

    def __init__(self, folder: Path, programs: Path, user: str | None) -> None:
        self._folder, self._programs, self._user = folder, programs, user
        self._made, self._records = 0, ""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the data folder and wait until connections are taken; nothing is flushed to disk, which is faster."""
        data = self._folder / "data"
        self._run("initdb", "-D", str(data), "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        options = ["listen_addresses=", f"unix_socket_directories={self._folder}", "fsync=off", "max_connections=60"]
        command = [str(self._programs / "postgres"), "-D", str(data), *(x for o in options for x in ("-c", o))]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                command, stderr=log, stdout=log, user=self._user, cwd=self._folder, preexec_fn=_end_with_parent
            )
        until = time.monotonic() + _READY_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL did not start: {(self._folder / 'log').read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it at once and delete all it held."""
        if self._process:
            self._process.send_signal(signal.SIGQUIT)  # immediate shutdown
            self._process.wait(30)
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, database: str = "postgres") -> str:
        """Address of a database."""
        return f"postgresql+psycopg://tests@/{database}?host={self._folder}"

    def new_database(self, encoding: str = "UTF8") -> str:
        """Make an empty database; returns its address."""
        self._made += 1
        name = f"records{self._made}"
        locale = "LOCALE 'C' " if encoding != "UTF8" else ""
        self._execute(f"CREATE DATABASE {name} ENCODING '{encoding}' {locale}TEMPLATE template0")
        return self.url(name)

    def empty_records(self) -> str:
        """The address of a database for records, always the same one, with nothing in it: quicker than a new one."""
        if not self._records:
            self._records = self.new_database()
        engine = create_engine(self._records)
        with engine.begin() as connection:
            tables = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
            if tables:
                connection.execute(text(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY"))
        engine.dispose()
        return self._records

    def _execute(self, statement: str) -> None:
        engine = create_engine(self.url(), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _answers(self) -> bool:
        try:
            self._execute("SELECT 1")
        except OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._programs / program), *arguments], user=self._user, capture_output=True, cwd=self._folder
        )
        assert done.returncode == 0, done.stderr.decode()


def _end_with_parent() -> None:
    """Also when the tests are killed: Linux then sends the server SIGQUIT (prctl PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def start_server() -> Server:
    """Start a server, or skip the test with the reason why there is none."""
    pytest.importorskip("psycopg", reason="the driver psycopg is not installed: pip install '.[postgres]'")
    programs = _programs()
    if programs is None:
        pytest.skip(
            "PostgreSQL is not installed (no initdb in PATH or /usr/lib/postgresql); apt-get install postgresql"
        )
    user = _unprivileged() if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # not pytest's folder: its parents are closed to other users
    if user:
        shutil.chown(folder, user)
    server = Server(folder, programs, user)
    try:
        server.start()
    except BaseException:
        server.stop()
        raise
    return server


def _programs() -> Path | None:
    """The folder of the newest version; Debian keeps it out of PATH."""
    found = shutil.which("initdb")
    candidates = [Path(found).parent] if found else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))
    return next((path for path in candidates if (path / "initdb").exists()), None)


def _unprivileged() -> str:
    """The server refuses to run as root."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    pytest.skip(f"PostgreSQL does not run as {getpass.getuser()}, and there is no user postgres or nobody")
