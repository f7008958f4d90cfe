"""Operations, as the wiring knows them."""

from scrm.core import clockwork, touches
from scrm.core.manifest import Room
from scrm.operations import housekeeping, record
from scrm.operations.notices import KINDS
from scrm.operations.routes import api

ROOM = Room(
    name="operations",
    apis=(api,),
    clock=(
        clockwork.Job(name="housekeeping", at=clockwork.daily(hour=3, minute=17), step=housekeeping.purge),
        clockwork.Job(name="touches", at=clockwork.hourly(minute=41), step=touches.purge),
    ),
    notices=tuple(KINDS.values()),
    kinds=(record.CALLBACK,),
)
