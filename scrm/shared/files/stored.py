"""A file in the database, as a row of the room that has it: of some megabytes at most, and there with each backup."""

import datetime as dt

from sqlalchemy import LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core.db import moment


class StoredFile:
    """The columns of such a row; the room adds its key and what else it must know. ``data`` is read when asked for."""

    filename: Mapped[str] = mapped_column(Text)  # as its owner called it
    content_type: Mapped[str] = mapped_column(Text)  # as it was found to be
    size: Mapped[int]  # bytes
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[dt.datetime] = moment()
