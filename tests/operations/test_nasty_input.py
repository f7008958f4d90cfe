"""Whatever a client sends, it gets a 4xx problem document; never a 500."""

import json
from urllib.parse import quote

import pytest
import requests

from scrm.core.operation import PATH_PART, Operation
from scrm.identity import accounts
from scrm.identity.models import Role
from scrm.wiring import APIS
from tests.support.service import TestCorp as Corp

VALUES = [
    "\x00",
    "a\x00b",
    "\ud800",
    "9" * 40,
    "-1",
    "9223372036854775808",
    "1e400",
    "NaN",
    "0001-01-01",
    "9999-12-31",
    "' OR 1=1 --",
    "%",
    "\\",
    "{}",
    "../../etc/passwd",
    "😀" * 30,
    "x" * 5_000,
]
OPERATIONS = [operation for api in APIS for operation in api.operations]
READS = [operation for operation in OPERATIONS if operation.method == "GET"]
WRITES = [operation for operation in OPERATIONS if operation.method == "POST" and operation.body is not None]


@pytest.fixture(scope="module")
def browser(shared: Corp) -> requests.Session:
    name = f"nasty-{shared.corp_id}"
    accounts.create_account(name, role=Role.ADMINISTRATOR, corp_id=shared.corp_id)
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {accounts.create_token(name)}"
    return session


def quoted(value: str) -> str:
    return quote(value.encode("utf-8", "surrogatepass"), safe="")


def accepted(answer: requests.Response) -> None:
    if answer.status_code >= 400:
        assert answer.status_code < 500, (answer.request.url, answer.text)
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.name)
def test_reading(shared: Corp, browser: requests.Session, operation: Operation) -> None:
    for value in VALUES:
        names = list(operation.query.model_fields) if operation.query is not None else []
        path = PATH_PART.sub(quoted(value), operation.path)
        for query in [f"{name}={quoted(value)}" for name in names] or [""]:
            accepted(browser.get(f"{shared.web}/api/v1{path}?{query}", timeout=10))


@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation.name)
def test_writing(shared: Corp, browser: requests.Session, operation: Operation) -> None:
    assert operation.body is not None
    path = PATH_PART.sub("1", operation.path)
    bodies: list[object] = [None, [], "text", 17, {}, {"unknown": 1}]
    odd: list[object] = [*VALUES, 10**40, None, [], {}, True]
    bodies += [dict.fromkeys(operation.body.model_fields, value) for value in odd]
    for body in bodies:
        accepted(browser.post(f"{shared.web}/api/v1{path}", data=json.dumps(body).encode(), timeout=10))
