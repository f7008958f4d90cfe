"""What is known of a request before its body is read: which desk, how large, and whether its sender may."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, request
from flask.wrappers import Response
from werkzeug.exceptions import HTTPException

from scrm.core import http

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


@dataclass(frozen=True)
class Admission:
    """``limit`` in bytes; ``check``: who sends more than `http.SMALL_BODY` is looked up first."""

    strangers: bool
    limit: int
    check: bool


def admission(flask: Flask, environ: "WSGIEnvironment") -> Admission:
    """From path and method alone; nothing is read for a route that does not exist."""
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
    try:
        endpoint, _ = flask.url_map.bind("").match(path, method=environ["REQUEST_METHOD"])
    except HTTPException:
        return Admission(strangers=False, limit=0, check=False)
    operation = http.operations(flask).get(endpoint)
    if operation is None:
        strangers = endpoint in flask.extensions.get("scrm.strangers", ())
        return Admission(
            strangers=strangers,
            limit=http.MAX_BODY if endpoint.startswith("simulator_page.") else http.SMALL_BODY,
            check=False,
        )
    return Admission(
        strangers=operation.permission is http.Public.BEFORE_SIGN_IN or operation.checks_password,
        limit=operation.limit,
        check=operation.permission is not http.Public.BEFORE_SIGN_IN,
    )


def refusal(flask: Flask, environ: "WSGIEnvironment") -> Response | None:
    """Why this sender may not send a large body, if so: not signed in, not permitted. Asks the database."""
    with flask.request_context(environ):
        operation = http.operations(flask)[request.endpoint or ""]
        try:
            http.admit(operation)
        except Exception as error:
            return flask.process_response(http.problem_of(error))
    return None


def problem(flask: Flask, environ: "WSGIEnvironment", error: Exception) -> Response:
    """An answer of the front's own, with the headers of every other."""
    with flask.request_context(environ):
        return flask.process_response(http.problem_of(error))
