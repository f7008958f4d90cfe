"""One route with all that its documentation needs, and the shape of what it answers when it does not do it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from scrm.core.parsing import FieldProblem
from scrm.core.reading import NothingPersonal, Reads

Method = str
PATH_PART = re.compile(r"<(?:(\w+):)?(\w+)>")


class Public(StrEnum):
    """In place of a permission: why a route needs none."""

    BEFORE_SIGN_IN = "before sign-in"
    ANY_USER = "any signed-in user"


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
    limit: int  # of the body, in bytes
    checks_password: bool
    reads: Reads | NothingPersonal | None  # none for what changes something and shows no more than that
    files: tuple[str, ...] = ()  # content types of what is sent as it is, in place of a response model
    conditional: bool = False  # 304 to an ETag that still holds
    further: frozenset[int] = frozenset()  # refusals of its own, beside those of `refusals`

    @property
    def succeeds(self) -> int:
        """The status of what went well."""
        return self.status if self.response is not None or self.files else 204

    @property
    def refusals(self) -> frozenset[int]:
        """Every status of 400 and above that a client may meet: the edge's by what the route takes, then its own."""
        found = {400, 408, 413, 421, 500, 503} | self.further
        if self.permission is not Public.BEFORE_SIGN_IN:
            found |= {401, 403}
        if PATH_PART.search(self.path):
            found.add(404)
        if self.method != "GET":
            found.add(409)
        if self.body is not None:
            found.add(415)
        if self.body is not None or self.query is not None:
            found.add(422)
        return frozenset(found)
