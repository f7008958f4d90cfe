"""`scrm corp list` and `scrm corp remove`: what is removed is gone altogether, and that it was removed stays."""

import pytest
import requests
from click.testing import CliRunner, Result

from scrm.cli import main
from scrm.core import storage
from scrm.core.db import PlatformBase, corp_schema
from scrm.identity import accounts
from scrm.identity.models import Role
from scrm.wecom import corp_spec, corps
from scrm.wiring import corps as wired
from tests.support.database import locked, owner
from tests.support.service import TestCorp as Corp


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def listed(corp: Corp) -> str:
    return "".join(line for line in run("corp", "list").stdout.splitlines() if line.startswith(corp.corp_id))


def standing(corp: Corp) -> tuple[int, int]:
    """How many schemas and roles of the corp there are."""
    with owner() as connection:
        schemas = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [corp_schema(corp.number)])
        roles = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [corp_schema(corp.number)])
        return len(schemas.fetchall()), len(roles.fetchall())


def left_of(corp: Corp) -> dict[str, int]:
    """Rows of the deployment's tables that name the corp, by table."""
    tables = [f"{table.schema}.{table.name}" for table in PlatformBase.metadata.sorted_tables]
    named = "SELECT count(*) FROM {} t WHERE to_jsonb(t) ->> 'corp_no' = %s OR to_jsonb(t)::text LIKE %s"
    found = {}
    with owner() as connection:
        for table in tables:
            rows = connection.execute(named.format(table).encode(), [str(corp.number), f"%{corp.corp_id}%"]).fetchall()
            found[table.partition(".")[2]] = int(str(rows[0][0]))
    return {table: count for table, count in found.items() if count}


def test_removed_corp_is_gone_with_its_accounts_and_files_and_can_come_back(synced: Corp, shared: Corp) -> None:
    console, neighbour = synced.console(Role.ADMINISTRATOR), shared.console(Role.SALES)
    with storage.incoming(synced.number) as file:
        file.write(b"a picture")
        digest = storage.keep(synced.number, file)
    assert "customer" in listed(synced)
    refused = run("corp", "remove", synced.corp_id)
    assert refused.exit_code == 2
    assert "60 个客户" in refused.stderr and "1 个账号" in refused.stderr and "--yes" in refused.stderr
    assert console.status("GET", "/me").status_code == 200

    assert run("corp", "remove", synced.corp_id, "--yes").exit_code == 0
    assert standing(synced) == (0, 0)
    assert storage.open_file(synced.number, digest) is None
    assert console.status("GET", "/me").status_code == 401
    assert requests.get(synced.callback_address(), timeout=5).status_code == 404
    assert "database" not in requests.get(f"{synced.web}/readyz", timeout=5).text
    assert "removed" in listed(synced)
    assert neighbour.status("GET", "/customers").status_code == 200
    assert left_of(synced) == {"corp_removal": 1}
    assert run("corp", "remove", synced.corp_id, "--yes").exit_code == 2

    again = corps.apply(corp_spec.check(synced.sim.corp_file(synced.corp_id)), None)
    assert again > synced.number
    assert standing(Corp(again, synced.corp_id, synced.web, synced.sim)) == (1, 1)


def test_removal_takes_all_or_nothing_while_work_is_under_way(corp: Corp, monkeypatch: pytest.MonkeyPatch) -> None:
    name = corp.console(Role.SALES).get("/me")["name"]
    monkeypatch.setattr(wired, "REMOVAL_ATTEMPTS", 1)
    with locked(f"{corp_schema(corp.number)}.wecom_inbox"):
        refused = run("corp", "remove", corp.corp_id, "--yes")
    assert refused.exit_code == 2
    assert "try again" in refused.stderr
    assert standing(corp) == (1, 1)
    assert "not served" in listed(corp)
    assert accounts.create_token(name)
    assert run("corp", "remove", corp.corp_id, "--yes").exit_code == 0
    assert standing(corp) == (0, 0)


def test_request_under_way_while_its_corp_goes_is_signed_out_and_no_error(corp: Corp) -> None:
    """Accounts are read, then the role or the tables are not there any more: nobody is signed in to such a corp."""
    console = corp.console(Role.ADMINISTRATOR)
    schema = corp_schema(corp.number)
    for kind in ("SCHEMA", "ROLE"):
        with owner() as connection:
            connection.execute(f"ALTER {kind} {schema} RENAME TO away".encode())
        try:
            answers = [console.status("GET", path) for path in ("/customers", "/pulse", "/alerts")]
        finally:
            with owner() as connection:
                connection.execute(f"ALTER {kind} away RENAME TO {schema}".encode())
        assert {answer.status_code for answer in answers} == {401}, [answer.text for answer in answers]
    assert console.status("GET", "/customers").status_code == 200
