"""Exports, as the wiring knows them."""

from scrm.core import clockwork
from scrm.core.manifest import Room
from scrm.shared.exports import asking
from scrm.shared.exports.routes import api
from scrm.shared.exports.running import QUEUE

ROOM = Room(
    name="shared.exports",
    apis=(api,),
    queues=(QUEUE,),
    clock=(clockwork.Job(name="exports", at=clockwork.hourly(minute=37), step=asking.forget),),
    names={"export": asking.called},
)
