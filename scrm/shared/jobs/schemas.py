"""Jobs over HTTP."""

import datetime as dt
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from scrm.core.db import BIGGEST_ID
from scrm.core.paging import Page, PageQuery
from scrm.core.vocabulary import one_of
from scrm.shared.jobs.models import JobItemState

STATES = ("previewed", "running", "undoing", "done", "undone", "failed", "stopped", "cancelled")
Number = Annotated[int, Field(ge=1, le=BIGGEST_ID)]


class JobSelection(BaseModel):
    """Records by number, or all that a filter of the kind finds, but for ``except``."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    ids: list[Number] | None = Field(default=None, max_length=20_000)
    filter: dict[str, Any] | None = None
    without: list[Number] = Field(default_factory=list, max_length=1_000, alias="except")


class NewJob(BaseModel):
    """An action on these records; nothing is done before it is run."""

    model_config = ConfigDict(extra="forbid")

    action: str = Field(max_length=64)
    selection: JobSelection
    arguments: dict[str, Any] = Field(default_factory=dict)


class JobCounts(BaseModel):
    """Records by what became of them."""

    waiting: int = 0
    done: int = 0
    refused: int = 0
    changed: int = 0
    undone: int = 0


class JobRow(BaseModel):
    """A job of one's own; ``undo_until`` is none where it cannot be undone (any more)."""

    id: int
    action: str
    kind: str
    zh: str
    en: str
    state: Annotated[str, one_of(STATES)]
    arguments: dict[str, Any]
    total: int
    counts: JobCounts
    reason: str | None
    created_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    undo_until: dt.datetime | None


JobPage = Page[JobRow]


class JobItemQuery(PageQuery):
    """Records of a job, by ``state``."""

    state: JobItemState | None = None


class JobItemRow(BaseModel):
    """One record of it; ``reason`` is the code of what refused it."""

    record: int
    state: JobItemState
    reason: str | None


JobItemPage = Page[JobItemRow]
