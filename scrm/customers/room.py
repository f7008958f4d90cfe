"""The customer file, as the wiring knows it."""

from scrm.core.manifest import Room
from scrm.core.refers import Fate, customer, member
from scrm.customers.actions import refolding, untagging
from scrm.customers.handlers import callbacks, sync
from scrm.customers.models import FollowRelation, GroupChat, GroupMember, TimelineEntry, Welcome
from scrm.customers.queries import naming, people
from scrm.customers.routes import api

ROOM = Room(
    name="customers",
    apis=(api,),
    replies={
        "customers.contact_fetched": callbacks.contact_fetched,
        "customers.tags_fetched": callbacks.tags_fetched,
        "customers.group_fetched": callbacks.group_fetched,
        "customers.welcome_answered": callbacks.welcome_answered,
        "customers.welcome_named": callbacks.welcome_named,
        "customers.sync_tags": sync.tags_listed,
        "customers.sync_customers_of": sync.customers_of,
        "customers.sync_contacts": sync.contacts_listed,
        "customers.sync_unseen": sync.unseen_fetched,
        "customers.sync_groups_of": sync.groups_of,
        "customers.sync_leavers": sync.leavers_listed,
        "customers.sync_groups": sync.groups_listed,
        "customers.sync_group": sync.group_fetched,
    },
    queues=(untagging.QUEUE, refolding.CUSTOMERS, refolding.GROUPS),
    names={"customer": naming.customers, "group": naming.groups},
    probes={"customers": people.version},
    refers=(
        customer(FollowRelation.customer_id, merge=Fate.MOVE, erase=Fate.DELETE),
        customer(FollowRelation.remark_mobiles, merge=Fate.KEEP, erase=Fate.SHRED),
        member(FollowRelation.staff_id, leave=Fate.HAND_OVER),
        member(FollowRelation.oper_userid, leave=Fate.KEEP),
        customer(TimelineEntry.customer_id, merge=Fate.MOVE, erase=Fate.DELETE),
        member(TimelineEntry.staff_id, leave=Fate.KEEP),
        customer(Welcome.customer_id, merge=Fate.MOVE, erase=Fate.SHRED),
        customer(Welcome.external_userid, merge=Fate.KEEP, erase=Fate.SHRED),
        member(Welcome.userid, leave=Fate.KEEP),
        member(GroupChat.owner_userid, leave=Fate.HAND_OVER),
        # A customer's or a member's, by the row's type.
        customer(GroupMember.userid, merge=Fate.KEEP, erase=Fate.SHRED),
    ),
)
