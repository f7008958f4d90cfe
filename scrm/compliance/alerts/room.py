"""Alerts, as the wiring knows them."""

from scrm.compliance.alerts import handlers, naming, texts
from scrm.compliance.alerts.models import Alert, AlertNotice
from scrm.compliance.alerts.routes import api
from scrm.core.manifest import Room
from scrm.core.refers import Fate, customer, member
from scrm.core.touches import Live

ROOM = Room(
    name="compliance.alerts",
    apis=(api,),
    replies={
        "compliance.notice_answered": handlers.notice_answered,
        "compliance.hit_notice_answered": handlers.hit_notice_answered,
    },
    queues=(texts.QUEUE,),
    names={"alert": naming.alerts},
    relatives=naming.relatives,
    topics={"alerts": Live((Alert, AlertNotice))},
    refers=(
        customer(Alert.customer_id, merge=Fate.MOVE, erase=Fate.SHRED),
        customer(Alert.external_userid, merge=Fate.KEEP, erase=Fate.SHRED),
        member(Alert.staff_id, leave=Fate.KEEP),
        member(Alert.userid, leave=Fate.KEEP),
        member(AlertNotice.userid, leave=Fate.KEEP),
    ),
)
