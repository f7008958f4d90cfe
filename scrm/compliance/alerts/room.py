"""Alerts, as the wiring knows them."""

from scrm.compliance.alerts import bulk, earlier, naming, record, replies, texts, timeline
from scrm.compliance.alerts.models import Alert
from scrm.compliance.alerts.notices import KINDS
from scrm.compliance.alerts.routes import api
from scrm.core import clockwork
from scrm.core.manifest import Room
from scrm.core.refers import Fate, customer, member
from scrm.core.touches import Live
from scrm.shared.notices.models import Notice

ROOM = Room(
    name="compliance.alerts",
    apis=(api,),
    replies=(
        replies.NOTICE_ANSWERED.by(earlier.answered),
        replies.HIT_NOTICE_ANSWERED.by(earlier.hits_answered),
    ),
    queues=(texts.QUEUE,),
    clock=(clockwork.Job(name="alert_notices", at=clockwork.hourly(minute=29), step=earlier.move),),
    notices=tuple(KINDS.values()),
    names={"alert": naming.alerts},
    relatives=naming.relatives,
    topics={"alerts": Live((Alert, Notice))},
    refers=(
        customer(Alert.customer_id, merge=Fate.MOVE, erase=Fate.SHRED),
        customer(Alert.external_userid, merge=Fate.KEEP, erase=Fate.SHRED),
        member(Alert.staff_id, leave=Fate.KEEP),
        member(Alert.userid, leave=Fate.KEEP),
    ),
    timeline=(timeline.SOURCE,),
    kinds=(record.ALERT,),
    extends=(record.OF_CUSTOMERS,),
    actions=(bulk.CLOSE_ALERTS,),
)
