"""What shares take in and give out over HTTP."""

import datetime as dt

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from scrm.shared.ownership.models import Level


class NewShare(BaseModel):
    """With whom, what they may do, and until when (none: until it is taken back); the same member anew is a change."""

    model_config = ConfigDict(extra="forbid")

    userid: str = Field(min_length=1, max_length=64)
    level: Level = Level.READ
    until: AwareDatetime | None = None


class ShareRow(BaseModel):
    userid: str
    staff_name: str
    level: Level
    until: dt.datetime | None
    created_at: dt.datetime


class ShareList(BaseModel):
    items: list[ShareRow]
