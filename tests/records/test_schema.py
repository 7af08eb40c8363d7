"""Databases of older versions are brought up to date, those of newer ones are refused; on both databases."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import Engine

from assistant.errors import SetupError
from assistant.records import tables as t
from assistant.records.schema import VERSION, _upgrade, bring_up_to_date
from assistant.records.store import Store
from assistant.records.writing import writing_to

NewDatabase = Callable[[], str]


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> NewDatabase:
    """Makes empty databases of one kind."""
    count = iter(range(10))
    if request.param == "postgresql":
        return request.getfixturevalue("postgres").new_database
    return lambda: f"sqlite:///{tmp_path / f'{next(count)}.db'}"


def shape(engine: Engine) -> dict[str, object]:
    """Tables, columns, keys and indexes as the database itself tells them."""
    seen = inspect(engine)
    return {
        table: (
            sorted((c["name"], str(c["type"]), bool(c["nullable"])) for c in seen.get_columns(table)),
            sorted(seen.get_pk_constraint(table)["constrained_columns"]),
            sorted(str(key["constrained_columns"]) + key["referred_table"] for key in seen.get_foreign_keys(table)),
            sorted((str(index["name"]), tuple(index["column_names"])) for index in seen.get_indexes(table)),
        )
        for table in seen.get_table_names()
    }


def first_version(url: str) -> Engine:
    """A database as the program made it before it had versions."""
    engine = create_engine(url)
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "assistant.records:migrations")
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text("DROP TABLE alembic_version"))
        connection.execute(
            text("INSERT INTO findings (rule, place, value, severity, action) VALUES ('r', 'p', 'v', 'note', 'kept')")
        )
    return engine


def test_the_steps_lead_to_the_tables_of_a_new_database(new_database: NewDatabase) -> None:
    """Fails when somebody changes a table and forgets the step."""
    old, new = first_version(new_database()), create_engine(new_database())
    assert bring_up_to_date(old) == "0001"
    assert bring_up_to_date(new) == ""
    assert shape(old) == shape(new)
    with old.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == VERSION
        assert connection.execute(text("SELECT place, at, who FROM findings")).one() == ("p", None, "")
    assert bring_up_to_date(old) == VERSION
    old.dispose()
    new.dispose()


def test_a_newer_database_is_refused_and_left_alone(new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database()
    Store.open(tmp_path / "home", url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SetupError, match=r"version 9999; this program knows versions up to .* newer program"):
        Store.open(tmp_path / "home", url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
    engine.dispose()


def test_a_step_that_fails_leaves_the_database_as_it_was(new_database: NewDatabase) -> None:
    engine = first_version(new_database())
    with engine.begin() as connection:  # in the way of the last step
        connection.execute(text("CREATE TABLE released (digest VARCHAR)"))
    before = shape(engine)
    with pytest.raises(Exception, match="released"):
        bring_up_to_date(engine)
    assert shape(engine) == before
    engine.dispose()


def test_two_processes_at_once_make_the_tables_once(new_database: NewDatabase) -> None:
    url, faults = new_database(), []

    def make() -> None:
        engine = create_engine(url)
        try:
            bring_up_to_date(engine)
        except Exception as error:
            faults.append(error)
        engine.dispose()

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_every_step_is_known_by_the_last_number(new_database: NewDatabase) -> None:
    engine = create_engine(new_database())
    bring_up_to_date(engine)
    with writing_to(engine) as connection:
        _upgrade(connection, VERSION)  # nothing left to do: the last step is the version of the program
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == VERSION
    assert set(t.metadata.tables) < set(inspect(engine).get_table_names())
    engine.dispose()
