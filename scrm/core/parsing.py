"""What a request says, as models: query strings and JSON bodies, wrong values named and never repeated."""

from typing import Any

from flask import request
from pydantic import BaseModel, ValidationError

from scrm.core import json_text
from scrm.core.errors import BadRequest, NotJson, ValidationFailed
from scrm.core.storable import storable


class FieldProblem(BaseModel):
    """One value that is not valid; ``field`` is its path in the body or query."""

    field: str
    message: str


def refuse_nul() -> None:
    """No address of ours holds a NUL, and PostgreSQL has no text with one."""
    given = [request.path, *request.args.keys(), *(value for _, value in request.args.items(multi=True))]
    if any("\0" in text for text in given):
        raise BadRequest()


def parse_query(model: type[BaseModel]) -> BaseModel:
    """The query string as a model; a field that is a list takes repeated parameters."""
    values: dict[str, Any] = {}
    for name, given in request.args.lists():
        known = model.model_fields.get(name)
        is_list = known is not None and "list" in str(known.annotation)
        values[name] = given if is_list else given[-1]
    return _validated(model, values)


def parse_body(model: type[BaseModel]) -> BaseModel:
    """The body as a model; raises `NotJson`, `BadRequest` or `ValidationFailed`."""
    data = request.get_data()
    # A form of another site can send JSON, but not under this name without asking us first.
    if data and request.mimetype != "application/json":
        raise NotJson()
    try:
        values = json_text.loads(data or b"{}")
    except (ValueError, RecursionError):
        raise BadRequest() from None
    return _validated(model, values)


def _validated(model: type[BaseModel], values: Any) -> BaseModel:
    if not storable(values):
        raise BadRequest()
    try:
        validated = model.model_validate(values)
    except ValidationError as error:
        fields = [
            FieldProblem(field=".".join(str(part) for part in item["loc"]), message=item["msg"])
            for item in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        failed = ValidationFailed()
        failed.facts["errors"] = [item.model_dump() for item in fields]
        raise failed from None
    if not storable(list(validated.__dict__.values())):  # digits in a query that became a number too large
        raise BadRequest()
    return validated
