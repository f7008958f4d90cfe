"""Customer groups, as the wiring knows them."""

from scrm.core.manifest import Room
from scrm.core.refers import Fate, customer, member
from scrm.core.touches import Live
from scrm.customers.groups import queries, record, replies, timeline
from scrm.customers.groups.actions import days, refolding
from scrm.customers.groups.handlers import callbacks, sync
from scrm.customers.groups.models import GroupChat, GroupEvent, GroupLog, GroupMember
from scrm.customers.groups.routes import api

ROOM = Room(
    name="customers.groups",
    apis=(api,),
    replies=(
        replies.GROUP_FETCHED.by(callbacks.group_fetched),
        replies.SYNC_GROUPS_OF.by(sync.groups_of),
        replies.SYNC_LEAVERS.by(sync.leavers_listed),
        replies.SYNC_GROUPS.by(sync.groups_listed),
        replies.SYNC_GROUP.by(sync.group_fetched),
    ),
    queues=(refolding.QUEUE, days.QUEUE),
    names={"group": queries.names},
    topics={"customers": Live((GroupChat, GroupMember)), "groups": Live((GroupEvent,))},
    refers=(
        member(GroupChat.owner_userid, leave=Fate.HAND_OVER),
        # A customer's or a member's, by the row's type.
        customer(GroupMember.userid, merge=Fate.KEEP, erase=Fate.SHRED),
        customer(GroupEvent.userid, merge=Fate.KEEP, erase=Fate.SHRED),
        member(GroupMember.invitor, leave=Fate.KEEP),
        member(GroupEvent.invitor, leave=Fate.KEEP),
        member(GroupLog.admins, leave=Fate.KEEP),
    ),
    timeline=(timeline.SOURCE,),
    kinds=(record.GROUP,),
)
