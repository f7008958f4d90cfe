"""The HTTP edge: typed operations on Flask, problem documents, and the OpenAPI 3.1 document.

An operation names its permission, its query or body model and its response model on its route line; the edge
authenticates, opens one transaction, parses, calls, writes. Our own page instead of APIFlask: see
``docs/decisions/http-edge.md``.
"""

import inspect
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, TypeVar

import structlog
from flask import Blueprint, Flask, Response, current_app, request
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from scrm.core import parsing
from scrm.core.db import is_transient, platform_transaction
from scrm.core.errors import AppError, DatabaseUnavailable, NotFound, NotPermitted
from scrm.core.parsing import FieldProblem
from scrm.core.storable import storable

log = structlog.get_logger(__name__)

F = TypeVar("F", bound=Callable[..., Any])
Method = str
_PATH_PART = re.compile(r"<(?:(\w+):)?(\w+)>")
_INJECTED = {"actor", "session", "query", "body"}


class Public(StrEnum):
    """In place of a permission: why a route needs none."""

    BEFORE_SIGN_IN = "before sign-in"
    ANY_USER = "any signed-in user"


class Actor(Protocol):
    """What the edge must know of a signed-in user."""

    @property
    def permissions(self) -> frozenset[Any]: ...


class Authenticate(Protocol):
    """Finds the actor of a request and enters its corp; raises `NotSignedIn`."""

    def __call__(self, session: Session) -> Actor: ...


class Problem(BaseModel):
    """RFC 9457 problem document with a stable ``code`` and a sentence in Chinese and in English."""

    type: str
    title: str
    status: int
    code: str
    detail_zh: str
    detail_en: str
    errors: list[FieldProblem] = []


@dataclass(frozen=True)
class Operation:
    """One route with all that its documentation needs."""

    name: str
    method: Method
    path: str
    permission: StrEnum
    query: type[BaseModel] | None
    body: type[BaseModel] | None
    response: type[BaseModel] | None
    status: int
    tag: str
    summary: str


@dataclass
class Api:
    """The operations of one room, as a Flask blueprint under ``/api/v1``."""

    name: str
    operations: list[Operation] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.blueprint = Blueprint(self.name, f"scrm.{self.name}", url_prefix="/api/v1")

    def get(self, path: str, *, permission: StrEnum, **options: Any) -> Callable[[F], F]:
        return self.route("GET", path, permission=permission, **options)

    def post(self, path: str, *, permission: StrEnum, **options: Any) -> Callable[[F], F]:
        return self.route("POST", path, permission=permission, **options)

    def delete(self, path: str, *, permission: StrEnum, **options: Any) -> Callable[[F], F]:
        return self.route("DELETE", path, permission=permission, **options)

    def route(
        self,
        method: Method,
        path: str,
        *,
        permission: StrEnum,
        query: type[BaseModel] | None = None,
        body: type[BaseModel] | None = None,
        response: type[BaseModel] | None = None,
        status: int = 200,
        transaction: bool = True,
        body_limit: int | None = None,
    ) -> Callable[[F], F]:
        """Register an operation; its function asks by name for ``actor``, ``session``, ``query``, ``body``, path parts.

        ``transaction=False`` hands over no session: for the few that call WeCom, which must not hold one meanwhile.
        ``body_limit`` in bytes replaces the application's for this route.
        """

        def register(function: F) -> F:
            wanted = _wanted(function, path, query=query, body=body, transaction=transaction)
            operation = Operation(
                name=function.__name__,
                method=method,
                path=path,
                permission=permission,
                query=query,
                body=body,
                response=response,
                status=status,
                tag=self.name,
                summary=(inspect.getdoc(function) or "").partition("\n")[0],
            )
            self.operations.append(operation)

            def view(**path_values: Any) -> Response:
                if body_limit is not None:
                    request.max_content_length = body_limit
                return _run(operation, function, wanted, path_values, transaction=transaction)

            self.blueprint.add_url_rule(path, endpoint=function.__name__, view_func=view, methods=[method])
            return function

        return register


def install(app: Flask, apis: Sequence[Api], authenticate: Authenticate) -> None:
    """Mount the rooms' operations on the app, with error pages as problem documents."""
    app.extensions["scrm.authenticate"] = authenticate
    for api in apis:
        app.register_blueprint(api.blueprint)
    app.register_error_handler(Exception, problem_of)
    app.before_request(parsing.refuse_nul)
    document = json.dumps(openapi(apis), ensure_ascii=False).encode()

    @app.get("/api/v1/openapi.json")
    def openapi_document() -> Response:
        return Response(document, mimetype="application/json")


def problem_of(error: Exception) -> Response:
    """Any exception as a problem document; only what is unforeseen becomes a 500 and is logged with its trace."""
    if isinstance(error, AppError):
        return _problem(error)
    if isinstance(error, HTTPException):
        return _http_problem(error)
    if isinstance(error, DBAPIError) and is_transient(error):
        log.warning("http.database_unavailable", error=type(error).__name__, path=request.path)
        return _problem(DatabaseUnavailable())
    log.error("http.unforeseen", path=request.path, exc_info=error)
    return _answer_problem(
        500, "internal_error", "系统内部错误，已记录。", "Internal error; it has been logged.", {}, []
    )


def json_response(payload: bytes, status: int = 200) -> Response:
    response = Response(payload, status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _wanted(function: Callable[..., Any], path: str, **given: Any) -> set[str]:
    names = set(inspect.signature(function).parameters)
    path_names = {name for _, name in _PATH_PART.findall(path)}
    unknown = names - _INJECTED - path_names
    if unknown or not path_names <= names:
        raise TypeError(f"{function.__name__}: parameters {sorted(unknown or path_names - names)} do not fit {path}")
    for name in ("query", "body"):
        if (name in names) != (given[name] is not None):
            raise TypeError(f"{function.__name__}: {name} model and parameter must come together")
    if "session" in names and not given["transaction"]:
        raise TypeError(f"{function.__name__}: asks for a session without a transaction")
    return names


def _run(
    operation: Operation,
    function: Callable[..., Any],
    wanted: set[str],
    values: dict[str, Any],
    *,
    transaction: bool,
) -> Response:
    # Parsed before the database is touched, but answered after the permission: a stranger learns nothing of the shape.
    invalid: AppError | None = None
    try:
        if not storable(list(values.values())):
            raise NotFound()
        if operation.query is not None:
            values["query"] = parsing.parse_query(operation.query)
        if operation.body is not None:
            values["body"] = parsing.parse_body(operation.body)
    except AppError as error:
        invalid = error
    with _entered(operation, transaction=transaction) as (actor, session):
        if invalid is not None:
            raise invalid
        if "actor" in wanted:
            values["actor"] = actor
        if "session" in wanted:
            values["session"] = session
        if not transaction:
            return _written(operation, function(**values))
        result = function(**values)
        if session is not None:
            session.flush()
        return _written(operation, result)


@contextmanager
def _entered(operation: Operation, *, transaction: bool) -> Iterator[tuple[Actor | None, Session | None]]:
    authenticate: Authenticate = current_app.extensions["scrm.authenticate"]
    if operation.permission is Public.BEFORE_SIGN_IN:
        if not transaction:
            yield None, None
            return
        with platform_transaction() as session:
            yield None, session
        return
    with platform_transaction() as session:
        actor = authenticate(session)
        if operation.permission is not Public.ANY_USER and operation.permission not in actor.permissions:
            raise NotPermitted(permission=operation.permission.value)
        if transaction:
            yield actor, session
            return
    yield actor, None


def _written(operation: Operation, result: Any) -> Response:
    if isinstance(result, Response):
        return result
    if operation.response is None:
        return Response(status=204)
    model = operation.response.model_validate(result, from_attributes=True)
    return json_response(model.model_dump_json().encode(), operation.status)


def _problem(error: AppError) -> Response:
    facts = {name: value for name, value in error.facts.items() if name != "errors"}
    return _answer_problem(
        error.status, error.code, error.message_zh, error.message_en, facts, error.facts.get("errors", [])
    )


def _http_problem(error: HTTPException) -> Response:
    status = error.code or 500
    if status == 404:
        return _problem(NotFound())
    if error.response is not None and status < 400:
        return Response(error.response.get_data(), status=status, headers=dict(error.response.headers))  # type: ignore[attr-defined]
    names = {405: ("method_not_allowed", "不支持此请求方法。"), 413: ("too_large", "提交的内容过大。")}
    code, zh = names.get(status, ("bad_request", "请求有误。"))
    response = _answer_problem(status, code, zh, f"{error.name}.", {}, [])
    if error.get_response().headers.get("Allow"):
        response.headers["Allow"] = error.get_response().headers["Allow"]
    return response


def _answer_problem(
    status: int, code: str, zh: str, en: str, facts: dict[str, Any], errors: list[dict[str, str]]
) -> Response:
    body = {
        "type": f"about:blank#{code}",
        "title": en,
        "status": status,
        "code": code,
        "detail_zh": zh,
        "detail_en": en,
        "errors": errors,
        **{name: value for name, value in facts.items() if isinstance(value, str | int | float | bool)},
    }
    response = Response(json.dumps(body, ensure_ascii=False), status=status, mimetype="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="scrm"'
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response


def openapi(apis: Sequence[Api]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of these operations; component names are the models' own, without a dot."""
    operations = [operation for api in apis for operation in api.operations]
    inputs = {model for operation in operations for model in (operation.body,) if model}
    outputs = {operation.response for operation in operations if operation.response} | {Problem}
    ordered: list[tuple[type[BaseModel], Any]] = [
        *((model, "validation") for model in sorted(inputs, key=lambda model: model.__name__)),
        *((model, "serialization") for model in sorted(outputs, key=lambda model: model.__name__)),
    ]
    refs, definitions = models_json_schema(ordered, ref_template="#/components/schemas/{model}")
    paths: dict[str, Any] = {}
    for operation in sorted(operations, key=lambda item: (item.path, item.method)):
        path = "/api/v1" + _PATH_PART.sub(r"{\2}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _described(operation, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": "SCRM", "version": "1", "description": "企业微信 SCRM / Enterprise WeChat SCRM"},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(definitions["$defs"].items())),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "scrm_session"},
            },
        },
        "security": [{"bearer": []}, {"session": []}],
    }


def _described(operation: Operation, refs: dict[Any, Any]) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer" if kind == "int" else "string"}}
        for kind, name in _PATH_PART.findall(operation.path)
    ]
    if operation.query is not None:
        schema = operation.query.model_json_schema()
        for name, value in schema["properties"].items():
            inlined = _inlined(value, schema.get("$defs", {}))
            parameters.append(
                {"name": name, "in": "query", "required": name in schema.get("required", []), "schema": inlined}
            )
    problem = {"application/problem+json": {"schema": refs[(Problem, "serialization")]}}
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "x-permission": operation.permission.value,
        "parameters": parameters,
        "responses": {"4XX": {"description": "Problem", "content": problem}},
    }
    if operation.permission is Public.BEFORE_SIGN_IN:
        described["security"] = []
    if operation.body is not None:
        schema_ref = refs[(operation.body, "validation")]
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema_ref}}}
    answer: dict[str, Any] = {"description": "OK"}
    if operation.response is not None:
        answer["content"] = {"application/json": {"schema": refs[(operation.response, "serialization")]}}
    described["responses"][str(operation.status if operation.response else 204)] = answer
    return described


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
        return {name: _inlined(value, definitions) for name, value in schema.items()}
    if isinstance(schema, list):
        return [_inlined(item, definitions) for item in schema]
    return schema
