"""Corps that stand ready: schemas are emptied and used again, and what a first sync brought is copied in.

Making the tables of a corp takes 0.3 s and its first sync 0.7 s; hundreds of tests begin with both. A corp made ready
has a number, a data key and secrets of its own, so nothing that a process remembers of an earlier one fits it.
"""

from scrm.core.db import CorpBase, corp_schema
from tests.support.database import owner

_TABLES = [table.name for table in CorpBase.metadata.sorted_tables]
_spare: list[int] = []
_kept: dict[str, list[str]] = {}


def hand_over() -> None:
    """Let the corp that is connected next have the schema that an earlier one left, if there is any."""
    if not _spare:
        return
    with owner() as connection, connection.transaction():
        ((coming,),) = connection.execute("SELECT last_value + is_called::int FROM scrm.corp_id_seq").fetchall()
        old, new = corp_schema(_spare.pop()), corp_schema(int(str(coming)))
        connection.execute(f"ALTER SCHEMA {old} RENAME TO {new}; ALTER ROLE {old} RENAME TO {new}".encode())


def take_back(number: int) -> None:
    """Forget a corp that is served no longer; its schema is emptied and kept, unless the test has removed it."""
    schema = corp_schema(number)
    emptied = [f"{schema}.{table}" for table in reversed(_TABLES)]
    platform = [f"scrm.{table} WHERE corp_no = {number}" for table in ("wecom_app", "account", "oauth_state")]
    statements = [f"DELETE FROM {rows}" for rows in [*emptied, *platform, f"scrm.corp WHERE id = {number}"]]
    with owner() as connection, connection.transaction():
        if not connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema]).fetchone():
            return
        connection.execute("; ".join(statements).encode())
    _spare.append(number)


def keep(number: int, name: str) -> None:
    """Keep a copy of all rows of a corp under a name."""
    with owner() as connection:
        connection.execute(f"CREATE SCHEMA kept_{name}".encode())
        for table in _TABLES:
            rows = f"{corp_schema(number)}.{table}"
            if connection.execute(f"SELECT 1 FROM {rows} LIMIT 1".encode()).fetchone():
                connection.execute(f"CREATE TABLE kept_{name}.{table} AS TABLE {rows}".encode())
                _kept.setdefault(name, []).append(table)


def is_kept(name: str) -> bool:
    return name in _kept


def furnish(number: int, name: str) -> None:
    """Copy the rows kept under a name into the tables of a corp, which has just been connected."""
    statements = [f"DELETE FROM {corp_schema(number)}.{table}" for table in reversed(_kept[name])]
    for table in _kept[name]:
        rows = f"{corp_schema(number)}.{table}"
        statements.append(f"DELETE FROM {rows}")  # what triggers have made of the tables before it
        statements.append(f"INSERT INTO {rows} OVERRIDING SYSTEM VALUE TABLE kept_{name}.{table}")
        if CorpBase.metadata.tables[table].c.get("id") is not None:
            sequence = f"pg_get_serial_sequence('{rows}', 'id')"
            statements.append(f"SELECT setval({sequence}, max(id)) FROM {rows} WHERE {sequence} IS NOT NULL")
    with owner() as connection, connection.transaction():
        connection.execute("; ".join(statements).encode())
