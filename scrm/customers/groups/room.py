"""Customer groups, as the wiring knows them."""

from scrm.core.manifest import Room
from scrm.core.refers import Fate, customer, member
from scrm.core.touches import Live
from scrm.customers.groups import queries
from scrm.customers.groups.actions import refolding
from scrm.customers.groups.handlers import callbacks, sync
from scrm.customers.groups.models import GroupChat, GroupMember

ROOM = Room(
    name="customers.groups",
    replies={
        "customers.group_fetched": callbacks.group_fetched,
        "customers.sync_groups_of": sync.groups_of,
        "customers.sync_leavers": sync.leavers_listed,
        "customers.sync_groups": sync.groups_listed,
        "customers.sync_group": sync.group_fetched,
    },
    queues=(refolding.QUEUE,),
    names={"group": queries.names},
    topics={"customers": Live((GroupChat, GroupMember))},
    refers=(
        member(GroupChat.owner_userid, leave=Fate.HAND_OVER),
        # A customer's or a member's, by the row's type.
        customer(GroupMember.userid, merge=Fate.KEEP, erase=Fate.SHRED),
    ),
)
