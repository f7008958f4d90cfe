"""One furnished corp, asked by everybody for everything: the permission matrix, odd values, and who saw what."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from scrm.core.audit import AuditEvent
from scrm.core.openapi import openapi
from scrm.core.operation import PATH_PART, Operation, Public
from scrm.core.reading import Reading, Reads
from scrm.identity import accounts
from scrm.identity.models import Role
from scrm.identity.permissions import ROLE_PERMISSIONS
from tests.support import odd
from tests.support.service import Console
from tests.support.service import TestCorp as Corp
from tests.support.simulated import Simulator
from tests.support.world import OPERATIONS, World, furnished_world

# A file of one's own is nobody else's, whatever their role.
OWN = {"get_export_file"}
READS = [
    operation
    for operation in OPERATIONS
    if isinstance(operation.reads, Reads) and operation.method == "GET" and operation.name not in OWN
]
# What a kind of records is, is the same for all who may read it.
BY_ID = [operation for operation in OPERATIONS if "<" in operation.path and operation.name != "get_kind"]
# Whose things are within one's sight by a role of the whole corp, or by one's own customers.
OUTSIDE = "frida"  # follows nobody and leads nobody
SEED = 20261127


@pytest.fixture(scope="module")
def world(service: str, sim: Simulator) -> Iterator[World]:
    with furnished_world(sim, service) as found:
        yield found


def may(role: Role, operation: Operation) -> bool:
    return isinstance(operation.permission, Public) or operation.permission in ROLE_PERMISSIONS[role]


def refused_body(operation: Operation) -> Any:
    """A body that changes nothing: whoever may is told what is wrong with it."""
    return {"no_such_field": 1} if operation.body is not None else None


def said(console: Console, world: World, operation: Operation, path: str) -> int:
    answer = console.http.request(
        operation.method,
        f"{world.corp.web}/api/v1{path}",
        params=world.query(operation),
        json=refused_body(operation),
        headers={"X-CSRF-Token": console.csrf},
        timeout=10,
    )
    return answer.status_code


CHANGES = {"sign_in", "sign_out", "start_sync", "retry_parked_messages"}  # without a body and without an id


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_what_its_permissions_say(world: World, role: Role) -> None:
    """Every route by this role: 403 where it may not, something else where it may; nothing is changed."""
    wrong = {}
    for operation in OPERATIONS:
        if operation.name in CHANGES or operation.permission is Public.BEFORE_SIGN_IN:
            continue
        path = world.path(operation) if operation.method == "GET" or operation.body is not None else _nobody(operation)
        status = said(world.consoles[role], world, operation, path)
        if (status == 403) == may(role, operation) and operation.name != "sign_jssdk":
            wrong[operation.name] = status
    assert wrong == {}


def _nobody(operation: Operation) -> str:
    return PATH_PART.sub("999999", operation.path)


@pytest.mark.parametrize("whose", ["another corp", "outside the scope"])
def test_what_is_not_in_one_s_sight_is_not_there(world: World, shared: Corp, whose: str) -> None:
    """Every route with an id, by an administrator of another corp, and by a member of ours who follows nobody."""
    consoles = (
        {role: shared.console(role) for role in Role}
        if whose == "another corp"
        else {Role.SALES: world.corp.console(Role.SALES, userid=OUTSIDE)}
    )
    seen = {}
    for operation in BY_ID:
        for role, console in consoles.items():
            if not may(role, operation):
                continue
            body = world.body(operation)
            if whose == "another corp" and operation.name == "change_account_role":
                body = {"role": "marketer"}
            answer = console.http.request(
                operation.method,
                f"{world.corp.web}/api/v1{world.path(operation)}",
                json=body,
                headers={"X-CSRF-Token": console.csrf},
                timeout=10,
            )
            # Numbers of the other corp may be somebody else's in one's own: then it is their own that is shown.
            if answer.status_code < 400 and (whose == "outside the scope" or _tells_of(world, answer)):
                seen[operation.name, role] = answer.text[:200]
    assert seen == {}


def _tells_of(world: World, answer: requests.Response) -> bool:
    """Whether an answer names anybody or anything of the world; an id that the other asked for is its own."""
    return any(
        name in answer.text for name in ("王姐", "老客群", "双十一预告", "私下交易", "李女士", "甲公司", "乙公司")
    )


def test_nobody_and_a_program_are_asked_alike(world: World) -> None:
    """Without a session 401 on every route; with a token what the account may, and no form is asked of it."""
    accounts.create_account("roboter", role=Role.COMPLIANCE, corp_id=world.corp.corp_id)
    token = {"Authorization": f"Bearer {accounts.create_token('roboter')}"}
    wrong = {}
    for operation in OPERATIONS:
        if operation.permission is Public.BEFORE_SIGN_IN or operation.name in CHANGES:
            continue
        path = world.path(operation) if operation.method == "GET" or operation.body is not None else _nobody(operation)
        address, body = f"{world.corp.web}/api/v1{path}", refused_body(operation)
        bare = requests.request(operation.method, address, json=body, timeout=10).status_code
        query = world.query(operation)
        robot = requests.request(operation.method, address, params=query, json=body, headers=token, timeout=10)
        allowed = robot.status_code != 403 or operation.name == "sign_jssdk"
        if bare != 401 or allowed != may(Role.COMPLIANCE, operation):
            wrong[operation.name] = (bare, robot.status_code)
    assert wrong == {}


# What is not of the type that the document says, each with what it would silently have become.
NOT_INTEGERS: list[Any] = [False, True, 0.5, "0.5", "1", "", 10**30, [], {}, 1e300]
NOT_TEXTS: list[Any] = [False, 0, 1.5, [], {}]
NOT_TRUTHS: list[Any] = [0, 1, "true", "yes", "", 0.0, []]
KINDS = {"integer": NOT_INTEGERS, "string": NOT_TEXTS, "boolean": NOT_TRUTHS}


def test_an_empty_put_changes_nothing(world: World) -> None:
    """Nor is it told of; what a release of before took for granted is refused at most."""
    reads = {operation.path: operation for operation in OPERATIONS if operation.method == "GET"}
    tried = 0
    for operation in (one for one in OPERATIONS if one.method == "PUT"):
        console = next(one for role, one in world.consoles.items() if may(role, operation))
        there = reads.get(operation.path) or reads[operation.path.rpartition("/")[0]]
        before, events = console.get(world.path(there)), len(world.corp.rows(AuditEvent))
        answer = console.status("PUT", world.path(operation), {})
        assert answer.status_code in {200, 409, 422}, f"{operation.path}: {answer.text}"
        assert console.get(world.path(there)) == before, operation.path
        assert [row.verb for row in world.corp.rows(AuditEvent)[events:]] == [], operation.path
        tried += 1
    assert tried >= 5


def _fields(schema: dict[str, Any], root: dict[str, Any]) -> Iterator[tuple[odd.Path, str]]:
    """Way and type of every field of a body that has one type."""
    schema = root[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    for name, found in schema.get("properties", {}).items():
        inner = root[found["$ref"].rpartition("/")[2]] if "$ref" in found else found
        choices = inner.get("anyOf", [inner])
        kinds = {choice.get("type") for choice in choices}
        if inner.get("type") == "object":
            yield from (((name, *path), kind) for path, kind in _fields(inner, root))
        for kind in kinds & KINDS.keys():
            if len(kinds - {"null", kind}) == 0:
                yield (name,), kind


def test_a_value_of_another_type_is_refused_and_made_into_nothing(world: World) -> None:
    document = openapi(OPERATIONS)
    root = document["components"]["schemas"]
    taken = {}
    tried = 0
    for operation in OPERATIONS:
        if operation.body is None or operation.name in {"sign_in", "change_password"}:
            continue
        console = next(one for role, one in world.consoles.items() if may(role, operation))
        for path, kind in _fields({"$ref": f"#/{operation.body.__name__}"}, root):
            for value in KINDS[kind]:
                body = _with(world.body(operation), path, value)
                tried += 1
                answer = console.http.request(
                    operation.method,
                    f"{world.corp.web}/api/v1{world.path(operation)}",
                    data=json.dumps(body),
                    headers={"X-CSRF-Token": console.csrf, "Content-Type": "application/json"},
                    timeout=10,
                )
                if answer.status_code not in {400, 422}:
                    taken[operation.name, path, str(value)] = answer.status_code
    assert taken == {}
    assert tried > 250


def _with(body: dict[str, Any], path: odd.Path, value: Any) -> dict[str, Any]:
    first, *rest = path
    return {**body, first: _with(body.get(first) or {}, tuple(rest), value) if rest else value}


ODD_WORDS = ["0.5", "1e3", "", " 1", "1_0", "NaN", "True ", "２", "20260131", "1700000000", "null", "\x00"]


def test_odd_query_parameters_are_refused_or_text(world: World) -> None:
    """No parameter of a number, a truth, a day or a moment takes these; none takes two values but a list."""
    taken = {}
    console = world.consoles[Role.ADMINISTRATOR]
    officer = world.consoles[Role.COMPLIANCE]
    for operation in OPERATIONS:
        if operation.query is None:
            continue
        schema = operation.query.model_json_schema()["properties"]
        for name, found in schema.items():
            choices = found.get("anyOf", [found])
            is_text = any(choice.get("type") == "string" and "format" not in choice for choice in choices)
            is_list = any(choice.get("type") == "array" for choice in choices)
            for value in ODD_WORDS:
                who = console if may(Role.ADMINISTRATOR, operation) else officer
                answer = who.http.get(
                    f"{world.corp.web}/api/v1{world.path(operation)}", params={name: value}, timeout=10
                )
                number = any(choice.get("type") == "integer" for choice in choices) and value.isdecimal()
                may_be = is_text or is_list or (number and value.isascii())
                if answer.status_code >= 500 or (answer.status_code < 400 and not may_be):
                    taken[operation.name, name, value] = answer.status_code
            twice = [(name, "1"), (name, "1")]
            answer = who.http.get(f"{world.corp.web}/api/v1{world.path(operation)}", params=twice, timeout=10)
            if answer.status_code != 422 and not is_list:
                taken[operation.name, name, "twice"] = answer.status_code
    assert taken == {}


def test_a_cursor_is_of_its_list_and_filters(world: World) -> None:
    officer = world.consoles[Role.COMPLIANCE]
    cursor = officer.get("/customers", limit=1)["next_cursor"]
    assert officer.get("/customers", limit=2, cursor=cursor)["items"]
    for path in (f"/alerts?cursor={cursor}", f"/customers?status=active&cursor={cursor}", f"/audit?cursor={cursor}"):
        answer = officer.status("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (422, "cursor_elsewhere"), path
    assert officer.status("GET", "/customers?cursor=nonsense").status_code == 400


def test_a_thousand_readings_by_two_are_all_in_the_trail(world: World) -> None:
    """Who saw what of whom, when, from where: for each of them, none lost, none too many."""
    dice = random.Random(SEED)  # nosec B311
    users = [world.corp.console(Role.COMPLIANCE) for _ in range(2)]
    names = {user.csrf: f"user:{user.get('/me')['name']}" for user in users}
    listed = users[0].get("/customers", kind="person")["items"]
    people = [row["external_userid"] for row in listed]
    before = Counter(_of(row) for row in world.corp.rows(Reading))
    routes = [operation for operation in READS if may(Role.COMPLIANCE, operation)]
    expected: Counter[tuple[str, str, str]] = Counter()
    about: set[tuple[str, str]] = set()
    for _ in range(1_000):
        user = dice.choice(users)
        operation = dice.choice(routes)
        parts = {**world.parts, "external_userid": dice.choice(people)}
        path = World(world.corp, world.consoles, parts).path(operation)
        answer = user.http.get(f"{world.corp.web}/api/v1{path}", params=world.query(operation), timeout=10)
        assert answer.status_code == 200, (path, answer.text[:200])
        assert isinstance(operation.reads, Reads)
        name = names[user.csrf]
        arguments = {part: parts["file_id" if "/messages/" in path and part == "media_id" else part] for part in parts}
        told = operation.reads.subject(arguments)
        if operation.name == "explain_record":  # which record is said in the query
            told = f"{told}:{world.query(operation)['id']}"
        expected[name, operation.reads.verb, told] += 1
        if "external_userid" in operation.path:
            about.add((name, parts["external_userid"]))
    rows = [row for row in world.corp.rows(Reading) if row.actor in names.values()]
    found = Counter(_of(row) for row in rows) - before
    assert found == expected
    assert {row.address for row in rows} == {"127.0.0.1"} and all(row.session and row.at for row in rows)
    # And asked by whom it is about: every customer whose page one of the two opened is answered with that one.
    for who, customer in sorted(about)[:10]:
        page = users[0].get("/audit", about=f"customer:{customer}", actor=who, what="reading", again=True, limit=200)
        assert any(row["actor"] == who and row["verb"] in {"customer.read", "timeline.read"} for row in page["items"])


def _of(row: Reading) -> tuple[str, str, str]:
    return row.actor, row.verb, row.subject
