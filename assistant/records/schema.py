"""The version of the database: makes new ones, brings older ones up to date, refuses those of a newer program."""

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import Engine

from assistant.errors import SetupError
from assistant.records import tables as t
from assistant.records.writing import writing_to

VERSION = "0005"  # of `tables`; a change there needs a file in `migrations/versions` and the next number here
_FIRST = "0001"  # databases that say no version have the tables of this one
_VERSIONS = "alembic_version"


def bring_up_to_date(engine: Engine) -> str:
    """Make the tables, or change older ones, so that they are those of this program.

    Returns:
        The version before: empty for a new database.

    Raises:
        SetupError: If a newer program has changed the database; nothing is touched then.
    """
    with engine.connect() as connection:
        before = _version(connection)
    if before == VERSION:
        return before
    with writing_to(engine) as connection:  # one process does it, others wait and find it done
        before = _version(connection)
        if not before:
            t.metadata.create_all(connection)
            _mark(connection, VERSION)
        elif before != VERSION:
            _upgrade(connection, before)
    return before


def _version(connection: Connection) -> str:
    """What the database says; the first version if it has tables and says none; empty without tables."""
    tables = set(inspect(connection).get_table_names())
    if _VERSIONS in tables:
        found = connection.execute(text(f"SELECT version_num FROM {_VERSIONS}")).scalar()
        if found:
            return str(found)
    return _FIRST if t.movements.name in tables else ""


def _mark(connection: Connection, version: str) -> None:
    """Write the version down as alembic does, without loading it: most databases are made by tests and once."""
    connection.execute(text(f"CREATE TABLE IF NOT EXISTS {_VERSIONS} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(text(f"DELETE FROM {_VERSIONS}"))
    connection.execute(text(f"INSERT INTO {_VERSIONS} (version_num) VALUES (:version)"), {"version": version})


def _upgrade(connection: Connection, before: str) -> None:
    """Run the steps that the database lacks, all of them or none."""
    from alembic import command  # loads slowly and is needed once in the life of a database
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "assistant.records:migrations")
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if before not in known:
        raise SetupError(
            f"The records database has version {before}; this program knows versions up to {VERSION}. "
            "A newer program has changed it: install that one, or give this one a data folder of its own "
            "(ASSISTANT_HOME, ASSISTANT_DATABASE_URL)."
        )
    _mark(connection, before)
    config.attributes["connection"] = connection
    command.upgrade(config, VERSION)
