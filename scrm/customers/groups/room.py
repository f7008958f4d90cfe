"""Customer groups, as the wiring knows them."""

from scrm.core.manifest import Room
from scrm.core.refers import Fate, customer, member
from scrm.core.touches import Live
from scrm.customers.groups import queries, replies
from scrm.customers.groups.actions import refolding
from scrm.customers.groups.handlers import callbacks, sync
from scrm.customers.groups.models import GroupChat, GroupMember

ROOM = Room(
    name="customers.groups",
    replies=(
        replies.GROUP_FETCHED.by(callbacks.group_fetched),
        replies.SYNC_GROUPS_OF.by(sync.groups_of),
        replies.SYNC_LEAVERS.by(sync.leavers_listed),
        replies.SYNC_GROUPS.by(sync.groups_listed),
        replies.SYNC_GROUP.by(sync.group_fetched),
    ),
    queues=(refolding.QUEUE,),
    names={"group": queries.names},
    topics={"customers": Live((GroupChat, GroupMember))},
    refers=(
        member(GroupChat.owner_userid, leave=Fate.HAND_OVER),
        # A customer's or a member's, by the row's type.
        customer(GroupMember.userid, merge=Fate.KEEP, erase=Fate.SHRED),
    ),
)
