"""Alembic as we use it: two lines of revisions, ``platform`` and ``corp``, each run in one schema at a time."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

_HERE = Path(__file__).parent / "migrations"


def head(line: str) -> str | None:
    """The newest revision of a line."""
    return ScriptDirectory.from_config(_config(line)).get_current_head()


def upgrade(connection: Connection, line: str, schema: str) -> None:
    """Run what a schema lacks, in the caller's transaction; the search path is the schema."""
    config = _config(line)
    config.attributes.update(connection=connection, schema=schema)
    command.upgrade(config, "head")


def differences(
    connection: Connection, schema: str, metadata: MetaData, *, left_out: Callable[[str | None, str], bool]
) -> Sequence[Any]:
    """Where the models and a schema differ; ``left_out`` says of a name and its kind that it stands in no model.

    A column's name is the table's, a dot, and its own.
    """
    options: dict[str, Any] = {
        "compare_type": True,
        "compare_server_default": True,
        "include_schemas": True,
        "version_table_schema": schema,
        "include_name": lambda name, kind, _parents: kind != "schema" or name == schema,
        "include_object": lambda item, name, kind, *_: (
            not left_out(f"{item.table.name}.{name}" if kind == "column" else name, kind)
        ),
    }
    found: Sequence[Any] = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    return found


def _config(line: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE / line))
    config.set_main_option("path_separator", "os")
    return config
