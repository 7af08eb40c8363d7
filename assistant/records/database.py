"""Connects to the database of the records: SQLite in the data folder, or PostgreSQL for several processes."""

from typing import Any

from sqlalchemy import create_engine, event, make_url
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ArgumentError

from assistant.errors import SetupError


def make_engine(address: str) -> Engine:
    """The engine of a database.

    Args:
        address: As SQLAlchemy writes it; `postgresql://` and `postgres://` mean the driver that is installed here.

    Raises:
        SetupError: If it is neither SQLite nor PostgreSQL: with others nothing here has been tried.
    """
    url = make_url(address.replace("postgres://", "postgresql://", 1))
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise SetupError(
            f"ASSISTANT_DATABASE_URL names {shown(address)}; expected SQLite (sqlite:///FILE) or PostgreSQL "
            "(postgresql+psycopg://USER:PASSWORD@HOST/DATABASE)."
        )
    engine = create_engine(url, pool_pre_ping=True)  # a connection that the server has closed is opened again
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    else:
        event.listen(engine, "connect", _check_encoding)
        event.listen(engine, "connect", _drop_nulls)
    return engine


def shown(address: str) -> str:
    """The address without its password."""
    try:
        return make_url(address).render_as_string(hide_password=True)
    except ArgumentError:
        return "(not an address: expected DRIVER://USER:PASSWORD@HOST/DATABASE)"


def told(error: Exception) -> str:
    """What the driver said, in one line."""
    return " ".join(str(getattr(error, "orig", None) or error).split())


def _check_encoding(connection: Any, _record: Any) -> None:
    """Names are Chinese as well as English: a database in any other encoding would refuse them later on."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise SetupError(
            f"The PostgreSQL database has the encoding {encoding}; expected UTF8. "
            "Make it with: createdb --encoding=UTF8 --template=template0 NAME"
        )


def _drop_nulls(connection: Any, _record: Any) -> None:
    """Null characters are left out of texts: this database has none, and one would break a whole import."""
    from psycopg.types.string import StrDumper  # the driver is only there where PostgreSQL is used

    class WithoutNulls(StrDumper):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\x00", "") if "\x00" in obj else obj)

    connection.adapters.register_dumper(str, WithoutNulls)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Readers never wait for the writer (WAL); a second writer waits up to 30 s; references are enforced."""
    for pragma in ("journal_mode=WAL", "busy_timeout=30000", "foreign_keys=ON", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")
