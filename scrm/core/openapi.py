"""The OpenAPI 3.1 document of the operations."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from scrm.core.operation import PATH_PART, Operation, Problem, Public

_BINARY = {"type": "string", "format": "binary"}
_SAID = {
    400: "What was sent is no JSON, or cannot be kept",
    401: "Nobody is signed in",
    403: "The role does not permit it, or the page has expired",
    404: "There is none, or it is not visible",
    408: "The body came too slowly",
    409: "It has changed meanwhile, or is not in a state for it",
    413: "The body is too large",
    415: "The body is not application/json",
    421: "The demo answers to its own host alone",
    422: "A value is not valid",
    429: "Too many attempts; Retry-After says when",
    500: "An error of the service, which it has logged",
    503: "Busy or without its database; Retry-After says when",
}
_REFUSED = {status: f"Refused{status}" for status in _SAID}


def openapi(operations: Sequence[Operation]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of these operations; component names are the models' own, without a dot."""
    inputs = {model for operation in operations for model in (operation.body,) if model}
    outputs = {operation.response for operation in operations if operation.response} | {Problem}
    ordered: list[tuple[type[BaseModel], Any]] = [
        *((model, "validation") for model in sorted(inputs, key=lambda model: model.__name__)),
        *((model, "serialization") for model in sorted(outputs, key=lambda model: model.__name__)),
    ]
    refs, definitions = models_json_schema(ordered, ref_template="#/components/schemas/{model}")
    paths: dict[str, Any] = {}
    for operation in sorted(operations, key=lambda item: (item.path, item.method)):
        path = "/api/v1" + PATH_PART.sub(r"{\2}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _described(operation, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": "SCRM", "version": "1", "description": "企业微信 SCRM / Enterprise WeChat SCRM"},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(definitions["$defs"].items())),
            # Said once: every operation refers to them by their status.
            "responses": {name: _refused(status, refs) for status, name in _REFUSED.items()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "scrm_session",
                    "description": "Under https the cookie's name is __Host-scrm_session.",
                },
            },
        },
        "security": [{"bearer": []}, {"session": []}],
    }


def _described(operation: Operation, refs: dict[Any, Any]) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer" if kind == "int" else "string"}}
        for kind, name in PATH_PART.findall(operation.path)
    ]
    if operation.query is not None:
        schema = operation.query.model_json_schema()
        for name, value in schema["properties"].items():
            inlined = _inlined(value, schema.get("$defs", {}))
            parameters.append(
                {"name": name, "in": "query", "required": name in schema.get("required", []), "schema": inlined}
            )
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "x-permission": operation.permission.value,
        "parameters": parameters,
    }
    if operation.permission is Public.BEFORE_SIGN_IN:
        described["security"] = []
    if operation.body is not None:
        schema_ref = refs[(operation.body, "validation")]
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema_ref}}}
    answer: dict[str, Any] = {"description": "OK"}
    if operation.response is not None:
        answer["content"] = {"application/json": {"schema": refs[(operation.response, "serialization")]}}
    elif operation.files:
        answer["content"] = {kind: {"schema": _BINARY} for kind in operation.files}
    responses = {str(operation.succeeds): answer}
    if operation.conditional:
        answer["headers"] = {"ETag": {"schema": {"type": "string"}}}
        responses["304"] = {"description": "Nothing has changed since the ETag of If-None-Match"}
    for status in sorted(operation.refusals):
        responses[str(status)] = {"$ref": f"#/components/responses/{_REFUSED[status]}"}
    return described | {"responses": responses}


def _refused(status: int, refs: dict[Any, Any]) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": refs[(Problem, "serialization")]}}
    return {"description": _SAID[status], "content": problem}


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
        return {name: _inlined(value, definitions) for name, value in schema.items()}
    if isinstance(schema, list):
        return [_inlined(item, definitions) for item in schema]
    return schema
