"""The HTTP edge: routes that cannot be registered half, and errors that are documents."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from scrm.core import http
from scrm.core.errors import AppError, NotSignedIn
from scrm.core.http import Api, Public
from scrm.core.openapi import openapi
from scrm.core.reading import NothingPersonal
from scrm.wiring import APIS

FREE = NothingPersonal("a test")


class Right(StrEnum):
    OPEN = "open"
    SHUT = "shut"


class Someone:
    permissions = frozenset({Right.OPEN})


class Teapot(AppError):
    status = 418
    code = "teapot"
    zh = "我是{what}。"
    en = "I am a {what}."


class Words(BaseModel):
    word: str
    count: int = 1


class Tagged(BaseModel):
    tag_id: list[str] = []
    name: str = ""


class Echo(BaseModel):
    tag_id: list[str]
    name: str


@pytest.fixture(scope="module")
def browser(service: str) -> Iterator[FlaskClient]:
    api = Api("test")

    @api.get("/echo", permission=Right.OPEN, reads=FREE, query=Tagged, response=Echo)
    def echo(query: Tagged) -> object:
        return query

    @api.get("/shut", permission=Right.SHUT, reads=FREE)
    def shut() -> None:
        """Nobody comes here."""

    @api.get("/stranger", permission=Public.ANY_USER, reads=FREE)
    def stranger(session: Session) -> None:
        raise NotSignedIn()

    @api.get("/things/<int:thing_id>", permission=Right.OPEN, reads=FREE)
    def get_thing(thing_id: int) -> None:
        """Look at a thing."""

    @api.post("/words", permission=Right.OPEN, body=Words, body_limit=1_000)
    def take_words(body: Words) -> None:
        """Take words."""

    @api.get("/teapot", permission=Right.OPEN, reads=FREE)
    def teapot() -> None:
        raise Teapot(what="茶壶")

    @api.get("/broken", permission=Right.OPEN, reads=FREE)
    def broken() -> None:
        raise KeyError("a secret that must not be told")

    @api.get("/lost", permission=Right.OPEN, reads=FREE)
    def lost(session: Session) -> None:
        raise OperationalError("SELECT", {}, ConnectionError("gone"))

    @api.get("/impossible", permission=Right.OPEN, reads=FREE)
    def impossible(session: Session) -> None:
        session.execute(text("SELECT 1 / 0"))

    def authenticate(session: Session) -> Any:
        return Someone()

    app = Flask("test")
    http.install(app, [api], authenticate, lambda _corp, words: words.encode())
    yield app.test_client()


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/none", None, 404, "not_found"),
        ("DELETE", "/echo", None, 405, "method_not_allowed"),
        ("POST", "/words", b'{"word": "' + b"x" * 2_000 + b'"}', 413, "too_large"),
        ("POST", "/words", b'{"count": "many"}', 422, "validation_failed"),
        ("POST", "/words", b"[1]", 422, "validation_failed"),
        ("POST", "/words", b"not json", 400, "bad_request"),
        ("POST", "/words", b"[" * 900, 400, "bad_request"),
        ("POST", "/words", b"\xff\xfe", 400, "bad_request"),
        ("POST", "/words", rb'{"word": "a\u0000b"}', 400, "bad_request"),
        ("POST", "/words", rb'{"word": ["a\u0000b"]}', 400, "bad_request"),
        ("POST", "/words", rb'{"word": "\ud800"}', 400, "bad_request"),
        ("GET", "/echo?name=a%00b", None, 400, "bad_request"),
        ("GET", "/echo?a%00b=name", None, 400, "bad_request"),
        ("GET", "/none%00", None, 400, "bad_request"),
        ("GET", f"/things/{2**63}", None, 404, "not_found"),
        ("GET", "/shut", None, 403, "not_permitted"),
        ("GET", "/stranger", None, 401, "not_signed_in"),
        ("GET", "/teapot", None, 418, "teapot"),
        ("GET", "/lost", None, 503, "database_unavailable"),
        ("GET", "/broken", None, 500, "internal_error"),
        ("GET", "/impossible", None, 500, "internal_error"),
    ],
)
def test_error_is_a_problem_document(
    browser: FlaskClient, method: str, path: str, body: bytes | None, status: int, code: str
) -> None:
    answer = browser.open(f"/api/v1{path}", method=method, data=body, content_type="application/json")
    problem = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail_zh"] and problem["detail_en"] and problem["title"] and problem["type"]
    assert "secret" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_wrong_values_are_named_and_not_repeated(browser: FlaskClient) -> None:
    problem = browser.post("/api/v1/words", json={"count": "a-private-value"}).get_json()
    assert [item["field"] for item in problem["errors"]] == ["word", "count"]
    assert "a-private-value" not in str(problem)


def test_body_that_another_sites_form_could_send_is_refused(browser: FlaskClient) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = browser.post("/api/v1/words", data=b'{"word": "x"}', content_type=content_type)
        assert (answer.status_code, answer.get_json()["code"]) == (415, "not_json")
    assert browser.post("/api/v1/words", data=b'{"word": "x"}', content_type="application/json").status_code == 204


def test_largest_number_of_a_thing_is_still_looked_up(browser: FlaskClient) -> None:
    assert browser.get(f"/api/v1/things/{2**63 - 1}").status_code == 204


def test_repeated_parameter_is_a_list_and_a_single_one_is_given_once(browser: FlaskClient) -> None:
    answer = browser.get("/api/v1/echo?tag_id=1&tag_id=2&name=b")
    assert answer.get_json() == {"tag_id": ["1", "2"], "name": "b"}
    refused = browser.get("/api/v1/echo?tag_id=1&name=a&name=b")
    assert (refused.status_code, [item["field"] for item in refused.get_json()["errors"]]) == (422, ["name"])


def test_allowed_methods_are_told(browser: FlaskClient) -> None:
    assert "GET" in browser.delete("/api/v1/echo").headers["Allow"]


def test_route_without_a_permission_cannot_be_written() -> None:
    with pytest.raises(TypeError):
        Api("test").get("/open")  # type: ignore[call-arg]


def test_route_whose_parameters_do_not_fit_cannot_be_registered() -> None:
    api = Api("test")
    with pytest.raises(TypeError, match="do not fit"):

        @api.get("/things/<thing_id>", permission=Right.OPEN, reads=FREE)
        def without_its_path_part() -> None: ...

    with pytest.raises(TypeError, match="do not fit"):

        @api.get("/things", permission=Right.OPEN, reads=FREE)
        def asks_for_more(colour: str) -> None: ...

    with pytest.raises(TypeError, match="come together"):

        @api.post("/things", permission=Right.OPEN)
        def body_without_model(body: Words) -> None: ...

    with pytest.raises(TypeError, match="without a transaction"):

        @api.post("/things", permission=Right.OPEN, transaction=False)
        def session_without_transaction(session: Session) -> None: ...


def test_document_names_are_plain_and_every_operation_says_who_may() -> None:
    document = openapi([item for api in APIS for item in api.operations])
    assert document["openapi"] == "3.1.0"
    assert not [name for name in document["components"]["schemas"] if "." in name or "[" in name]
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations) >= 25
    assert all(operation["x-permission"] and operation["summary"] for operation in operations)
    assert {"/api/v1/callbacks", "/api/v1/customers", "/api/v1/alerts", "/api/v1/staff", "/api/v1/pulse"} <= set(
        document["paths"]
    )


def test_every_list_takes_and_answers_the_same() -> None:
    document = openapi([item for api in APIS for item in api.operations])
    schemas = document["components"]["schemas"]
    for path in ("callbacks", "customers", "alerts", "staff", "tasks", "audit", "sync-runs"):
        operation = document["paths"][f"/api/v1/{path}"]["get"]
        assert {"limit", "cursor", "q"} <= {parameter["name"] for parameter in operation["parameters"]}
        (limit,) = (item["schema"] for item in operation["parameters"] if item["name"] == "limit")
        assert (limit["minimum"], limit["maximum"], limit["default"]) == (1, 200, 50)
        ref = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
        answer = schemas[ref.rpartition("/")[2]]
        assert set(answer["properties"]) == {"items", "total", "total_capped", "next_cursor"}
