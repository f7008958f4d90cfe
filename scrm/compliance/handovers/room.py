"""Handovers, as the wiring knows them."""

from scrm.compliance.handovers import earlier, jobs, naming, record, replies
from scrm.compliance.handovers.actions import results, slices, unassigned
from scrm.compliance.handovers.models import Handover, HandoverItem, HandoverSlice
from scrm.compliance.handovers.notices import KINDS
from scrm.compliance.handovers.queries import timeline
from scrm.compliance.handovers.routes import api
from scrm.core import clockwork
from scrm.core.manifest import Room
from scrm.core.refers import Fate, customer, member
from scrm.core.touches import Live
from scrm.shared.notices.models import Notice

ROOM = Room(
    name="compliance.handovers",
    apis=(api,),
    replies=(
        replies.SLICE_ANSWERED.by(slices.slice_answered),
        replies.RESULTS_LISTED.by(results.results_listed),
        replies.GROUPS_LISTED.by(results.groups_listed),
        replies.UNASSIGNED_LISTED.by(unassigned.listed),
        replies.NOTICE_ANSWERED.by(earlier.answered),
    ),
    queues=(jobs.QUEUE,),
    clock=(
        clockwork.Job(name="unassigned", at=clockwork.hourly(minute=23), step=jobs.pull_unassigned),
        clockwork.Job(name="handover_notices", at=clockwork.hourly(minute=31), step=earlier.move),
    ),
    notices=tuple(KINDS.values()),
    names={"handover": naming.handovers},
    relatives=naming.relatives,
    topics={"handovers": Live((Handover, HandoverSlice, HandoverItem, Notice), of_others=True)},
    refers=(
        member(Handover.userid, leave=Fate.KEEP),
        member(Handover.staff_id, leave=Fate.KEEP),
        member(Handover.assigned_to, leave=Fate.HAND_OVER),
        member(HandoverSlice.takeover_id, leave=Fate.KEEP),
        member(HandoverItem.takeover_id, leave=Fate.KEEP),
        customer(HandoverItem.customer_id, merge=Fate.MOVE, erase=Fate.SHRED),
        customer(HandoverItem.wecom_id, merge=Fate.KEEP, erase=Fate.SHRED),
    ),
    timeline=(timeline.SOURCE,),
    kinds=(record.HANDOVER,),
)
