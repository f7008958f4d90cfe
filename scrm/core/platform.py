"""Small platform tables of the ground floor: the clock's offset and heartbeats."""

import datetime as dt

from sqlalchemy import CheckConstraint, Integer, Text
from sqlalchemy.dialects.postgresql import DOUBLE_PRECISION
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core import constraints
from scrm.core.db import PlatformBase, moment


class ClockOffset(PlatformBase):
    """One row: by how many seconds this deployment's clock is moved (demo and tests)."""

    __tablename__ = "clock"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    offset_seconds: Mapped[float] = mapped_column(DOUBLE_PRECISION)


class Heartbeat(PlatformBase):
    """When each worker and the scheduler last said that it is alive; `/readyz` reads it."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[dt.datetime] = moment()


constraints.handled("pk_clock", "one row, made by the migration and only changed since")
constraints.handled("pk_heartbeat", "inserted on conflict")
