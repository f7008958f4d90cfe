"""How soon work must be done."""

import datetime as dt
from enum import StrEnum

# What must be done within seconds is due this much earlier than what may wait, so that it goes ahead of a backlog.
AHEAD = dt.timedelta(minutes=10)


class Lane(StrEnum):
    """Welcome codes live 20 seconds, a sync may take its time."""

    URGENT = "urgent"
    DEFAULT = "default"
    BULK = "bulk"
