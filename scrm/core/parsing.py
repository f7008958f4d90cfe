"""What a request says, as models: query strings and JSON bodies, wrong values named and never repeated.

A value is of the type that the document says, or it is refused: nothing is made into something else on the way.
"""

import re
import types
import typing
from collections.abc import Callable, Iterable
from typing import Annotated, Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from scrm.core import json_text
from scrm.core.errors import BadRequest, NotJson, ValidationFailed
from scrm.core.storable import storable

M = TypeVar("M", bound=BaseModel)


class FieldProblem(BaseModel):
    """One value that is not valid; ``field`` is its path in the body or query."""

    field: str
    message: str


def refuse_nul() -> None:
    """No address of ours holds a NUL, and PostgreSQL has no text with one."""
    given = [request.path, *request.args.keys(), *(value for _, value in request.args.items(multi=True))]
    if any("\0" in text for text in given):
        raise BadRequest()


_WHOLE = re.compile(r"[+-]?[0-9]{1,30}")
_TRUTHS = {"true", "false", "1", "0"}
_EXACT = 2**53  # up to here a number with a point is one whole number and no other


def parse_query(model: type[BaseModel]) -> BaseModel:
    """The query string as a model; a field that is a list takes repeated parameters, no other does."""
    values: dict[str, Any] = {}
    problems = []
    for name, given in request.args.lists():
        known = model.model_fields.get(name)
        kinds = _kinds(known.annotation) if known is not None else set()
        values[name] = given if list in kinds else given[-1]
        if len(given) > 1 and known is not None and list not in kinds:
            problems.append(FieldProblem(field=name, message="Input should be given once"))
        elif int in kinds and not _WHOLE.fullmatch(given[-1]):
            problems.append(FieldProblem(field=name, message="Input should be a whole number"))
        elif bool in kinds and given[-1].lower() not in _TRUTHS:
            problems.append(FieldProblem(field=name, message="Input should be true or false"))
    if not storable(values):
        raise BadRequest()
    if problems:
        raise _failed(problems)
    return _validated(lambda: model.model_validate(values))


def parse_body(model: type[BaseModel]) -> BaseModel:
    """The body as a model; raises `NotJson`, `BadRequest` or `ValidationFailed`."""
    data = request.get_data()
    # A form of another site can send JSON, but not under this name without asking us first.
    if data and request.mimetype != "application/json":
        raise NotJson()
    try:
        values = _whole(json_text.loads_strictly(data or b"{}"))
    except (ValueError, RecursionError):
        raise BadRequest() from None
    if not storable(values):
        raise BadRequest()
    return within_body(model, values)


def within_body(model: type[M], values: Any) -> M:
    """A part of a body whose shape another part of it says; raises `BadRequest` or `ValidationFailed`."""
    # As JSON once more, since strict Python values are dates and enumerations, which JSON has not.
    return _validated(lambda: model.model_validate_json(to_json(values), strict=True))


def _kinds(annotation: Any) -> set[Any]:
    """The plain types that an annotation allows; of a list just that it is one."""
    if typing.get_origin(annotation) is Annotated:
        return _kinds(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in {types.UnionType, typing.Union}:
        return {kind for part in typing.get_args(annotation) for kind in _kinds(part)}
    return {typing.get_origin(annotation) or annotation}


def _whole(value: Any) -> Any:
    """JSON knows one kind of number: 3.0 is 3."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT:
        return int(value)
    if isinstance(value, dict):
        return {name: _whole(item) for name, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list) else value


def _validated(validate: Callable[[], M]) -> M:
    try:
        validated = validate()
    except ValidationError as error:
        raise _failed(
            FieldProblem(field=".".join(str(part) for part in item["loc"]), message=item["msg"])
            for item in error.errors(include_url=False, include_context=False, include_input=False)
        ) from None
    if not storable(list(validated.__dict__.values())):  # digits in a query that became a number too large
        raise BadRequest()
    return validated


def _failed(fields: Iterable[FieldProblem]) -> ValidationFailed:
    failed = ValidationFailed()
    failed.facts["errors"] = [item.model_dump() for item in fields]
    return failed
