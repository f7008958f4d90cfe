"""What a page shows of something that waits for a second person."""

import datetime as dt

from pydantic import BaseModel


class Approval(BaseModel):
    """Who asked, and what the user may do about it; the room adds the ``kind``, of its own kinds."""

    asked_by: str
    asked_at: dt.datetime
    may_decide: bool
    may_withdraw: bool
