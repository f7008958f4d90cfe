"""Broadcasts, as the wiring knows them."""

from scrm.core import clockwork
from scrm.core.manifest import Room
from scrm.core.refers import Fate, customer, member
from scrm.core.touches import Live
from scrm.identity.permissions import Permission
from scrm.marketing.broadcasts import jobs, record, replies
from scrm.marketing.broadcasts.actions import collecting, listing, media, reconcile, sending
from scrm.marketing.broadcasts.models import (
    Broadcast,
    BroadcastPolicy,
    BroadcastPolicyChange,
    BroadcastRecipient,
    BroadcastSlice,
)
from scrm.marketing.broadcasts.queries import naming, timeline
from scrm.marketing.broadcasts.routes import api

ROOM = Room(
    name="marketing.broadcasts",
    apis=(api,),
    replies=(
        replies.SLICE_ANSWERED.by(sending.answered),
        replies.MEDIA_UPLOADED.by(media.uploaded),
        replies.MESSAGES_LISTED.by(reconcile.listed),
        replies.SENDERS_TOLD.by(reconcile.senders_told),
        replies.CUSTOMERS_TOLD.by(reconcile.customers_told),
        replies.TASK_POLLED.by(collecting.task_polled),
        replies.RESULTS_POLLED.by(collecting.results_polled),
        replies.CANCEL_ANSWERED.by(collecting.cancel_answered),
        replies.REMIND_ANSWERED.by(collecting.remind_answered),
    ),
    queues=(jobs.QUEUE, listing.QUEUE),
    clock=(clockwork.Job(name="broadcast_recipients", at=clockwork.daily(hour=3, minute=43), step=listing.forget),),
    names={"broadcast": naming.broadcasts},
    topics={
        "broadcasts": Live(
            (Broadcast, BroadcastSlice, BroadcastPolicy, BroadcastPolicyChange), permission=Permission.BROADCASTS_READ
        )
    },
    refers=(
        member(BroadcastSlice.staff_id, leave=Fate.KEEP),
        # Our numbers, which mean nobody any more once the customer is erased; counts stay true.
        customer(BroadcastSlice.customer_ids, merge=Fate.KEEP, erase=Fate.KEEP),
        customer(BroadcastRecipient.customer_id, merge=Fate.MOVE, erase=Fate.DELETE),
    ),
    timeline=(timeline.SOURCE,),
    kinds=(record.BROADCAST,),
    extends=(record.OF_CUSTOMERS,),
)
