"""Broadcasts, as the wiring knows them."""

from scrm.core.manifest import Room
from scrm.core.refers import Fate, customer, member
from scrm.core.touches import Live
from scrm.identity.permissions import Permission
from scrm.marketing.broadcasts import handlers, jobs
from scrm.marketing.broadcasts.models import Broadcast, BroadcastPolicy, BroadcastPolicyChange, BroadcastSlice
from scrm.marketing.broadcasts.queries import naming
from scrm.marketing.broadcasts.routes import api

ROOM = Room(
    name="marketing.broadcasts",
    apis=(api,),
    replies={
        "marketing.slice_answered": handlers.slice_answered,
        "marketing.media_uploaded": handlers.media_uploaded,
        "marketing.reconcile_list": handlers.reconcile_list,
        "marketing.reconcile_task": handlers.reconcile_task,
        "marketing.reconcile_result": handlers.reconcile_result,
        "marketing.task_polled": handlers.task_polled,
        "marketing.results_polled": handlers.results_polled,
        "marketing.cancel_answered": handlers.cancel_answered,
        "marketing.remind_answered": handlers.remind_answered,
    },
    queues=(jobs.QUEUE,),
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
    ),
)
