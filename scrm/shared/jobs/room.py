"""Jobs on many records, as the wiring knows them."""

from scrm.core import clockwork
from scrm.core.manifest import Room
from scrm.shared.jobs import asking
from scrm.shared.jobs.routes import api
from scrm.shared.jobs.running import QUEUE

ROOM = Room(
    name="shared.jobs",
    apis=(api,),
    queues=(QUEUE,),
    clock=(clockwork.Job(name="jobs", at=clockwork.hourly(minute=47), step=asking.forget),),
    names={"job": asking.called},
)
