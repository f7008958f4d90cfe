"""What customer groups ask of WeCom, and what they want back with the answer; named before they had a room."""

from dataclasses import dataclass

from scrm.wecom.port.contacts import GroupChatInfo, GroupChatPage
from scrm.wecom.port.transfers import UnassignedPage
from scrm.wecom.replies import Reply
from scrm.wecom.sync import StepContext


@dataclass(frozen=True)
class GroupContext:
    chat_id: str


@dataclass(frozen=True)
class OwnersContext(StepContext):
    owners: tuple[str, ...]


@dataclass(frozen=True)
class SyncGroupContext(StepContext):
    status: int | None
    chat_id: str
    unlisted: bool = False  # no list of this sync named the group


GROUP_FETCHED = Reply[GroupChatInfo, GroupContext]("customers.group_fetched", GroupContext)
SYNC_GROUPS_OF = Reply[list[str], StepContext]("customers.sync_groups_of", StepContext)
SYNC_LEAVERS = Reply[UnassignedPage, StepContext]("customers.sync_leavers", StepContext)
SYNC_GROUPS = Reply[GroupChatPage, OwnersContext]("customers.sync_groups", OwnersContext)
SYNC_GROUP = Reply[GroupChatInfo, SyncGroupContext]("customers.sync_group", SyncGroupContext)
