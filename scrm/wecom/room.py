"""The edge to WeCom, as the wiring knows it."""

from scrm.core import clockwork
from scrm.core.manifest import Room
from scrm.core.refers import Fate, customer, member
from scrm.core.touches import Live
from scrm.wecom import carrier, inbox, sync, unread
from scrm.wecom.archive import media, pull
from scrm.wecom.archive.models import ArchiveCursor, ArchiveMedia
from scrm.wecom.models import InboxRow, SyncRun, SyncStep, UnreadItem, WecomCall

ROOM = Room(
    name="wecom",
    queues=(inbox.QUEUE, carrier.QUEUE, pull.QUEUE, media.QUEUE),
    parked=(unread.PARKED,),
    # WeCom does not promise to deliver callbacks: a whole sync every night finds what none of them told.
    clock=(clockwork.Job(name="sync", at=clockwork.daily(hour=4, minute=7), step=sync.nightly),),
    topics={
        "callbacks": Live((InboxRow,)),
        "sync": Live((SyncRun, SyncStep)),
        "tasks": Live((InboxRow, WecomCall, UnreadItem, ArchiveCursor, ArchiveMedia)),
    },
    refers=(
        member(InboxRow.userid, leave=Fate.KEEP),
        customer(InboxRow.external_userid, merge=Fate.KEEP, erase=Fate.SHRED),
    ),
)
