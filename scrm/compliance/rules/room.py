"""Rules, as the wiring knows them."""

from scrm.compliance.rules import naming, queries
from scrm.compliance.rules.actions import scans
from scrm.compliance.rules.routes import api
from scrm.core.manifest import Room

ROOM = Room(
    name="compliance.rules",
    apis=(api,),
    queues=(scans.QUEUE,),
    names={"rule": naming.rules},
    probes={"rules": lambda session, _actor: queries.version(session)},
)
