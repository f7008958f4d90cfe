"""The HTTP edge: typed operations on Flask, problem documents, and the OpenAPI 3.1 document.

An operation names its permission, its query or body model and its response model on its route line; the edge
authenticates, opens one transaction, parses, calls, writes. Our own page instead of APIFlask: see
``docs/decisions/http-edge.md``.
"""

import inspect
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, TypeVar

import structlog
from flask import Blueprint, Flask, Response, current_app, request
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from scrm.core import constraints, paging, parsing, recorder
from scrm.core.db import CorpGone, is_gone, is_transient, platform_transaction
from scrm.core.errors import AppError, BadRequest, DatabaseUnavailable, NotFound, NotPermitted
from scrm.core.openapi import openapi
from scrm.core.operation import PATH_PART, Method, Operation
from scrm.core.operation import Public as Public
from scrm.core.reading import NothingPersonal, Reads
from scrm.core.recorder import SealWords
from scrm.core.storable import storable

log = structlog.get_logger(__name__)

F = TypeVar("F", bound=Callable[..., Any])
SMALL_BODY = 64 * 1024  # as much is read of anybody; more only of who is signed in
MAX_BODY = 1024 * 1024
_INJECTED = {"actor", "session", "query", "body"}


class Actor(Protocol):
    """What the edge must know of a signed-in user."""

    @property
    def permissions(self) -> frozenset[Any]: ...


class Authenticate(Protocol):
    """Finds the actor of a request and enters its corp; raises `NotSignedIn`."""

    def __call__(self, session: Session) -> Actor: ...


@dataclass
class Api:
    """The operations of one room, as a Flask blueprint under ``/api/v1``."""

    name: str
    operations: list[Operation] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.blueprint = Blueprint(self.name, f"scrm.{self.name}", url_prefix="/api/v1")

    def get(
        self, path: str, *, permission: StrEnum, reads: Reads | NothingPersonal, **options: Any
    ) -> Callable[[F], F]:
        """A route that reads says what, or why nothing of it is personal."""
        return self.route("GET", path, permission=permission, reads=reads, **options)

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
        body_limit: int = MAX_BODY,
        checks_password: bool = False,
        reads: Reads | NothingPersonal | None = None,
        files: tuple[str, ...] = (),
        conditional: bool = False,
        further: tuple[int, ...] = (),
    ) -> Callable[[F], F]:
        """Register an operation; its function asks by name for ``actor``, ``session``, ``query``, ``body``, path parts.

        ``transaction=False`` hands over no session: for the few that call WeCom, which must not hold one meanwhile.
        ``body_limit`` in bytes; a stranger may send `SMALL_BODY` at most. ``checks_password``: that takes a tenth of a
        second of a core, so it waits apart from the others. ``files``: content types of what is sent in place of a
        model; ``conditional``: 304 is answered to an ETag that holds; ``further``: statuses of its own refusals, beside
        `Operation.refusals`.
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
                limit=SMALL_BODY if body is None or permission is Public.BEFORE_SIGN_IN else body_limit,
                checks_password=checks_password,
                reads=reads,
                files=files,
                conditional=conditional,
                further=frozenset(further),
            )
            self.operations.append(operation)

            def view(**path_values: Any) -> Response:
                request.max_content_length = operation.limit
                arguments = dict(path_values)
                try:
                    return _run(operation, function, wanted, arguments, transaction=transaction)
                except AppError as error:
                    recorder.note_refusal(operation, path_values, error)
                    raise

            self.blueprint.add_url_rule(path, endpoint=function.__name__, view_func=view, methods=[method])
            return function

        return register


def install(app: Flask, apis: Sequence[Api], authenticate: Authenticate, seal_words: SealWords) -> None:
    """Mount the rooms' operations on the app, with error pages as problem documents."""
    app.extensions["scrm.authenticate"] = authenticate
    app.extensions["scrm.seal_words"] = seal_words
    app.extensions["scrm.operations"] = {f"{api.name}.{item.name}": item for api in apis for item in api.operations}
    for api in apis:
        app.register_blueprint(api.blueprint)
    app.register_error_handler(Exception, problem_of)
    app.before_request(parsing.refuse_nul)
    document = json.dumps(openapi([item for api in apis for item in api.operations]), ensure_ascii=False).encode()

    @app.get("/api/v1/openapi.json")
    def openapi_document() -> Response:
        return Response(document, mimetype="application/json")


def problem_of(error: Exception) -> Response:
    """Any exception as a problem document; only what is unforeseen becomes a 500 and is logged with its trace."""
    if isinstance(error, AppError):
        return _problem(error)
    if isinstance(error, HTTPException):
        return _http_problem(error)
    if isinstance(error, RecursionError):
        return _problem(BadRequest())
    if (taken := constraints.conflict(error)) is not None:
        return _problem(taken)
    if isinstance(error, DBAPIError) and is_transient(error):
        log.warning("http.database_unavailable", error=type(error).__name__, path=request.path)
        return _problem(DatabaseUnavailable())
    if (corp := recorder.corp_of_caller()) is not None and is_gone(error, corp):
        return _problem(CorpGone())
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
    path_names = {name for _, name in PATH_PART.findall(path)}
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
    if (request.content_length or 0) > SMALL_BODY and operation.permission is not Public.BEFORE_SIGN_IN:
        admit(operation)
    # Parsed before the database is touched, but answered after the permission: a stranger learns nothing of the shape.
    invalid: AppError | None = None
    mark = ""
    try:
        if not storable(list(values.values())):
            raise NotFound()
        if operation.query is not None:
            query = parsing.parse_query(operation.query)
            mark = paging.mark_of(operation.name, values, query)
            values["query"] = paging.taken(query, mark)
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
        result = function(**values)
        if session is not None:
            session.flush()
        recorder.note(operation, session, values, result)
        return _written(operation, result, mark)


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
        actor = _permitted(operation, authenticate(session))
        if transaction:
            yield actor, session
            return
    yield actor, None


def operations(app: Flask) -> dict[str, Operation]:
    """Every operation by Flask's name of its route."""
    found: dict[str, Operation] = app.extensions["scrm.operations"]
    return found


def admit(operation: Operation) -> None:
    """Ask for the sender of this request alone, before its body is read; raises `NotSignedIn` and its kin."""
    authenticate: Authenticate = current_app.extensions["scrm.authenticate"]
    with platform_transaction() as session:
        _permitted(operation, authenticate(session))


def _permitted(operation: Operation, actor: Actor) -> Actor:
    if operation.permission is not Public.ANY_USER and operation.permission not in actor.permissions:
        raise NotPermitted(permission=operation.permission.value)
    return actor


def _written(operation: Operation, result: Any, mark: str) -> Response:
    if isinstance(result, Response):
        return result
    if operation.response is None:
        return Response(status=204)
    model = operation.response.model_validate(result, from_attributes=True)
    if mark:
        paging.given_out(model, mark)
    return json_response(model.model_dump_json().encode(), operation.status)


def _problem(error: AppError) -> Response:
    facts = {name: value for name, value in error.facts.items() if name != "errors"}
    response = _answer_problem(
        error.status, error.code, error.message_zh, error.message_en, facts, error.facts.get("errors", [])
    )
    if "retry_after" in error.facts:
        response.headers["Retry-After"] = str(error.facts["retry_after"])
    return response


def _http_problem(error: HTTPException) -> Response:
    status = error.code or 500
    if status == 404:
        return _problem(NotFound())
    if error.response is not None and status < 400:
        return Response(error.response.get_data(), status=status, headers=dict(error.response.headers))  # type: ignore[attr-defined]
    names = {
        405: ("method_not_allowed", "不支持此请求方法。"),
        408: ("too_slow", "提交的内容传输过慢，请检查网络后重试。"),
        413: ("too_large", "提交的内容过大。"),
    }
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
        **{name: value for name, value in facts.items() if isinstance(value, str | int | float | bool | list | dict)},
    }
    response = Response(json.dumps(body, ensure_ascii=False), status=status, mimetype="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="scrm"'
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response
