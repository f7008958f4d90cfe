"""What the roles of the service may do in the database; granted anew by every migration.

Tables belong to the owner. A corp's role reads and writes rows of its own schema, the platform's those of ``scrm``.
What proves something can only grow, and rows enter by the table, not by one of its partitions.
"""

import hashlib
import re
from pathlib import Path

from sqlalchemy import Connection, text

from scrm.core.db import APP_ROLE, PLATFORM_ROLE, PLATFORM_SCHEMA

# Of this page: where it differs, a schema has been given other rights.
DIGEST = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]

_GROWING = (
    "audit_event",
    "reading",
    "message",
    "message_key",
    "message_version",
    "message_recall",
    "archive_incident",
)
# Written by the owner alone: the revision, and the clock's offset, which would backdate what a trigger stamps.
_READ_ONLY = ("alembic_version", "clock")
_ALL = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
_PARTITION = re.compile(r"_(\d{6}|default)$")
# Large objects belong to no schema: each corp would see those of the others, and one of them breaks a plain dump.
_LARGE_OBJECTS = (
    "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND"
    r" (p.proname LIKE 'lo\_%' OR p.proname IN ('loread', 'lowrite'))"
)


def grant_corp(connection: Connection, role: str) -> None:
    """The rights of a corp's role in its schema, which has its name."""
    # scrm_app itself may read the revision, so that /readyz can tell whether the schema is up to date.
    _at_once(
        connection,
        f'GRANT USAGE ON SCHEMA "{role}" TO "{role}", "{PLATFORM_ROLE}"',
        *_on_tables(connection, role, role),
        f'GRANT SELECT ON "{role}".alembic_version TO "{PLATFORM_ROLE}"',
    )


def grant_platform(connection: Connection) -> None:
    """The rights of the platform's role, and the clock for all: it is read before a role is taken on."""
    _at_once(
        connection,
        f'GRANT USAGE ON SCHEMA scrm TO "{PLATFORM_ROLE}", "{APP_ROLE}"',
        *_on_tables(connection, PLATFORM_SCHEMA, PLATFORM_ROLE),
        f'GRANT SELECT ON scrm.clock TO "{APP_ROLE}"',
    )


def narrow(connection: Connection) -> None:
    """Take from everybody temporary tables and large objects, as far as this login may; see `too_wide`."""
    database = connection.execute(text("SELECT quote_ident(current_database())")).scalar_one()
    revoke = [f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC"]
    functions = connection.execute(text(_LARGE_OBJECTS)).scalars().all()
    revoke += [f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC" for name in functions]
    for statement in revoke:
        # Who owns neither gets a warning or, where nothing is granted any more, an error.
        connection.execute(
            text(f"DO $$ BEGIN {statement}; EXCEPTION WHEN insufficient_privilege THEN NULL; END $$")  # nosec B608
        )


def too_wide(connection: Connection) -> list[str]:
    """What the service's login could do although it needs not: the statements that the database's superuser runs."""
    database = connection.execute(text("SELECT quote_ident(current_database())")).scalar_one()
    found = []
    query = text("SELECT has_database_privilege(:role, current_database(), 'TEMPORARY')")
    if connection.execute(query, {"role": APP_ROLE}).scalar_one():
        found.append(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")
    may = text(f"SELECT f.name FROM ({_LARGE_OBJECTS}) f(name) WHERE has_function_privilege(:role, f.name, 'EXECUTE')")  # nosec B608
    if names := list(connection.execute(may, {"role": APP_ROLE}).scalars()):
        found.append(f"REVOKE EXECUTE ON FUNCTION {', '.join(sorted(names))} FROM PUBLIC")
    return found


def _on_tables(connection: Connection, schema: str, role: str) -> list[str]:
    query = text(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = :schema AND c.relkind IN ('r', 'p') ORDER BY c.relname"
    )
    by_rights: dict[tuple[str, ...], list[str]] = {}
    for table in connection.execute(query, {"schema": schema}).scalars():
        by_rights.setdefault(_rights(table), []).append(f'"{schema}"."{table}"')
    found = [f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA "{schema}" TO "{role}"']
    for rights, tables in by_rights.items():
        names = ", ".join(tables)
        found.append(f'GRANT {", ".join(rights)} ON {names} TO "{role}"')
        if taken := [right for right in _ALL if right not in rights]:
            found.append(f'REVOKE {", ".join(taken)} ON {names} FROM "{role}"')
    return found


def _rights(table: str) -> tuple[str, ...]:
    if table in _READ_ONLY:
        return ("SELECT",)
    if table in _GROWING:
        return ("SELECT", "INSERT")
    if _PARTITION.sub("", table) in _GROWING:
        return ("SELECT",)
    return ("SELECT", "INSERT", "UPDATE", "DELETE")


def _at_once(connection: Connection, *statements: str) -> None:
    # One statement: the service runs meanwhile, and must not find a right that the next line takes away.
    connection.execute(text(f"DO $$ BEGIN {'; '.join(statements)}; END $$"))
