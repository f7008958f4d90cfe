"""The document as a contract: the service under test gives no answer that its OpenAPI document does not declare."""

import json
from functools import cache
from typing import Any

from flask import Flask, Response, current_app, request

from scrm.core.http import operations
from scrm.core.openapi import openapi
from scrm.core.operation import Operation

BROKEN = 599  # no test expects it


def watch(app: Flask) -> None:
    """Have every answer of the operations compared with the document before it leaves."""
    app.after_request(_compared)


@cache
def document() -> dict[str, Any]:
    """The document as it is served."""
    from scrm.wiring import APIS

    described: dict[str, Any] = openapi([item for api in APIS for item in api.operations])
    return described


def described(operation: Operation) -> dict[str, Any]:
    """What the document says of an operation."""
    return next(
        found
        for path in document()["paths"].values()
        for found in path.values()
        if found["operationId"] == operation.name
    )


def undeclared(operation: Operation, status: int, content_type: str | None) -> str | None:
    """What is wrong with an answer of this status and type, as far as its document goes."""
    responses = described(operation)["responses"]
    declared = responses.get(str(status))
    if declared is not None and "$ref" in declared:
        declared = document()["components"]["responses"][declared["$ref"].rpartition("/")[2]]
    if declared is None:
        return f"{operation.name} answers {status}, which is none of {sorted(responses)}"
    kinds = set(declared.get("content", {}))
    kind = (content_type or "").partition(";")[0]
    if kinds and kind not in kinds:
        return f"{operation.name} answers {status} with {kind}, which is none of {sorted(kinds)}"
    return f"{operation.name} answers {status} with {kind}, and should be empty" if not kinds and kind else None


def _compared(response: Response) -> Response:
    operation = operations(current_app).get(request.endpoint or "")
    if operation is None:
        return response
    empty = response.status_code in {204, 304}
    problem = undeclared(operation, response.status_code, None if empty else response.content_type)
    if problem is None:
        return response
    return Response(json.dumps({"contract": problem}), status=BROKEN, mimetype="application/json")
