"""The OpenAPI document is true: each operation answers what it declares, by status, type and body, and nothing else."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import requests

from scrm.core import alarms
from scrm.core.openapi import openapi
from scrm.core.operation import Operation, Public
from scrm.identity.models import Role
from scrm.identity.permissions import ROLE_PERMISSIONS
from scrm.operations import pulse
from scrm.operations.schemas import ALARM_KINDS, Topic
from scrm.wiring import wire
from tests.support import contract
from tests.support.service import Console
from tests.support.simulated import Simulator
from tests.support.world import OPERATIONS, World, furnished_world

READS = [operation for operation in OPERATIONS if operation.method == "GET"]
WRITES = [operation for operation in OPERATIONS if operation.method != "GET"]
WITH_BODY = [operation for operation in OPERATIONS if operation.body is not None]
named = lambda operation: operation.name  # noqa: E731


@pytest.fixture(scope="module")
def world(service: str, sim: Simulator) -> Iterator[World]:
    with furnished_world(sim, service) as found:
        yield found


def console_for(world: World, operation: Operation) -> Console:
    """Somebody who may."""
    if isinstance(operation.permission, Public):
        return world.consoles[Role.ADMINISTRATOR]
    return next(console for role, console in world.consoles.items() if operation.permission in ROLE_PERMISSIONS[role])


def ask(world: World, operation: Operation, body: Any = None, **headers: str) -> requests.Response:
    console = console_for(world, operation)
    return console.http.request(
        operation.method,
        f"{world.corp.web}/api/v1{world.path(operation)}",
        params=world.query(operation),
        json=body,
        headers={"X-CSRF-Token": console.csrf, **headers},
        timeout=10,
    )


def fits(answer: requests.Response, operation: Operation) -> None:
    """The answer as its document says: status, type, and the body by its schema."""
    kind = answer.headers.get("Content-Type") if answer.content else None
    assert contract.undeclared(operation, answer.status_code, kind) is None, answer.text[:300]
    declared = contract.described(operation)["responses"][str(answer.status_code)]
    for media, content in declared.get("content", {}).items():
        if media.endswith("json"):
            schema = {**content["schema"], "components": contract.document()["components"]}
            jsonschema.Draft202012Validator(schema).validate(answer.json())


@pytest.mark.parametrize("operation", READS, ids=named)
def test_what_is_read_is_as_the_document_says(world: World, operation: Operation) -> None:
    answer = ask(world, operation)
    fits(answer, operation)
    assert answer.status_code == 200 or operation.name == "sign_jssdk", answer.text[:300]


@pytest.mark.parametrize("operation", WRITES, ids=named)
def test_what_is_changed_answers_as_the_document_says(world: World, operation: Operation) -> None:
    if operation.name in {"sign_out", "change_password"}:
        console = world.corp.console(Role.SALES)
        body = {"old": "a-long-test-password", "new": "another-long-password"} if operation.body else None
        fits(console.status(operation.method, operation.path, body), operation)
        return
    fits(ask(world, operation, world.body(operation)), operation)


@pytest.mark.parametrize("operation", WITH_BODY, ids=named)
def test_bodies_that_are_none_are_refused_as_declared(world: World, operation: Operation) -> None:
    console = console_for(world, operation)
    address = f"{world.corp.web}/api/v1{world.path(operation)}"
    headers = {"X-CSRF-Token": console.csrf, "Content-Type": "application/json"}
    for data, kind, status in (
        (b"{", "application/json", 400),
        (b'{"a": 1, "a": 2}', "application/json", 400),
        (b'{"a": NaN}', "application/json", 400),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b'{"unknown_field": 1}', "application/json", 422),
        (b"[]", "application/json", 422),
        (b" " * (operation.limit + 1), "application/json", 413),
    ):
        answer = console.http.request(
            operation.method, address, data=data, headers={**headers, "Content-Type": kind}, timeout=10
        )
        assert answer.status_code == status, (data[:20], answer.text[:200])
        fits(answer, operation)


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_strangers_and_things_that_are_not_there_are_refused_as_declared(world: World, operation: Operation) -> None:
    if operation.permission is not Public.BEFORE_SIGN_IN:
        address = f"{world.corp.web}/api/v1{world.path(operation)}"
        answer = requests.request(operation.method, address, timeout=10)
        assert answer.status_code == 401
        fits(answer, operation)


def test_pulse_that_holds_is_not_said_again(world: World) -> None:
    console = world.consoles[Role.ADMINISTRATOR]
    first = console.http.get(f"{world.corp.web}/api/v1/pulse", timeout=10)
    (operation,) = (item for item in READS if item.name == "get_pulse")
    again = console.http.get(
        f"{world.corp.web}/api/v1/pulse", headers={"If-None-Match": first.headers["ETag"]}, timeout=10
    )
    assert (again.status_code, again.content) == (304, b"")
    fits(again, operation)


def test_words_of_the_document_are_those_of_the_registries() -> None:
    wire()
    # Tests register kinds of their own.
    assert {kind.name for kind in alarms.kinds() if not kind.name.startswith("test_")} == set(ALARM_KINDS)
    assert set(pulse.live()) == set(Topic)
    schemas = openapi(OPERATIONS)["components"]["schemas"]
    assert schemas["AlarmRow"]["properties"]["kind"]["enum"] == sorted(ALARM_KINDS)
    assert schemas["Topic"]["enum"] == [topic.value for topic in Topic]


def test_every_input_refuses_what_it_does_not_know() -> None:
    document = openapi(OPERATIONS)
    inputs = {
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for path in document["paths"].values()
        for operation in path.values()
        if "requestBody" in operation
    }
    schemas = document["components"]["schemas"]
    seen: set[str] = set()
    while inputs - seen:
        name = (inputs - seen).pop()
        seen.add(name)
        text = json.dumps(schemas[name])
        inputs |= {other for other in schemas if f'"#/components/schemas/{other}"' in text}
    open_ones = [
        name for name in seen if schemas[name]["type"] == "object" and schemas[name].get("additionalProperties", True)
    ]
    assert open_ones == []
