"""The customer file, as the wiring knows it."""

from scrm.core.manifest import Room
from scrm.core.refers import Fate, customer, member
from scrm.core.touches import Live
from scrm.customers.file import record, replies
from scrm.customers.file.actions import refolding, splitting
from scrm.customers.file.handlers import callbacks, sync
from scrm.customers.file.models import (
    CompanyName,
    Customer,
    FieldLog,
    FollowRelation,
    Owner,
    TimelineEntry,
    TimelineSubject,
    WecomContact,
)
from scrm.customers.file.queries import naming, timeline
from scrm.customers.file.routes import api

ROOM = Room(
    name="customers.file",
    apis=(api,),
    replies=(
        replies.CONTACT_FETCHED.by(callbacks.contact_fetched),
        replies.SYNC_CUSTOMERS_OF.by(sync.customers_of),
        replies.SYNC_CONTACTS.by(sync.contacts_listed),
        replies.SYNC_UNSEEN.by(sync.unseen_fetched),
    ),
    queues=(splitting.QUEUE, refolding.QUEUE),
    names={"customer": naming.customers},
    relatives=naming.relatives,
    topics={"customers": Live((Customer, WecomContact, FollowRelation, TimelineEntry, TimelineSubject))},
    refers=(
        customer(WecomContact.customer_id, merge=Fate.MOVE, erase=Fate.DELETE),
        customer(FollowRelation.customer_id, merge=Fate.MOVE, erase=Fate.DELETE),
        customer(FollowRelation.remark_mobiles, merge=Fate.KEEP, erase=Fate.SHRED),
        member(FollowRelation.staff_id, leave=Fate.HAND_OVER),
        member(FollowRelation.oper_userid, leave=Fate.KEEP),
        customer(TimelineEntry.customer_id, merge=Fate.MOVE, erase=Fate.DELETE),
        member(TimelineEntry.staff_id, leave=Fate.KEEP),
        customer(Owner.customer_id, merge=Fate.MOVE, erase=Fate.DELETE),
        member(Owner.staff_id, leave=Fate.HAND_OVER),
        customer(CompanyName.customer_id, merge=Fate.KEEP, erase=Fate.DELETE),
        customer(FieldLog.customer_id, merge=Fate.MOVE, erase=Fate.DELETE),
        member(FieldLog.staff_id, leave=Fate.KEEP),
        customer(TimelineSubject.customer_id, merge=Fate.MOVE, erase=Fate.DELETE),
    ),
    timeline=(timeline.SOURCE,),
    kinds=(record.CUSTOMER,),
)
