"""Exports over HTTP."""

import datetime as dt
import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from scrm.core.paging import Page
from scrm.core.vocabulary import one_of
from scrm.shared.exports.models import Format

STATES = ("waiting", "running", "done", "failed", "stopped", "cancelled", "expired")


class NewExport(BaseModel):
    """A list of ``kind`` as a file: the filter and sort of the list, its columns by key (the list's own if none).

    ``language`` is that of heads and words. A workbook holds 100,000 rows at most, a CSV any number.
    """

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(max_length=64)
    filter: dict[str, Any] = Field(default_factory=dict)
    sort: str | None = Field(default=None, max_length=65)
    columns: list[Annotated[str, Field(max_length=64)]] = Field(default_factory=list, max_length=100)
    format: Format = Format.CSV
    language: Literal["zh", "en"] = "zh"

    @property
    def filter_text(self) -> str:
        return json.dumps(self.filter)


class ExportRow(BaseModel):
    """An export of one's own: ``rows`` of ``total`` are written (``total`` none where counting took too long).

    ``size`` in bytes and ``sha256`` are of the file once it is there, until ``expires_at``; ``reason`` says why one was
    stopped, as a code.
    """

    id: int
    kind: str
    state: Annotated[str, one_of(STATES)]
    format: Format
    name: str
    columns: list[str]
    filter: dict[str, Any]
    sort: str
    rows: int
    total: int | None
    size: int | None
    sha256: str | None
    reason: str | None
    created_at: dt.datetime
    finished_at: dt.datetime | None
    expires_at: dt.datetime | None


ExportPage = Page[ExportRow]
